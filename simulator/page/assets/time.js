// Times as people read them, in the time zone of the browser.

const CLOCK = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit" });
const EXACT = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
const DAY = new Intl.DateTimeFormat([], { weekday: "long", day: "numeric", month: "long" });

export const clock = (ms) => CLOCK.format(ms);
export const exact = (ms) => EXACT.format(ms);
export const day = (ms) => DAY.format(ms);
