/** Who may probe: one at a time, and only the newest lease moves a half-open circuit. */
import type { Entry } from "../entries.ts";
import { type Finding, only, type Promised, wasAlone, wasAway } from "./finding.ts";
import { CHANGES_NOTHING, type Operation, operationsIn, said, SETTLED } from "./operations.ts";

const ROUNDING_MS = 0.01;
// A lease's holder that the machine keeps from renewing it for so long may lose it.
const UNHEARD_MS = 150;

const isGrant = ({ command, code }: Operation): boolean => command.type === "claim" && code === "probe";
const isEffective = ({ command, code }: Operation): boolean => command.type === "settle" && SETTLED.has(code);
const isRenewal = ({ command, code }: Operation): boolean => command.type === "renew" && code === "renewed";

/** A probe is given out only when none lives: none, or its lease has run out, or it has been settled. */
export function oneLeaseAtATime(entries: readonly Entry[], { snapshotMs }: Promised): readonly Finding[] {
  const { told, untold } = operationsIn(entries, snapshotMs);
  const perhapsSettled = new Set(untold.flatMap(({ command }) => (command.type === "settle" ? [command.token] : [])));
  const found: Finding[] = [];
  let live: { readonly token: string | undefined; incarnation: number; untilMs: number; by: string } | null = null;
  for (const operation of told) {
    const { command, storeMs, circuit, at, replica } = operation;
    const untilMs = storeMs + (command.leaseMs ?? 0);
    if (isGrant(operation)) {
      const isLive = live !== null && live.incarnation === circuit.incarnation && storeMs < live.untilMs - ROUNDING_MS;
      if (live !== null && isLive && !perhapsSettled.has(live.token))
        found.push({ at, what: `${said(operation)}, while ${live.by} has it for ${live.untilMs - storeMs} ms more` });
      live = { token: command.token, incarnation: circuit.incarnation, untilMs, by: replica };
    } else if (live !== null && command.token === live.token) {
      if (isRenewal(operation)) live.untilMs = untilMs;
      if (isEffective(operation)) live = null;
    }
  }
  return found;
}

/** A settle or a renewal that does something is that of the probe given out last, and a probe is settled once. */
export function onlyTheNewestLeaseCounts(entries: readonly Entry[], { snapshotMs }: Promised): readonly Finding[] {
  const { told, untold } = operationsIn(entries, snapshotMs);
  const unknown = new Set(untold.flatMap(({ command }) => (command.type === "claim" ? [command.token] : [])));
  const settled = new Set<string>();
  const found: Finding[] = [];
  let newest: string | null = null;
  for (const operation of told) {
    const { at, command } = operation;
    if (isGrant(operation)) newest = command.token ?? null;
    if (!isEffective(operation) && !isRenewal(operation)) continue;
    const token = command.token ?? "";
    if (token !== newest && !unknown.has(token))
      found.push({ at, what: `${said(operation)}, though the newest lease is ${newest}` });
    if (isEffective(operation) && settled.has(token)) found.push({ at, what: `${said(operation)}, a second time` });
    if (isEffective(operation)) settled.add(token);
  }
  return found;
}

/** A lease ends when it was given or renewed to end: who asks in vain does not lengthen it, nor change anything else. */
export function aDenialChangesNothing(entries: readonly Entry[], { snapshotMs }: Promised): readonly Finding[] {
  const { told, untold } = operationsIn(entries, snapshotMs);
  const uncertain = new Set(untold.map(({ command }) => command.token));
  const ends = new Map<string, number>();
  const found: Finding[] = [];
  let before: Operation | null = null;
  for (const operation of told) {
    const { at, command, storeMs, circuit, code } = operation;
    const { lease } = circuit;
    if (isGrant(operation) || isRenewal(operation)) ends.set(command.token ?? "", storeMs + (command.leaseMs ?? 0));
    const dueMs = lease === null ? undefined : ends.get(lease.token);
    if (lease !== null && dueMs !== undefined && !uncertain.has(lease.token)) {
      const lateMs = lease.expiresAtMs - dueMs;
      if (Math.abs(lateMs) > ROUNDING_MS)
        found.push({ at, what: `${said(operation)}: the lease ends ${lateMs} ms off` });
    }
    const isSameLife = before !== null && before.circuit.incarnation === circuit.incarnation;
    const changed = isSameLife && before?.circuit.version !== circuit.version;
    if (changed && CHANGES_NOTHING.has(code) && untold.length === 0)
      found.push({ at, what: `${said(operation)}: version ${before?.circuit.version} has become ${circuit.version}` });
    before = operation;
  }
  return found;
}

/** At most one call with the shared circuit's lease is under way, unless the one before was stopped, killed or cut off. */
export function oneProbeOnTheWire(entries: readonly Entry[]): readonly Finding[] {
  const ends = new Map<string, number>();
  for (const entry of [...only(entries, "shown"), ...only(entries, "ended")])
    ends.set(entry.call, Math.min(entry.at, ends.get(entry.call) ?? Infinity));
  const probes = only(entries, "admitted").filter(
    ({ probe, view }) => probe && view.shared === "half-open" && view.isConnected,
  );
  return probes.flatMap(({ at, call, replica }, nth) => {
    const others = probes.slice(0, nth).filter((before) => (ends.get(before.call) ?? Infinity) > at);
    const unexcused = others.find(({ replica: by, at: fromAt }) => {
      const excused = wasAway(entries, by, fromAt, at) || wasAlone(entries, by, fromAt, at);
      return !excused || at - fromAt < UNHEARD_MS;
    });
    if (unexcused === undefined) return [];
    return [{ at, what: `${replica} probes by ${call} while ${unexcused.replica} does by ${unexcused.call}` }];
  });
}
