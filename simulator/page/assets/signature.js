// Whether a callback's signature is right: HMAC-SHA256 of its body, keyed by the token.

const ALGORITHM = { name: "HMAC", hash: "SHA-256" };

/** Tell it; undefined where the browser cannot compute it (it can on localhost). */
export async function isSigned({ body, signature }, token) {
  if (!crypto.subtle || !signature || !token) return undefined;
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", encoder.encode(token), ALGORITHM, false, [
    "sign",
  ]);
  const digest = await crypto.subtle.sign(ALGORITHM.name, key, encoder.encode(body));
  const bytes = [...new Uint8Array(digest)];
  return signature === bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
