/** I7 and I11: what trips a circuit, and what never does. */
import type { Evidence } from "../../../packages/recloser/src/state.ts";
import type { EventRecord, History, OperationRecord } from "../history.ts";
import { travelMs } from "../bounds.ts";
import { has } from "../plan.ts";
import { type Counted, countedOf, healthOf } from "./outcomes.ts";
import { EPSILON_MS, type Finding } from "./violation.ts";

/**
 * I7: no trip without its evidence. For every plan but those whose store's clock is stepped: a trip names no more failures
 * than calls had that began after the record was last closed or reset, ended inside the window, and were neither their
 * callers' mistake nor their callers' abort; a streak no more than failed since. Nothing is carried out that comes too late, and no report counts in another round than its own. What puts back an open period after a
 * loss of data puts back one that the store once had, and not for longer.
 */
export function noTripWithoutEvidence(history: History): readonly Finding[] {
  if (has(history.plan, "clock step")) return [];
  const health = healthOf(history);
  const known = new Map<string, readonly Counted[]>();
  const failuresOf = (record: string): readonly Counted[] => {
    let failures = known.get(record);
    if (failures === undefined) {
      failures = countedOf(history, record, record === health).filter(({ what }) => what === "failure");
      known.set(record, failures);
    }
    return failures;
  };
  return [
    ...misplaced(history),
    ...tripsOfTheStore(history, failuresOf),
    ...tripsOfReplicas(history, failuresOf),
    ...reasserted(history),
  ];
}

// Carried out after its time, or counted in a round that is not its own.
function misplaced({ operations }: History): readonly Finding[] {
  return operations.flatMap(({ command, code, storeMs, atMs, replica, record, before }) => {
    if (command.type !== "report" && command.type !== "claim") return [];
    const what = `a ${command.type} of ${replica} on ${record}`;
    // "noop": one that has been here before, and again does nothing.
    if (code !== "expired" && code !== "noop" && storeMs > command.notAfterMs)
      return [{ atMs, what: `${what} was carried out ${storeMs - command.notAfterMs} ms late` }];
    const counts = command.type === "report" && (code === "ok" || code === "tripped") && before.incarnation !== 0;
    if (!counts || (command.generation === before.generation && isLifeOf(command, before))) return [];
    return [{ atMs, what: `${what} from generation ${command.generation} counts in ${before.generation}` }];
  });
}

// Who knew of no record yet speaks of the first round of whichever there is by now.
function isLifeOf(command: { readonly incarnation: number }, before: { readonly incarnation: number }): boolean {
  return command.incarnation === before.incarnation || command.incarnation === 0;
}

type FailuresOf = (record: string) => readonly Counted[];

function tripsOfTheStore(history: History, failuresOf: FailuresOf): readonly Finding[] {
  const found: Finding[] = [];
  const rounds = new Rounds();
  for (const operation of history.operations) {
    const { after, code, atMs, record, replica } = operation;
    if (code === "tripped" && after.circuit.is === "tripped") {
      const beganMs = rounds.beganMs(operation);
      const { evidence } = after.circuit;
      const wrong =
        evidence === null ? "it names no evidence" : excess(evidence, failuresOf(record), beganMs, atMs, history);
      if (wrong !== null) found.push({ atMs, what: `the store tripped ${record} on a report of ${replica}: ${wrong}` });
    }
    rounds.note(operation);
  }
  return found;
}

/** When each generation of a closed record began. */
class Rounds {
  readonly #began = new Map<string, number>();

