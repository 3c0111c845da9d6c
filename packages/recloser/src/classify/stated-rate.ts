/**
 * What a rate limit says of itself: how many calls per second it stands for. Read from the headers of a refusal, where the
 * exhausted bucket is named with its size and the time until it is whole again: `x-ratelimit-limit-requests` and its like
 * (OpenAI, Groq, Anthropic, GitHub), and the fields of draft-ietf-httpapi-ratelimit-headers, old and new.
 *
 * Where a bucket fills steadily, size over time is its rate; where it is filled at the end of a window, that is above the
 * rate, since less than a window is left. So it is a bound in either case, which is all that is taken from it.
 */
import { numeric } from "./safe.ts";
import { type HeaderMap, NO_HEADERS } from "./headers.ts";
import { moment, referenceMs } from "./retry-after.ts";
import { headersOf, unwrap } from "./thrown.ts";

// A bucket of tokens or bytes says nothing of calls.
const NOT_CALLS = /token|input|output|byte|char|image|audio|cost|credit|neuron|concurren/;

/** The calls per second that a refused call's headers state; null when they do not. Never throws. @param refusal an error, or a Response */
export function statedRate(refusal: unknown, nowMs: number): number | null {
  try {
    const headers =
      unwrap(refusal)
        .map(headersOf)
        .find((each) => each.size > 0) ?? NO_HEADERS;
    return lowest([...ofPolicy(headers), ...ofBuckets(headers, nowMs)]);
  } catch {
    return null;
  }
}

function lowest(rates: readonly number[]): number | null {
  const real = rates.filter((rate) => rate > 0 && Number.isFinite(rate));
  return real.length === 0 ? null : Math.min(...real);
}

/** `x-ratelimit-limit-requests: 500` beside `-remaining-` and `-reset-`, wherever a vendor puts the three words. */
function* ofBuckets(headers: HeaderMap, nowMs: number): Iterable<number> {
  const referenceAt = referenceMs(headers, nowMs);
  for (const [name, value] of headers) {
    if (!/rate-?limit/.test(name) || !name.includes("remaining") || NOT_CALLS.test(name)) continue;
    if (numeric(value) !== 0) continue;
    const said = (word: string): string | undefined => headers.get(name.replace("remaining", word));
    const [size, window] = sizeOf(said("limit") ?? "");
    if (size === null) continue;
    if (window !== null) yield size / window;
    const resetMs = moment(said("reset"), referenceAt);
    if (window === null && resetMs !== null) yield (size * 1_000) / resetMs;
  }
}

/** `100`, or of older drafts `100, 100;w=60`: the size, and the seconds of its window. */
function sizeOf(value: string): [size: number | null, windowSeconds: number | null] {
  const [first = "", ...policies] = value.split(",", 16).map((part) => part.trim());
  const size = numeric(first.split(";", 1)[0]);
  const own = [first, ...policies].find((part) => numeric(part.split(";", 1)[0]) === size && /;\s*w=\d/.test(part));
  return [size, own === undefined ? null : parameter(own, "w")];
}

/** `RateLimit-Policy: "default";q=100;w=60` of the bucket that `RateLimit: "default";r=0;t=30` calls empty. */
function* ofPolicy(headers: HeaderMap): Iterable<number> {
  const empty = new Set(
    parts(headers.get("ratelimit"))
      .filter((part) => parameter(part, "r") === 0)
      .map(nameOf),
  );
  for (const part of parts(headers.get("ratelimit-policy"))) {
    const [quota, window] = [parameter(part, "q"), parameter(part, "w")];
    const isOfCalls = !/;\s*qu=/.test(part) || /;\s*qu="requests"/.test(part);
    if (empty.has(nameOf(part)) && isOfCalls && quota !== null && window !== null) yield quota / window;
  }
}

function parts(field: string | undefined): string[] {
  return field === undefined ? [] : field.split(",", 16).map((part) => part.trim());
}

function nameOf(part: string): string {
  return part.split(";", 1)[0]?.trim() ?? "";
}

function parameter(part: string, name: string): number | null {
  const found = new RegExp(`;\\s*${name}=(\\d{1,12})(?:\\s*;|\\s*$)`).exec(part)?.[1];
  return found === undefined ? null : Number(found);
}
