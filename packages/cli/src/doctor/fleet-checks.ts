/** The replicas, as they tell of themselves through a store's history: whether they agree. Pure. */
import type { KeptReplica, ReportedRules } from "recloser/history";
import { printable } from "../terminal/printable.ts";
import { type Finding, warning, well } from "./finding.ts";

const NAMED_MOST = 3;

export function fleetChecks(replicas: readonly KeptReplica[]): Finding[] {
  if (replicas.length === 0) return [well("replicas", "none has told of itself lately")];
  const away = replicas.filter(({ report }) => report.store.mode === "local");
  return [
    away.length === 0
      ? well("replicas", `${replicas.length}, all share`)
      : warning(
          "replicas",
          `${away.length} of ${replicas.length} go on alone: ${listed(away.map(({ id, report }) => `${id} (${report.store.error ?? "no error told"})`))}`,
          "what they find the others do not learn, and the other way round",
          "look at their logs and their way to the store: recloser doctor on that machine",
        ),
    policiesCheck(replicas),
    versionsCheck(replicas),
  ];
}

// By what each trips at, since not every replica has had every breaker.
function policiesCheck(replicas: readonly KeptReplica[]): Finding {
  const rulesOf = new Map<string, Map<string, string>>();
  for (const { id, report } of replicas)
    for (const { keys, ...rules } of report.rules)
      for (const key of keys) {
        const ids = rulesOf.get(key) ?? new Map<string, string>();
        rulesOf.set(key, ids.set(rulesText(rules), id));
      }
  const apart = [...rulesOf].filter(([, ids]) => ids.size > 1);
  if (apart.length === 0) return well("policies", "replicas trip at the same");
  const told = apart.map(([key, ids]) => `${key}: ${[...ids].map(([rules, id]) => `${id} ${rules}`).join("; ")}`);
  return warning(
    "policies",
    `replicas differ on ${apart.length}: ${listed(told)}`,
    "the one that reports trips the circuit of all, by its own rules",
    "give all replicas one configuration: finish the deployment, or compare recloser config show",
  );
}

function rulesText(rules: Omit<ReportedRules, "keys">): string {
  const { windowMs, minimumCalls, failureRate, failureThreshold, consecutiveFailures } = rules;
  return `failureRate=${failureRate} failureThreshold=${failureThreshold} consecutiveFailures=${consecutiveFailures} minimumCalls=${minimumCalls} windowMs=${windowMs}`;
}

function versionsCheck(replicas: readonly KeptReplica[]): Finding {
  const versions = [...new Set(replicas.map(({ report }) => report.version))].toSorted();
  if (versions.length === 1) return well("versions", `all have ${printable(versions[0] as string)}`);
  return warning(
    "versions",
    listed(versions),
    "they understand each other; what only the newer one knows, the older one leaves out",
    "finish the deployment",
  );
}

function listed(all: readonly string[]): string {
  const shown = all
    .slice(0, NAMED_MOST)
    .map((one) => printable(one))
    .join(", ");
  return all.length > NAMED_MOST ? `${shown} and ${all.length - NAMED_MOST} more` : shown;
}
