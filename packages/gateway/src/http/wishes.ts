/** What a caller asks of the gateway itself, by `x-recloser-…` headers. */
import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "./refusal.ts";

export interface Wishes {
  readonly route: string | null;
  /** A shorter time than the gateway would give it. */
  readonly timeoutMs: number | null;
  readonly noFailover: boolean;
  /** Why no circuit is to stand in the way; null: they are to. */
  readonly bypass: string | null;
  /** How a stream is to be passed on; null: as the route says. */
  readonly stream: "passthrough" | "assured" | null;
}

const MOST_REASON_CHARS = 200;
const NO: ReadonlySet<string> = new Set(["", "0", "false", "no"]);

/** @throws Refusal naming the header */
export function readWishes(headers: IncomingHttpHeaders): Wishes {
  return {
    route: text(headers, "x-recloser-route"),
    timeoutMs: milliseconds(headers),
    noFailover: !NO.has((text(headers, "x-recloser-no-failover") ?? "").toLowerCase()),
    bypass: reason(headers),
    stream: streamMode(headers),
  };
}

function milliseconds(headers: IncomingHttpHeaders): number | null {
  const given = text(headers, "x-recloser-timeout-ms");
  if (given === null) return null;
  if (!/^[1-9]\d{0,8}$/.test(given)) throw bad("x-recloser-timeout-ms", "a whole number of milliseconds, 1 or more");
  return Number(given);
}

function reason(headers: IncomingHttpHeaders): string | null {
  const given = text(headers, "x-recloser-bypass");
  if (given === null) return null;
  if (given.trim() === "" || given.length > MOST_REASON_CHARS) {
    throw bad("x-recloser-bypass", `the reason, in up to ${MOST_REASON_CHARS} characters`);
  }
  return given;
}

function streamMode(headers: IncomingHttpHeaders): Wishes["stream"] {
  const given = text(headers, "x-recloser-stream");
  if (given === null || given === "passthrough" || given === "assured") return given;
  throw bad("x-recloser-stream", '"passthrough" or "assured"');
}

function text(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  return typeof value === "string" ? value : null;
}

function bad(header: string, expected: string): Refusal {
  return new Refusal(400, "invalid_header", `${header}: expected ${expected}`);
}
