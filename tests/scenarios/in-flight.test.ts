import { CircuitOpenError, createBreaker } from "recloser";
import { manualClock } from "recloser/testing";
import { describe, expect, test } from "vitest";

import { atFourFailures, rigAround, rigOf, watch } from "./support.ts";

describe("silence as evidence", () => {
  test("a call that has shown nothing for `silence` is a failure at that moment, long before any deadline", async () => {
    const rig = rigOf({ ...atFourFailures, silence: "5s" });
    for (let i = 0; i < 4; i++) await rig.starts();
    await rig.clock.advance(4_900);
    expect(rig.breaker.state).toBe("closed");
    await rig.clock.advance(1_200);
    expect(rig.breaker.state).toBe("open");
  });

  test("by default silence is 20 s: a hang trips within a second of it", async () => {
    const clock = manualClock();
    const rig = rigAround(
      createBreaker({ failureRate: false, consecutiveFailures: false, failureThreshold: 4, clock, random: () => 0 }),
      clock,
    );
    for (let i = 0; i < 4; i++) await rig.starts();
    await clock.advance(19_900);
    expect(rig.breaker.state).toBe("closed");
    await clock.advance(1_200);
    expect(rig.breaker.state).toBe("open");
  });

  test("an admission looks for silent calls too", async () => {
    const rig = rigOf({ ...atFourFailures, silence: "5s" });
    for (let i = 0; i < 4; i++) await rig.starts();
    await rig.clock.advance(6_000);
    expect((await rig.rejection()).reason).toBe("open");
  });

  test("silence: false never counts a call for being slow", async () => {
    const rig = rigOf(atFourFailures);
    for (let i = 0; i < 10; i++) await rig.starts();
    await rig.clock.advance(3_600_000);
    expect(rig.breaker.state).toBe("closed");
  });

  test("silent calls feed the streak", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: false, consecutiveFailures: 4, silence: "5s" });
    for (let i = 0; i < 4; i++) {
      await rig.starts();
      await rig.clock.advance(1_500);
    }
    await rig.clock.advance(5_000);
    expect(rig.breaker.state).toBe("open");
  });

  test("silent calls feed the rate", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: false, failureRate: 0.8, minimumCalls: 5, silence: "5s" });
    await rig.succeeds(1);
    for (let i = 0; i < 4; i++) await rig.starts();
    await rig.clock.advance(6_100);
    expect(rig.breaker.state).toBe("open");
  });

  test("a silent call is one failure, however long it stays silent", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 2, silence: "5s" });
    await rig.starts();
    await rig.clock.advance(25_000);
    expect(rig.breaker.state).toBe("closed");
  });

  test("what a silent call does later is counted too", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 2, silence: "5s" });
    const hung = await rig.starts();
    await rig.clock.advance(7_000);
    expect(rig.breaker.state).toBe("closed");
    await hung.fail();
    expect(rig.breaker.state).toBe("open");
  });

  test("a call that ended before `silence` is never silent", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1, silence: "5s" });
    const call = await rig.starts();
    await rig.clock.advance(4_000);
    await call.succeed();
    await rig.clock.advance(20_000);
    expect(rig.breaker.state).toBe("closed");
  });

  test("a stream without a first chunk is silent", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 2, silence: "5s" });
    for (const isContent of [undefined, () => false]) {
      const stream = rig.breaker.stream(
        async function* () {
          if (isContent !== undefined) yield "role";
          await new Promise(() => {});
        },
        isContent === undefined ? {} : { isContent },
      );
      const reading = async (): Promise<void> => {
        for await (const chunk of stream) expect(chunk).toBe("role");
      };
      watch(reading());
    }
    await rig.clock.advance(6_100);
    expect(rig.breaker.state).toBe("open");
  });

  test("a stream that has shown a first chunk is not silent", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1, silence: "5s" });
    const stream = rig.breaker.stream(async function* () {
      yield "first";
      await new Promise(() => {});
    });
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    watch(reader.next());
    await rig.clock.advance(60_000);
    expect(rig.breaker.state).toBe("closed");
  });
});

