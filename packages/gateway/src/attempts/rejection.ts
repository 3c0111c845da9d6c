/**
 * What a caller gets when no target may be asked: in its own format, and such that its SDK gives up after one try instead of
 * sleeping and asking again. Statuses as measured on the SDKs (docs/reference/sdks-open-circuit.md).
 */
import { CircuitOpenError, type ShedError } from "recloser";
import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "../http/refusal.ts";

const LANGCHAIN = /\blangchain/i;
// `ai/6.0.1`, or where a stream's request names its provider's package only: `ai-sdk/openai/3.0.1`, from 7 on `ai-sdk-openai/4.0.1`.
const AI_SDK = /(?:^|\s)ai(?:-sdk[\w-]*)?\//i;
const HELD: ReadonlySet<string> = new Set(["rate-limited", "quota-exhausted", "auth"]);

export function rejection(error: CircuitOpenError | ShedError, headers: IncomingHttpHeaders): Refusal {
  const open = CircuitOpenError.from(error);
  const code = open === null ? "shed" : "circuit_open";
  const isHeld = open !== null && HELD.has(open.reason);
  const agent = headers["user-agent"] ?? "";
  const isLangChain = LANGCHAIN.test(agent);
  const status = statusAsked(headers) ?? (AI_SDK.test(agent) ? 424 : isLangChain || isHeld ? 429 : 503);
  const retryAfterMs = Math.ceil(error.retryAfterMs);
  const state = open === null ? {} : { state: open.state };
  const facts = { key: error.key, ...state, reason: error.reason, retryAfterMs };
  const tells = {
    "x-should-retry": "false",
    "cache-control": "no-store",
    "retry-after-ms": String(retryAfterMs),
    // LangChain would sleep it, and nobody knows how long a slot stays taken.
    ...(isLangChain || (open === null && retryAfterMs === 0)
      ? {}
      : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }),
    "x-recloser-breaker": open === null ? "closed" : open.state,
  };
  return new Refusal(status, code, `[${code}] ${error.message}`, { facts, headers: tells });
}

/** The sooner somebody may be asked again, the more it is worth to know. */
export function soonest<E extends CircuitOpenError | ShedError>(errors: readonly E[]): E | undefined {
  return errors.reduce<E | undefined>(
    (best, error) => (best === undefined || error.retryAfterMs < best.retryAfterMs ? error : best),
    undefined,
  );
}

function statusAsked(headers: IncomingHttpHeaders): number | null {
  const asked = headers["x-recloser-open-status"];
  return typeof asked === "string" && /^[45]\d\d$/.test(asked) ? Number(asked) : null;
}
