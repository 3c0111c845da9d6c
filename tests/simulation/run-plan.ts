/** Plays a plan: things go wrong, everything heals, the fleet must recover, comes to rest, and is closed. */
import type { Facts } from "../../packages/recloser/src/state.ts";
import type { SharedStore } from "../../packages/recloser/src/store/store.ts";
import { StoreServer } from "../../packages/recloser/src/testing/simulation/store-server.ts";
import { World } from "../../packages/recloser/src/testing/simulation/world.ts";
import { recoveryBoundMs } from "./bounds.ts";
import type { CallRecord, History, OperationRecord } from "./history.ts";
import type { Fault, Plan } from "./plan.ts";
import { patienceMs, policyOf } from "./policies.ts";
import { Replica, type Setting } from "./replica.ts";
import { Surroundings } from "./surroundings.ts";

/** What a mutant may put in the place of the real thing. */
export interface Bench {
  readonly server?: () => StoreServer;
  readonly wrapClient?: (client: SharedStore) => SharedStore;
}

const STEP_MS = 500;
const SAMPLE_MS = 100;
const CLEAR_AFTER_MS = 3_500;
// So long nobody may be rejected for the fleet to count as recovered.
const WELL_FOR_MS = 3_000;
// A rate that was found is given up slowly, and a limit of calls in flight is the user's own.
const GOES_ON: ReadonlySet<string> = new Set(["paced", "concurrency"]);
// Two polls, and what they set off.
const SETTLE_MS = 3_000;
const LONGEST_DEADLINE_MS = 300_000;

/** Plays a plan to its end. Rejects only with what went wrong inside the simulation itself, such as an unhandled rejection. */
export async function runPlan(plan: Plan, bench: Bench = {}): Promise<History> {
  const run = new Run(plan, bench);
  await run.play();
  return run.history;
}

class Run {
  readonly history: History;
  readonly #world: World;
  readonly #around: Surroundings;
  readonly #replicas: readonly Replica[];
  readonly #plan: Plan;

  constructor(plan: Plan, bench: Bench) {
    const policy = policyOf(plan.policy);
    this.#plan = plan;
    this.#world = new World({ seed: plan.seed });
    this.history = newHistory(plan, policy);
    const around = new Surroundings(this.#world, plan, policy, bench.server?.() ?? new StoreServer());
    this.#around = around;
    watchStore(this.#world, around, this.history);
    const setting: Setting = {
      world: this.#world,
      plan,
      history: this.history,
      around,
      wrapClient: bench.wrapClient ?? ((client) => client),
    };
    this.#replicas = plan.replicas.map((_, index) => new Replica(index, setting));
    for (const fault of plan.faults) this.#schedule(fault);
    this.#sample();
  }

  async play(): Promise<void> {
    await this.#world.run(this.#plan.faultsForMs);
    this.#heal();
    await this.#recover();
    await this.#rest();
    await this.#close();
  }

  // ---- what goes wrong in replicas -----------------------------------------------------------------------------------

  #schedule(fault: Fault): void {
    const { atMs } = fault;
    const endMs = Math.min(atMs + fault.forMs, this.#plan.faultsForMs);
    if (fault.kind !== "replica paused" && fault.kind !== "replica crashed" && fault.kind !== "operator") return;
    const replica = this.#replicas[fault.replica];
    if (replica === undefined) return;
    switch (fault.kind) {
      case "replica paused":
        this.#world.at(atMs, () => this.#pause(replica, endMs));
        return;
      case "replica crashed":
        this.#world.at(atMs, () => {
          if (replica.process.state === "crashed") return;
          this.#resume(replica);
          replica.crash();
          this.#world.at(endMs, () => replica.start(fault.sameId));
        });
        return;
      case "operator":
        this.#world.at(atMs, () => replica.operate(fault.word, fault.forMs));
    }
  }