describe("calls in flight when the circuit trips", () => {
  test("one that began after the first failure and has shown nothing is aborted and answered like a rejection", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(1);
    await rig.clock.advance(10);
    const call = await rig.starts();
    await rig.clock.advance(10);
    await rig.fails(3);
    await rig.clock.advance(0);
    expect(rig.breaker.state).toBe("open");
    expect(call.result.status).toBe("rejected");
    expect(call.result.error).toBeInstanceOf(CircuitOpenError);
    expect(call.context?.signal.aborted).toBe(true);
  });

  test("its fallback runs as for a rejection", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(1);
    await rig.clock.advance(10);
    const infos: unknown[] = [];
    const call = await rig.starts({
      fallback: (_, info) => {
        infos.push(info);
        return "fallback";
      },
    });
    await rig.fails(3);
    await rig.clock.advance(0);
    expect(call.result.value).toBe("fallback");
    expect(infos).toMatchObject([{ open: { code: "ERR_CIRCUIT_OPEN" }, outcome: null }]);
  });

  test("one that began before the first failure is left alone", async () => {
    const rig = rigOf({ ...atFourFailures, silence: "20s" });
    const call = await rig.starts();
    await rig.clock.advance(5_000);
    await rig.fails(4);
    expect(rig.breaker.state).toBe("open");
    await rig.clock.advance(100);
    expect(call.result.status).toBe("pending");
    expect(call.context?.signal.aborted).toBe(false);
    await call.succeed("worth the wait");
    expect(call.result.value).toBe("worth the wait");
  });

  test("one that has been silent for longer than `silence` is aborted, whenever it began", async () => {
    const rig = rigOf({ ...atFourFailures, silence: "20s" });
    const call = await rig.starts();
    await rig.clock.advance(10_000);
    await rig.fails(1);
    await rig.clock.advance(15_000);
    expect(call.result.status).toBe("pending");
    await rig.fails(2);
    await rig.clock.advance(0);
    expect(rig.breaker.state).toBe("open");
    expect(call.result.error).toBeInstanceOf(CircuitOpenError);
    expect(call.context?.signal.aborted).toBe(true);
  });

  test("a failure that has left the window is no evidence: a call from after it is left alone", async () => {
    const rig = rigOf({ ...atFourFailures, window: "10s" });
    await rig.fails(1);
    await rig.clock.advance(15_000);
    const call = await rig.starts();
    await rig.clock.advance(5_000);
    await rig.fails(4);
    await rig.clock.advance(0);
    expect(rig.breaker.state).toBe("open");
    expect(call.result.status).toBe("pending");
  });

  test("nor is a failure from before the streak that tripped it", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: false, consecutiveFailures: 3 });
    await rig.fails(1);
    await rig.succeeds(1);
    await rig.clock.advance(100);
    const before = await rig.starts();
    await rig.clock.advance(100);
    await rig.fails(1);
    await rig.clock.advance(100);
    const after = await rig.starts();
    await rig.clock.advance(100);
    await rig.fails(2);
    await rig.clock.advance(0);
    expect(rig.breaker.state).toBe("open");
    expect(before.result.status).toBe("pending");
    expect(after.result.error).toBeInstanceOf(CircuitOpenError);
  });

  test("a trip by silence leaves the calls that are younger than `silence` and began before it", async () => {
    const rig = rigOf({ ...atFourFailures, silence: "20s" });
    const hung = await Promise.all(Array.from({ length: 4 }, () => rig.starts()));
    await rig.clock.advance(10_000);
    const younger = await rig.starts();
    await rig.clock.advance(11_200);
    expect(rig.breaker.state).toBe("open");
    for (const call of hung) expect(call.result.error).toBeInstanceOf(CircuitOpenError);
    expect(younger.result.status).toBe("pending");
    await younger.succeed("worth the wait");
    expect(younger.result.value).toBe("worth the wait");
  });

  test("the hanging calls that tripped it by their silence are released at the trip", async () => {
    const rig = rigOf({ ...atFourFailures, silence: "20s" });
    const calls = await Promise.all(Array.from({ length: 10 }, () => rig.starts()));
    await rig.clock.advance(21_200);
    expect(rig.breaker.state).toBe("open");
    for (const call of calls) expect(call.result.error).toBeInstanceOf(CircuitOpenError);
  });

  test('onTrip: "let-run" leaves them all', async () => {
    const rig = rigOf({ ...atFourFailures, silence: "20s", onTrip: "let-run" });
    await rig.fails(1);
    await rig.clock.advance(10);
    const call = await rig.starts();
    await rig.fails(3);
    await rig.clock.advance(100);
    expect(rig.breaker.state).toBe("open");
    expect(call.result.status).toBe("pending");
    await call.succeed("good after all");
    expect(call.result.value).toBe("good after all");
    expect(rig.breaker.state).toBe("open");
  });

  test("a stream whose first chunk came is left alone, one that shows nothing is aborted", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(1);
    await rig.clock.advance(10);
    const open = (chunks: string[]): { got: string[]; result: ReturnType<typeof watch> } => {
      const got: string[] = [];
      const stream = rig.breaker.stream(async function* () {
        yield* chunks;
        await new Promise(() => {});
      });
      const reading = async (): Promise<void> => {
        for await (const chunk of stream) got.push(chunk);
      };
      return { got, result: watch(reading()) };
    };
    const talking = open(["Hello"]);
    const silent = open([]);
    await rig.clock.advance(10);
    expect(talking.got).toEqual(["Hello"]);
    await rig.fails(3);
    await rig.clock.advance(0);
    expect(rig.breaker.state).toBe("open");
    expect(talking.result.status).toBe("pending");
    expect(silent.result.error).toBeInstanceOf(CircuitOpenError);
  });

  test("an aborted call is no evidence: neither for the next window nor for the ladder", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(1);
    await rig.clock.advance(10);
    const calls = [await rig.starts(), await rig.starts(), await rig.starts(), await rig.starts()];
    await rig.fails(3);
    await rig.clock.advance(0);
    expect((await rig.rejection()).retryAfterMs).toBe(10_000);
    await rig.clock.advance(10_000);
    await rig.succeeds(1);
    for (const call of calls) await call.fail();
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
  });
});

describe("young calls in flight", () => {
  test("quick failures among many calls still running do not trip by rate", async () => {
    const rig = rigOf({
      ...atFourFailures,
      failureThreshold: false,
      failureRate: 0.5,
      minimumCalls: 5,
      silence: "20s",
    });
    for (let i = 0; i < 30; i++) await rig.starts();
    await rig.fails(5);
    expect(rig.breaker.state).toBe("closed");
  });

  test("ignored and cancelled calls are in neither part of the rate", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: false, failureRate: 0.5, minimumCalls: 4 });
    for (let i = 0; i < 100; i++) rig.breaker.tryAcquire()?.ignore();
    for (let i = 0; i < 20; i++) {
      const caller = new AbortController();
      await rig.starts({ signal: caller.signal });
      caller.abort();
      await rig.clock.advance(0);
    }
    await rig.fails(3);
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });
});
