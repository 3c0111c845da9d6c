/** One call of a simulated caller, recorded: what it did on the wire, and what its caller got. */
import { getEventListeners } from "node:events";
import type { Admission } from "../../packages/recloser/src/admission.ts";
import type { Breaker } from "../../packages/recloser/src/api.ts";
import type { CallContext } from "../../packages/recloser/src/call.ts";
import {
  CallTimeoutError,
  CircuitOpenError,
  ShedError,
  StreamTruncatedError,
} from "../../packages/recloser/src/errors.ts";
import type { Machine } from "../../packages/recloser/src/machine.ts";
import { computedState, type Facts, overrideNow } from "../../packages/recloser/src/state.ts";
import { SimulatedApiError } from "../../packages/recloser/src/testing/simulation/provider-errors.ts";
import type { ProviderModel } from "../../packages/recloser/src/testing/simulation/provider-model.ts";
import type { SimulatedProcess } from "../../packages/recloser/src/testing/simulation/process.ts";
import type { SimulatedChunk } from "../../packages/recloser/src/testing/simulation/streamed-call.ts";
import type { CallRecord, Standing } from "./history.ts";

/** What a caller is about to do. */
export interface Intent {
  readonly stream: boolean;
  /** The call is the caller's own mistake: the provider answers 400. */
  readonly isMistake: boolean;
  /** Its caller aborts it after that long; null: it waits. */
  readonly abortMs: number | null;
  /** Then it gives up, like `AbortSignal.timeout`. */
  readonly patienceMs: number;
}

/** Where a call is made. */
export interface Place {
  readonly process: SimulatedProcess;
  readonly breaker: Breaker;
  machines(): readonly Machine[];
  /** The provider as it is reached from here now. */
  provider(): ProviderModel;
}

class CallersAbort extends Error {
  override readonly name = "AbortError";
}

/** Makes a call and fills in its record; `done` runs at its end. */
export function makeCall(place: Place, intent: Intent, record: CallRecord, done: () => void): void {
  const { process } = place;
  const abort = new AbortController();
  const { signal } = abort;
  const waits = process.after(intent.patienceMs, () =>
    abort.abort(new DOMException("The caller waited long enough", "TimeoutError")),
  );
  const leaves =
    intent.abortMs === null ? null : process.after(intent.abortMs, () => abort.abort(new CallersAbort("not wanted")));
  const end = (): void => {
    waits.cancel();
    leaves?.cancel();
    record.endMs = process.world.nowMs;
    record.listenersLeft = getEventListeners(signal, "abort").length;
    done();
  };
  const made = intent.stream ? streamed(place, intent, record, signal) : executed(place, intent, record, signal);
  made.then(
    () => {
      record.end = "answered";
      end();
    },
    (error: unknown) => {
      told(record, error);
      end();
    },
  );
}

async function executed(place: Place, intent: Intent, record: CallRecord, signal: AbortSignal): Promise<void> {
  await place.breaker.execute(
    (context) => {
      admitted(place, record, context);
      const call = intent.isMistake
        ? mistake(place.process)
        : place.provider().answer(place.process, { signal: context.signal, probe: context.probe });
      return wired(place.process, record, call);
    },
    { signal },
  );
}

async function streamed(place: Place, intent: Intent, record: CallRecord, signal: AbortSignal): Promise<void> {
  const { world } = place.process;
  const chunks = place.breaker.stream(
    (context) => {
      admitted(place, record, context);
      if (intent.isMistake) return wired(place.process, record, mistake(place.process));
      const source = place.provider().stream(place.process, { signal: context.signal, probe: context.probe });
      return recorded(source, record, world);
    },
    { signal, isEnd: (chunk) => chunk.isEnd, isContent: (chunk) => !chunk.isEnd },
  );
  for await (const chunk of chunks) if (chunk.isEnd) record.shownMs ??= world.nowMs;
}

