/** What a trip does to the calls under way, and what a machine knows of calls that take their time. */
import { describe, expect, it } from "vitest";
import type { RecordUser } from "./announcer.ts";
import { Machine } from "./machine.ts";
import { ROLLUP } from "./rollup.ts";
import { createPolicy, type PolicyOptions } from "./policy.ts";
import { createBreaker, createRecloser } from "./recloser.ts";
import { manualClock } from "./testing/manual-clock.ts";
import { Ticket } from "./ticket.ts";

const user: RecordUser = {
  host: { replicaId: "r", tell: () => {} },
  heard: () => {},
  callEnded: () => {},
  opened: () => {},
};

class Call extends Ticket {
  given = false;
  override giveUp(): void {
    this.given = true;
  }
}

function setUp(options: PolicyOptions): { begin: () => Call; machine: Machine; pass: (ms: number) => number } {
  let nowMs = 1_800_000_000_000;
  const clock = { now: () => nowMs, sleep: () => new Promise<void>(() => {}) };
  const machine = new Machine("m", createPolicy(options), clock, () => 0, null);
  machine.announce.users.push(user);
  const begin = (): Call => {
    const call = new Call(machine, user, nowMs);
    machine.begin(call, nowMs);
    return call;
  };
  return { machine, begin, pass: (ms) => (nowMs += ms) };
}

describe("a trip gives up calls that have shown nothing", () => {
  /** Begins calls around two failures, the second of which trips; says who was given up. */
  const outage = (options: PolicyOptions): Record<string, boolean> => {
    const { machine, begin, pass } = setUp({ failureThreshold: 2, ...options });
    const [before, shown, first] = [begin(), begin(), begin()];
    machine.content(shown, pass(10));
    machine.fail(first, "network", null, pass(10));
    const [after, done, tripping] = [begin(), begin(), begin()];
    machine.succeed(done, null);
    machine.fail(tripping, "network", null, pass(10));
    expect(machine.facts.circuit.is).toBe("tripped");
    return { before: before.given, shown: shown.given, after: after.given, done: done.given, tripping: tripping.given };
  };
  const nobody = { before: false, shown: false, after: false, done: false, tripping: false };

  it("and began after the first failure of the evidence, and no others", () => {
    expect(outage({})).toEqual({ ...nobody, after: true });
  });

  it("unless the policy lets them run, or only observes", () => {
    expect(outage({ onTrip: "let-run" })).toEqual(nobody);
    expect(outage({ mode: "observe" })).toEqual(nobody);
  });

  it("and have been silent for too long, whenever they began", () => {
    const { machine, begin, pass } = setUp({ failureThreshold: 2, silence: 1_000 });
    const [silent, second] = [begin(), begin()];
    machine.watch.sweep(pass(1_000));
    expect([silent.given, second.given]).toEqual([true, true]);
    expect(machine.facts.circuit).toMatchObject({ is: "tripped", evidence: { byKind: { timeout: 2 } } });
  });

  it("and, of those left to run, each that then stays silent for too long", () => {
    const { machine, begin, pass } = setUp({ failureThreshold: 1, silence: 1_000 });
    const [quiet, failed] = [begin(), begin()];
    machine.fail(failed, "network", null, pass(10));
    expect(machine.facts.circuit.is).toBe("tripped");
    machine.watch.sweep(pass(980));
    expect(quiet.given).toBe(false);
    machine.watch.sweep(pass(10));
    expect([quiet.given, failed.given]).toEqual([true, false]);
  });

  it("but not the call that trips by its own first content", () => {
    const { machine, begin, pass } = setUp({ slowCall: { after: 100, rate: 0.5 }, minimumCalls: 2 });
    const call = begin();
    machine.succeed(begin(), null);
    machine.content(call, pass(200));
    expect(machine.facts.circuit).toMatchObject({ is: "tripped", reason: "slow-calls" });
    expect(call.given).toBe(false);
  });
});

describe("calls that take their time", () => {
  it("count from when they end: protocol.md §1, by time of completion", async () => {
    const clock = manualClock();
    const breaker = createBreaker({ clock, window: "1s" });
    const permit = await breaker.acquire();
    await clock.advance(900);
    permit.success();
    await clock.advance(300);
    expect(breaker.snapshot().window.successes).toBe(1);
    await clock.advance(800);
    expect(breaker.snapshot().window.successes).toBe(0);
  });

  it("count once when they break after a change of the window, and so do all others", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, defaults: { window: "30s" } });
    const breaker = recloser.breaker("k");
    for (let i = 0; i < 3; i++) await breaker.execute(() => i);
    let fail: (error: Error) => void = () => {};
    const stream = breaker.stream(async function* () {
      yield 1;
      await new Promise((_resolve, reject) => (fail = reject));
    });
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    const broken = reader.next();
    await clock.advance(0);
    recloser.configure({ defaults: { window: "60s" } });
    fail(new Error("cut"));
    await expect(broken).rejects.toThrow("cut");
    const { successes, failures } = breaker.snapshot().window;
    expect(failures).toBe(1);
    // The success it had been counted as may stay when the window was another one then; nobody else's may go.
    expect(successes === 3 || successes === 4).toBe(true);
  });
});

describe("models of one provider", () => {
  it("trip on one failure while enough of the others are open", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, defaults: { failureThreshold: 5, consecutiveFailures: false } });
    const breaker = (model: string): ReturnType<typeof recloser.breaker> => recloser.breaker({ provider: "p", model });
    const fails = async (model: string, times: number): Promise<string> => {
      const error = Object.assign(new Error("no"), { status: 500 });
      for (let i = 0; i < times; i++)
        await breaker(model)
          .execute(() => Promise.reject(error))
          .catch(() => {});
      return breaker(model).state;
    };
    for (let i = 1; i < ROLLUP; i++) expect(await fails(`m${i}`, 5)).toBe("open");
    expect(await fails("other", 1)).toBe("closed");
    expect(await fails(`m${ROLLUP}`, 5)).toBe("open");
    expect(await fails("last", 1)).toBe("open");
  });
});
