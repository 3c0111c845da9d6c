import { describe, expect, it } from "vitest";
import { createRecloser } from "../index.ts";
import { type Facts, NO_RECORD } from "../state.ts";
import { manualClock } from "../testing/index.ts";
import type { StoreCommand } from "./command.ts";
import type { SharedStore, StoreAnswer } from "./store.ts";

const LEASE_MS = 10_000;

function dueForProbe(nowMs: number): Facts {
  return {
    ...NO_RECORD,
    incarnation: nowMs - 200,
    version: 2,
    generation: 1,
    step: 1,
    cooldownMs: 100,
    circuit: {
      is: "tripped",
      openedAtMs: nowMs - 100,
      openUntilMs: nowMs,
      reason: "failure-rate",
      evidence: null,
      lease: null,
      claimed: false,
      passed: 0,
      lost: 0,
      voided: 0,
    },
  };
}

/** A replica whose store answers a claim when it is told to. */
async function claiming() {
  const clock = manualClock({ startMs: 1_000_000 });
  const facts = dueForProbe(clock.now());
  const asked: StoreCommand[] = [];
  let grant = (): void => {};
  const apply = (command: StoreCommand): Promise<StoreAnswer> => {
    asked.push(command);
    const nowMs = clock.now();
    if (command.type !== "claim") return Promise.resolve({ reply: { code: "void" }, facts, nowMs });
    const lease = { token: command.token, expiresAtMs: nowMs + LEASE_MS };
    const circuit = { ...facts.circuit, lease, claimed: true } as Facts["circuit"];
    return new Promise((resolve) => {
      grant = () => resolve({ reply: { code: "probe", lease }, facts: { ...facts, version: 3, circuit }, nowMs });
    });
  };
  const store: SharedStore = {
    kind: "told",
    apply: (_record, command) => apply(command),
    read: () => Promise.resolve({ nowMs: clock.now(), records: new Map([["k", facts]]) }),
    changes: () => Promise.resolve({ names: [], cursor: "0", complete: true }),
    subscribe: () => Promise.resolve(() => {}),
    ping: () => Promise.resolve(true),
    close: () => Promise.resolve(),
  };
  const recloser = createRecloser({ store, clock, random: () => 0.5 });
  const breaker = recloser.breaker("k");
  await recloser.ready();
  await clock.advance(0);
  expect(breaker.state).toBe("half-open");
  breaker.execute(() => Promise.resolve("ok")).catch(() => {});
  await clock.advance(0);
  expect(asked.map(({ type }) => type)).toEqual(["claim"]);
  return { clock, recloser, asked, grant: () => grant() };
}

describe("close() in the middle of a claim", () => {
  it.each([10, 60, 190])("waits %d ms for its answer, and gives the lease back", async (answersAfterMs) => {
    const { clock, recloser, asked, grant } = await claiming();
    const closed = recloser.close();
    await clock.advance(answersAfterMs);
    grant();
    await clock.advance(1);
    await closed;
    expect(asked.map((command) => (command.type === "settle" ? command.verdict : command.type))).toEqual([
      "claim",
      "void",
    ]);
  });

  it("waits no longer than the claim can be carried out", async () => {
    const { clock, recloser } = await claiming();
    let isClosed = false;
    void recloser.close().then(() => (isClosed = true));
    await clock.advance(199);
    expect(isClosed).toBe(false);
    await clock.advance(1);
    expect(isClosed).toBe(true);
  });
});
