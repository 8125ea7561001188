// What happens, as it happens: the simulator's server-sent events, in small batches.
//
// A load test sends thousands of events a second; drawing each would take the browser
// down, so they are taken in together, some times a second.

const BATCH_MS = 60;
const KINDS = ["log", "message", "user", "user_removed", "lost"];

/** Follow the stream; it connects again by itself. */
export function follow({ onBatch, onConnected }) {
  const source = new EventSource("/sim/stream");
  let batch = [];
  const flush = () => {
    const events = batch;
    batch = [];
    onBatch(events);
  };
  for (const kind of KINDS) {
    source.addEventListener(kind, ({ data }) => {
      if (!batch.length) setTimeout(flush, BATCH_MS);
      batch.push({ kind, item: JSON.parse(data) });
    });
  }
  source.addEventListener("open", () => onConnected(true));
  source.addEventListener("error", () => onConnected(false));
}