  #pause(replica: Replica, endMs: number): void {
    const { process } = replica;
    if (process.state !== "running") return;
    process.pause();
    this.history.pauses.push({ replica: replica.index, fromMs: this.#world.nowMs, toMs: Infinity });
    this.#world.at(endMs, () => {
      if (replica.process === process) this.#resume(replica);
    });
  }

  #resume(replica: Replica): void {
    if (replica.process.state !== "paused") return;
    replica.process.resume();
    for (const pause of this.history.pauses)
      if (pause.replica === replica.index && pause.toMs === Infinity) pause.toMs = this.#world.nowMs;
  }

  // ---- the phases ----------------------------------------------------------------------------------------------------

  #heal(): void {
    const { history } = this;
    history.healedMs = this.#world.nowMs;
    // What operators said is not a fault, so nobody but an operator takes it back.
    this.#world.after(CLEAR_AFTER_MS, () => {
      for (const replica of this.#replicas) replica.operate("clear", 0);
    });
    history.boundMs = history.healedMs + recoveryBoundMs(this.#plan, history.policy);
  }

  async #recover(): Promise<void> {
    const { history } = this;
    const earliestMs = history.healedMs + CLEAR_AFTER_MS + WELL_FOR_MS;
    while (this.#world.nowMs < history.boundMs) {
      await this.#world.run(this.#world.nowMs + STEP_MS);
      if (this.#world.nowMs < earliestMs) continue;
      history.stuck = this.#whatIsWrong();
      if (history.stuck === null) {
        history.recoveredMs = this.#world.nowMs;
        return;
      }
    }
  }

  #whatIsWrong(): string | null {
    const sinceMs = this.#world.nowMs - WELL_FOR_MS;
    for (const { name, breaker, recloser, index } of this.#replicas) {
      if (breaker.state !== "closed") return `${name} is ${breaker.state}`;
      if (this.#plan.store === "shared" && recloser.storeHealth().mode !== "shared") return `${name} has no store`;
      const recent = lastCalls(this.history.calls, index, sinceMs);
      const rejected = recent.find(({ end, reason }) => end === "rejected" && !GOES_ON.has(reason ?? ""));
      if (rejected !== undefined) return `${name} rejects calls: ${rejected.reason}`;
      if (!recent.some(({ end }) => end === "answered" || end === "mistake" || end === "aborted"))
        return `${name} answers no call`;
    }
    return null;
  }

  async #rest(): Promise<void> {
    const { history } = this;
    for (const replica of this.#replicas) replica.endCalls();
    const mostMs = this.#world.nowMs + patienceMs(history.policy) + 1_000;
    while (this.#replicas.some(({ pending }) => pending > 0) && this.#world.nowMs < mostMs)
      await this.#world.run(this.#world.nowMs + STEP_MS);
    await this.#world.run(this.#world.nowMs + SETTLE_MS);
    history.quietMs = this.#world.nowMs;
    history.storeMsAtQuiet = this.#around.store.nowMs();
    history.record = new Map(
      [...this.#around.store.server.records].map(([name, facts]) => [name.slice(name.indexOf(":") + 1), facts]),
    );
    history.views = this.#replicas.flatMap(({ index: replica, machines, process, recloser }) =>
      machines.map((machine) => ({
        replica,
        record: machine.name,
        view: machine.shared?.facts ?? null,
        local: machine.facts,
        state: machine.state(process.clock.now()),
        isConnected: recloser.storeHealth().mode === "shared",
        inFlight: machine.inFlight,
      })),
    );
  }

  async #close(): Promise<void> {
    const { left } = this.history;
    let open = this.#replicas.length;
    for (const { recloser, name } of this.#replicas) {
      recloser.close().then(
        () => open--,
        (error: unknown) => left.push(`close of ${name} rejected: ${String(error)}`),
      );
    }
    await this.#world.run(this.#world.nowMs + STEP_MS);
    if (open > 0) left.push(`${open} of ${this.#replicas.length} reclosers did not close within ${STEP_MS} ms`);
    // A deadline that was taken back leaves its timer until it is due: a probe's whole time at most, however stretched.
    const mostMs = this.#world.nowMs + LONGEST_DEADLINE_MS;
    while (this.#world.pending > 0 && this.#world.nowMs < mostMs) await this.#world.run(this.#world.nowMs + 10_000);
    for (const { process, name, pending } of this.#replicas) {
      if (process.sleeping > 0) left.push(`${name} has ${process.sleeping} sleeps left`);
      if (pending > 0) left.push(`${name} has ${pending} calls that never ended`);
    }
    if (this.#world.pending > 0) left.push(`${this.#world.pending} events are left`);
  }

  // ---- looking -------------------------------------------------------------------------------------------------------

  #sample(): void {
    const { samples, counts } = this.history;
    for (const { index: replica, life, machines, process } of this.#replicas) {
      if (process.state !== "running") continue;
      for (const machine of machines) {
        const { shared, name: record } = machine;
        if (shared !== null) samples.push({ atMs: this.#world.nowMs, replica, life, record, facts: shared.facts });
      }
      const { successes, failures } = (machines[0] as (typeof machines)[number]).counts(process.clock.now());
      counts.push({ atMs: this.#world.nowMs, replica, life, successes, failures });
    }
    if (this.history.recoveredMs !== null || (this.history.healedMs > 0 && this.#world.nowMs > this.history.boundMs))
      return;
    this.#world.after(SAMPLE_MS, () => this.#sample());
  }
}

function lastCalls(calls: readonly CallRecord[], replica: number, sinceMs: number): readonly CallRecord[] {
  const recent: CallRecord[] = [];
  for (let at = calls.length - 1; at >= 0; at--) {
    const call = calls[at] as CallRecord;
    if (call.atMs < sinceMs) break;
    if (call.replica === replica) recent.push(call);
  }
  return recent;
}

type Granted = ReadonlyMap<string, NonNullable<OperationRecord["lastGranted"]>>;

function watchStore(world: World, around: Surroundings, history: History): void {
  let losses = 0;
  let granted: Granted = new Map();
  const atImage = new Map<symbol, Granted>();
  around.onImage = (image) => void atImage.set(image, granted);
  around.onLoss = (image) => {
    losses++;
    granted = (image === null ? undefined : atImage.get(image)) ?? new Map();
  };
  around.store.onOperation(({ by, name, command, before, after, answer, atMs: storeMs }) => {
    const record = name.slice(name.indexOf(":") + 1);
    const { code } = answer.reply;
    const lastGranted = granted.get(record) ?? null;
    if (command.type === "claim" && code === "probe")
      granted = new Map(granted).set(record, { token: command.token, incarnation: after.incarnation });
    const atMs = world.nowMs;
    history.operations.push({ atMs, storeMs, replica: by, record, command, before, after, code, losses, lastGranted });
  });
}

function newHistory(plan: Plan, policy: History["policy"]): History {
  return {
    ...{ plan, policy, calls: [], operations: [], events: [], claims: [], pauses: [], samples: [], counts: [] },
    ...{ faults: [], healedMs: 0, boundMs: 0, recoveredMs: null, stuck: null, quietMs: 0 },
    ...{ record: new Map<string, Facts>(), storeMsAtQuiet: 0, views: [], left: [] },
  };
}
