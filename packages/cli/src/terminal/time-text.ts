/** Lengths of time and times of day, for people. */

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
];

/** Its two largest units: `0.4 s`, `12 s`, `4 min 5 s`, `2 h`, `3 d 4 h`. */
export function lengthText(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1_000).toFixed(1).replace(/\.0$/, "")} s`;
  let rest = Math.round(ms / 1_000) * 1_000;
  const at = UNITS.findIndex(([, unitMs]) => rest >= unitMs);
  const parts = UNITS.slice(at, at + 2).map(([name, unitMs]) => {
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    return count === 0 ? "" : `${count} ${name}`;
  });
  return parts.filter((part) => part !== "").join(" ");
}

/** An instant as this machine's clock on the wall shows it, with the date if it is another day. */
export function clockText(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const isToday = new Date(nowMs).toDateString() === at.toDateString();
  return isToday ? time : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