/** The provider's stream, with what it shows noted. */
function recorded(
  source: AsyncIterableIterator<SimulatedChunk>,
  record: CallRecord,
  world: { readonly nowMs: number },
): AsyncIterable<SimulatedChunk> {
  const over = (): void => {
    record.wireEndMs ??= world.nowMs;
  };
  const iterator: AsyncIterator<SimulatedChunk> = {
    async next() {
      try {
        const result = await source.next();
        if (result.done === true || result.value.isEnd) over();
        else record.shownMs ??= world.nowMs;
        return result;
      } catch (error) {
        over();
        throw error;
      }
    },
    async return() {
      over();
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

function wired<T>(process: SimulatedProcess, record: CallRecord, call: Promise<T>): Promise<T> {
  const over = (): void => {
    record.wireEndMs ??= process.world.nowMs;
  };
  call.then(over, over);
  return call;
}

function mistake(process: SimulatedProcess): Promise<never> {
  return new Promise((_, reject) => {
    process.after(30, () => reject(new SimulatedApiError(400, {}, { message: "bad request", code: null, type: null })));
  });
}

function admitted(place: Place, record: CallRecord, context: CallContext): void {
  const { process } = place;
  record.admittedMs = process.world.nowMs;
  record.probe = context.probe;
  // What users are given is the call itself: its leases say which probe it is.
  const admission = context as unknown as Admission;
  if (context.probe)
    record.leases = admission
      .leased()
      .map(({ machine, lease }) => ({ record: machine.name, token: lease?.shared?.token ?? null }));
  const nowMs = process.clock.now();
  record.standings = place.machines().map((machine) => standingOf(machine, nowMs));
}

// Nearly all calls begin where nothing stands in their way.
const CLEAR = new Map<string, readonly [connected: Standing, away: Standing]>();

function clear(record: string, isConnected: boolean): Standing {
  let both = CLEAR.get(record);
  if (both === undefined) {
    const standing = { record, shared: "closed", local: "closed", override: null } as const;
    both = [
      { ...standing, isConnected: true },
      { ...standing, isConnected: false },
    ];
    CLEAR.set(record, both);
  }
  return both[isConnected ? 0 : 1];
}

function isBare({ circuit, override }: Facts): boolean {
  return circuit.is === "closed" && override === null;
}

function standingOf(machine: Machine, nowMs: number): Standing {
  const { shared, facts } = machine;
  if (isBare(facts) && (shared === null || isBare(shared.facts)))
    return clear(machine.name, shared?.isConnected === true);
  const override = (shared === null ? null : overrideNow(shared.facts, nowMs)) ?? overrideNow(facts, nowMs);
  return {
    record: machine.name,
    shared: shared === null ? "closed" : computedState(shared.facts, nowMs),
    local: computedState(facts, nowMs),
    isConnected: shared?.isConnected === true,
    override: override?.mode ?? null,
  };
}

function told(record: CallRecord, error: unknown): void {
  if (error instanceof CircuitOpenError) {
    record.end = "rejected";
    record.reason = error.reason;
    record.inFlight = error.inFlight;
    record.stateSaid = error.state;
  } else if (error instanceof ShedError) {
    record.end = "rejected";
    record.reason = error.reason;
  } else if (error instanceof CallTimeoutError) {
    record.end = "timed out";
    record.failure = "other";
  } else if (error instanceof DOMException && error.name === "TimeoutError") {
    record.end = "gave up";
    if (record.admittedMs !== null) record.failure = "other";
  } else if (error instanceof CallersAbort) record.end = "aborted";
  else failed(record, error);
}

function failed(record: CallRecord, error: unknown): void {
  record.end = "failed";
  if (error instanceof SimulatedApiError) {
    record.reason = String(error.status);
    if (error.status === 400) record.end = "mistake";
    else if (error.status >= 500) record.failure = "other";
  } else if (error instanceof StreamTruncatedError) record.failure = "other";
  else if (error instanceof TypeError && error.message === "fetch failed") record.failure = "network";
  else {
    record.end = "other";
    record.strange = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
