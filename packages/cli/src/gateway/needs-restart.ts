/** What a running gateway cannot take over from a configuration. */
import { isDeepStrictEqual } from "node:util";
import type { GatewayConfig } from "@recloser/gateway/config";

interface Running {
  readonly config: GatewayConfig;
  readonly workers: number;
}

// Sockets, processes and the store are made once.
const FIXED = ["listen", "admin", "store", "limits", "log", "otlp"] as const;

/** The sections that differ and would not be followed, and policy options that were taken out. */
export function needsRestart(before: Running, after: Running): string[] {
  return [
    ...FIXED.filter((section) => !isDeepStrictEqual(before.config[section], after.config[section])),
    ...(before.workers === after.workers ? [] : ["workers"]),
    // A policy is merged into the one in force, where a field that is not there changes nothing.
    ...takenOut(before.config.breaker, after.config.breaker, "breaker"),
    ...takenOut(before.config.policies, after.config.policies, "policies"),
  ];
}

function takenOut(before: unknown, after: unknown, path: string): string[] {
  if (typeof before !== "object" || before === null) return [];
  return Object.entries(before).flatMap(([name, value]) => {
    const inner = typeof after === "object" && after !== null ? (after as Record<string, unknown>)[name] : undefined;
    const at = `${path}.${name}`;
    return inner === undefined ? [`${at} (taken out)`] : takenOut(value, inner, at);
  });
}
