/**
 * A policy for targets that have another one behind them. There a trip costs no caller an error, only a detour, and a fault
 * that is met twice in a row is not worth a third caller's wait: two failures of two calls are enough. At more traffic the
 * share of failures decides as everywhere, for then two calls are no window. And since a probe rides on a request that the
 * next target answers if it fails, probing costs nobody an error either: the cooldown grows no longer than to 20 s
 * (docs/decisions/0032-assured-streams-and-backed-targets.md).
 */
import type { PolicyOptions } from "recloser";
import type { GatewayConfig, TargetConfig } from "./config/config.ts";

const BACKED: PolicyOptions = { minimumCalls: 2, cooldown: { max: "20s" } };
const PLAIN_NAME = /^[\w.-]+$/;

/** The policies of a configuration, with that one under them. What its user has said of either option stands. */
export function policiesOf({ breaker, policies, routes, targets }: GatewayConfig): Record<string, PolicyOptions> {
  const own = { ...policies };
  const backed = Object.fromEntries(Object.entries(BACKED).filter(([option]) => !Object.hasOwn(breaker, option)));
  const groups = new Map<string | null, TargetConfig[]>();
  for (const target of Object.values(targets)) {
    const group = groupOf(target);
    groups.set(group, [...(groups.get(group) ?? []), target]);
  }
  for (const [group, members] of groups) {
    if (group === null || !members.every(({ name }) => isBacked(name, routes))) continue;
    const glob = `${group}:*`;
    own[glob] = { ...backed, ...own[glob] };
  }
  return own;
}

function isBacked(target: string, routes: GatewayConfig["routes"]): boolean {
  const its = routes.filter((route) => route.targets.some((one) => one.target === target));
  return (
    its.length > 0 &&
    its.every(({ targets, choice }) => {
      const at = targets.findIndex((one) => one.target === target);
      return choice === "weighted" ? targets.length > 1 : at < targets.length - 1;
    })
  );
}

// The records of a provider and region share their circuits' names up to the model.
function groupOf({ provider, region }: TargetConfig): string | null {
  if (!PLAIN_NAME.test(provider) || (region !== null && !PLAIN_NAME.test(region))) return null;
  return region === null ? provider : `${provider}/${region}`;
}
