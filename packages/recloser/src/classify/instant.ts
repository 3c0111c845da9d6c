/** Dates in headers and messages to epoch milliseconds, by arithmetic: no clock is read and no time zone of ours enters. */

const MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

/** Days from 1970-01-01 to a civil date (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function instant(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | null {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second >= 61) return null;
  return Math.round((daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second) * 1000);
}

function monthOf(name: string): number {
  const at = MONTHS.indexOf(name.toLowerCase());
  return at % 3 === 0 ? at / 3 + 1 : 0;
}

// RFC 9110 §5.6.7: a recipient must accept the preferred form and both obsolete ones. "UTC" is no HTTP-date, and is sent.
const IMF = /^\s*[a-z]{3}, (\d{2}) ([a-z]{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) (?:GMT|UTC)\s*$/i;
const RFC_850 = /^\s*[a-z]{6,9}, (\d{2})-([a-z]{3})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT\s*$/i;
const ASCTIME = /^\s*[a-z]{3} ([a-z]{3}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})\s*$/i;
const RFC_3339 =
  /^\s*(\d{4})-(\d{2})-(\d{2})(?:[t ](\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?)?\s?(?:z|utc|gmt|([+-])(\d{2}):?(\d{2}))?\s*$/i;

export function parseHttpDate(value: string): number | null {
  let m = IMF.exec(value);
  if (m) return instant(Number(m[3]), monthOf(m[2] ?? ""), Number(m[1]), Number(m[4]), Number(m[5]), Number(m[6]));
  m = RFC_850.exec(value);
  if (m)
    return instant(2000 + Number(m[3]), monthOf(m[2] ?? ""), Number(m[1]), Number(m[4]), Number(m[5]), Number(m[6]));
  m = ASCTIME.exec(value);
  if (m) return instant(Number(m[6]), monthOf(m[1] ?? ""), Number(m[2]), Number(m[3]), Number(m[4]), Number(m[5]));
  return null;
}

export function parseTimestamp(value: string): number | null {
  const m = RFC_3339.exec(value);
  if (!m) return null;
  const at = instant(Number(m[1]), Number(m[2]), Number(m[3]), Number(m[4] ?? 0), Number(m[5] ?? 0), Number(m[6] ?? 0));
  if (at === null || m[7] === undefined) return at;
  const offsetMs = (Number(m[8]) * 60 + Number(m[9])) * 60_000;
  return m[7] === "+" ? at - offsetMs : at + offsetMs;
}