  note(operation: OperationRecord): void {
    const { record, after, before, atMs, command } = operation;
    if (after.circuit.is !== "closed" || after.generation === before.generation) return;
    const round = `${record} ${after.generation}`;
    // An override is a generation of its own, but leaves the window alone.
    // A reset that makes the record is known to nobody as one.
    const isReset = command.type === "reset" && before.incarnation !== 0;
    const anew = before.circuit.is === "tripped" || isReset;
    if (!this.#began.has(round)) this.#began.set(round, anew ? atMs : this.beganMs(operation));
  }

  beganMs({ record, before, command }: OperationRecord): number {
    // A record that was lost goes on in the reporter's generation.
    const generation = before.incarnation === 0 && command.type === "report" ? command.generation : before.generation;
    return this.#began.get(`${record} ${generation}`) ?? -Infinity;
  }
}

function excess(
  evidence: Evidence,
  failures: readonly Counted[],
  beganMs: number,
  atMs: number,
  { policy }: History,
): string | null {
  const since = failures.filter(
    ({ call, atMs: failedMs }) => (call.admittedMs ?? 0) >= beganMs - EPSILON_MS && failedMs <= atMs + EPSILON_MS,
  );
  const earliestMs = atMs - (policy.windowMs ?? Infinity) - travelMs(policy);
  const inside = since.filter(({ latestMs }) => latestMs >= earliestMs).length;
  if (evidence.failures > inside) return `it counts ${evidence.failures} failures, where calls had ${inside}`;
  const streak = /^(\d+) calls? failed in a row/.exec(evidence.headline);
  const inARow = streak === null ? 0 : Number(streak[1]);
  return inARow > since.length ? `it counts ${inARow} in a row, where ${since.length} failed` : null;
}

function tripsOfReplicas(history: History, failuresOf: FailuresOf): readonly Finding[] {
  const shared = new Set<Evidence>();
  for (const { after } of history.operations)
    if (after.circuit.is === "tripped" && after.circuit.evidence !== null) shared.add(after.circuit.evidence);
  const closedMs = new Map<string, number>();
  return history.events.flatMap((record) => {
    if (record.name !== "transition") return [];
    const { event, at: atMs, replica, life } = record;
    const place = `${replica} ${life} ${event.key}`;
    if (event.to === "closed") closedMs.set(place, atMs);
    if (event.from !== "closed" || event.evidence === null || shared.has(event.evidence)) return [];
    const own = failuresOf(event.key).filter(({ call }) => call.replica === replica && call.life === life);
    const wrong = excess(event.evidence, own, closedMs.get(place) ?? -Infinity, atMs, history);
    return wrong === null ? [] : [{ atMs, what: `r${replica} tripped ${event.key} for itself: ${wrong}` }];
  });
}

function reasserted({ operations, policy, pauses }: History): readonly Finding[] {
  // What arrives while a process is paused seems to come from when it goes on, so its view's deadlines are that late.
  const lateMs = travelMs(policy) + Math.max(0, ...pauses.map(({ fromMs, toMs }) => toMs - fromMs));
  const found: Finding[] = [];
  const untilMs = new Map<string, number>();
  for (const { record, command, code, after, atMs, storeMs, replica } of operations) {
    if (command.type === "reassert" && code === "changed") {
      const known = untilMs.get(`${record} ${command.incarnation} ${command.generation}`);
      const what = `${replica} put back an open period of ${record}`;
      if (known === undefined) found.push({ atMs, what: `${what} that the store never had` });
      else if (atMs + command.remainingMs > known + lateMs)
        found.push({ atMs, what: `${what} for longer than it was` });
    }
    if (after.circuit.is === "closed") continue;
    const period = `${record} ${after.incarnation} ${after.generation}`;
    const endMs = atMs + after.circuit.openUntilMs - storeMs;
    untilMs.set(period, Math.max(untilMs.get(period) ?? -Infinity, endMs));
  }
  return found;
}

/**
 * I11: what callers do wrong is not held against the provider. In plans whose provider is always well and whose replicas
 * are not paused (who is paused finds everything slow): nothing trips, however many calls are mistakes or aborted.
 */
export function callersDoNotTrip(history: History): readonly Finding[] {
  const { plan, events } = history;
  if (plan.provider.length > 0 || has(plan, "replica paused")) return [];
  return events.filter(isOpening).map((record) => ({
    atMs: record.at,
    what: `r${record.replica} opened (${record.event.reason}: ${record.event.evidence?.summary ?? "no evidence"}) though the provider was well`,
  }));
}

function isOpening(record: EventRecord): record is EventRecord & { name: "transition" } {
  return record.name === "transition" && record.event.to === "open";
}
