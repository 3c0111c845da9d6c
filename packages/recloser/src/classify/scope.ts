/** Whom an outcome speaks of, where neither code nor words said it. */

import { outcomeOf, type OutcomeKind, type OutcomeScope } from "../outcome.ts";
import type { Facts } from "./facts.ts";
import type { Verdict } from "./verdict.ts";

type ScopeTable = Readonly<Partial<Record<OutcomeKind, OutcomeScope>>>;

/** One process with one queue: busy means busy for all; a failed generation speaks of the model it ran. */
const ONE_SERVER: ScopeTable = { overloaded: "provider", "server-error": "model" };

const BY_PROVIDER: Readonly<Record<string, ScopeTable>> = {
  ollama: { ...ONE_SERVER, "rate-limited": "key" }, // its cloud counts per account
  llamacpp: ONE_SERVER,
  vllm: ONE_SERVER,
  tgi: { "server-error": "model" },
  openrouter: { "rate-limited": "key" }, // until the answer began it is its own limiter that speaks
};

const AT_A_GATEWAY: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>([
  "server-error",
  "overloaded",
  "timeout",
  "rate-limited",
  "stream-error",
]);

export function scopeOf(verdict: Verdict, facts: Facts, status: number | null): OutcomeScope {
  const { kind } = verdict;
  if (facts.provider === "openrouter") {
    // It fronts many providers: what one of them does, or will not do here, is that model's.
    // Its error_type "timeout" is the provider's; a request that timed out at its own edge has none.
    const upstream = facts.upstream || facts.telling.includes("timeout");
    if (upstream && AT_A_GATEWAY.has(kind)) return "model";
    if (kind === "auth" && verdict.scope === "provider") return "model";
    if (kind === "rate-limited" && facts.midStream) return "model";
  }
  if (verdict.scope !== undefined) return verdict.scope;
  if (kind === "success") return "provider";
  const isGatewayStatus = status === 502 || status === 504;
  if (kind === "server-error" && isGatewayStatus) return "provider";
  return BY_PROVIDER[facts.provider ?? ""]?.[kind] ?? outcomeOf(kind).scope;
}
