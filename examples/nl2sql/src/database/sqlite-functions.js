/**
 * What SQLite lacks of the PostgreSQL subset that the guard lets through, under the names that its translation uses.
 * Dates are texts, `YYYY-MM-DD`; null in, null out.
 */

/** @param {{ create_function(name: string, call: (...values: never[]) => unknown): unknown }} database */
export function registerFunctions(database) {
  const define = (name, call) => database.create_function(name, call);
  define("pg_date", (value) => (value === null ? null : String(value).slice(0, 10)));
  define("date_trunc", (unit, date) => (date === null ? null : truncated(unit, String(date))));
  define("date_part", (unit, date) => (date === null ? null : part(unit, String(date))));
  define("date_plus", (date, interval) => (date === null || interval === null ? null : plus(date, interval, 1)));
  define("date_minus", (date, interval) => (date === null || interval === null ? null : plus(date, interval, -1)));
  define("days_between", (later, earlier) =>
    later === null || earlier === null ? null : (instant(later) - instant(earlier)) / DAY_MS,
  );
  define("pg_like", (value, pattern) => matches(value, pattern, "su"));
  define("pg_ilike", (value, pattern) => matches(value, pattern, "siu"));
}

const DAY_MS = 86_400_000;

function instant(date) {
  return Date.parse(`${String(date).slice(0, 10)}T00:00:00Z`);
}

function text(instantMs) {
  return new Date(instantMs).toISOString().slice(0, 10);
}

function truncated(unit, date) {
  const [year, month] = date.split("-").map(Number);
  switch (unit) {
    case "year":
      return `${date.slice(0, 4)}-01-01`;
    case "quarter":
      return text(Date.UTC(year, Math.floor((month - 1) / 3) * 3, 1));
    case "month":
      return `${date.slice(0, 7)}-01`;
    case "week": {
      const day = instant(date);
      return text(day - ((new Date(day).getUTCDay() + 6) % 7) * DAY_MS);
    }
    case "day":
      return date.slice(0, 10);
    default:
      throw new Error(`date_trunc: unit "${unit}" not recognized`);
  }
}

function part(unit, date) {
  const at = new Date(instant(date));
  switch (unit) {
    case "year":
      return at.getUTCFullYear();
    case "quarter":
      return Math.floor(at.getUTCMonth() / 3) + 1;
    case "month":
      return at.getUTCMonth() + 1;
    case "day":
      return at.getUTCDate();
    case "dow":
      return at.getUTCDay();
    case "isodow":
      return at.getUTCDay() || 7;
    default:
      throw new Error(`unit "${unit}" not recognized`);
  }
}

/** A number of days, or an interval such as "3 months" or "1 year 2 days". */
function plus(date, interval, sign) {
  const at = new Date(instant(date));
  if (typeof interval === "number") return text(at.getTime() + sign * interval * DAY_MS);
  const parts = [...String(interval).matchAll(/(-?\d+)\s*(day|week|month|year)s?/gi)];
  if (parts.length === 0) throw new Error(`invalid input syntax for type interval: "${interval}"`);
  for (const [, count, unit] of parts) move(at, sign * Number(count), unit.toLowerCase());
  return text(at.getTime());
}

function move(at, count, unit) {
  if (unit === "day" || unit === "week") at.setUTCDate(at.getUTCDate() + count * (unit === "week" ? 7 : 1));
  else {
    // As PostgreSQL has it: a month after 31 January is the last of February.
    const day = at.getUTCDate();
    at.setUTCDate(1);
    at.setUTCMonth(at.getUTCMonth() + count * (unit === "year" ? 12 : 1));
    const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
    at.setUTCDate(Math.min(day, last));
  }
}

function matches(value, pattern, flags) {
  if (value === null || pattern === null) return null;
  const source = String(pattern).replaceAll(/\\(.)|([%_])|([\s\S])/gu, (_, escaped, wild, plain) =>
    wild === "%" ? ".*" : wild === "_" ? "." : (escaped ?? plain).replaceAll(/[$()*+.?[\\\]^{|}/-]/g, "\\$&"),
  );
  return new RegExp(`^${source}$`, flags).test(String(value)) ? 1 : 0;
}
