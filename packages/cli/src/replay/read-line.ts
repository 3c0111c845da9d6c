/** One line of a log, read: the calls that it tells of, or what is wrong with it. */
import { gatewayCalls } from "./gateway-line.ts";
import { bad, instantOf, isObject, kindOf, lengthOf, type ReadLine } from "./recorded-call.ts";

const OTHER: ReadLine = { is: "other" };
const ANY_KEY = "calls";

export function readLine(text: string): ReadLine {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return bad("line", "a JSON object", text);
  }
  if (!isObject(fields)) return bad("line", "a JSON object", fields);
  if (fields["event"] === "request") return gatewayCalls(fields);
  if ("ts" in fields || "outcome" in fields) return plainCall(fields);
  if (typeof fields["level"] === "string") return OTHER;
  return bad("ts", "the instant at which the call began", undefined);
}

// `{ ts, outcome, duration, key? }`
function plainCall(fields: Readonly<Record<string, unknown>>): ReadLine {
  const { ts, outcome, duration, key = ANY_KEY } = fields;
  const startMs = instantOf(ts);
  if (startMs === null) return bad("ts", "epoch milliseconds or an ISO 8601 time", ts);
  const kind = kindOf(outcome);
  if (kind === null) return bad("outcome", "ok, error, an HTTP status, or an outcome kind such as timeout", outcome);
  const durationMs = lengthOf(duration);
  if (durationMs === null) return bad("duration", "milliseconds, or a duration such as 1.2s", duration);
  if (typeof key !== "string" || key === "") return bad("key", "a breaker's name", key);
  const endMs = startMs + durationMs;
  return { is: "calls", calls: [{ key, startMs, endMs, shownMs: endMs, kind }], rejected: 0 };
}
