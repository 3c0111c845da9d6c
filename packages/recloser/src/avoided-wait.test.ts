import { expect, test } from "vitest";
import { createRecloser } from "./recloser.ts";
import type { Recloser } from "./api.ts";
import { type ManualClock, manualClock } from "./testing/manual-clock.ts";
import { AvoidedWaits } from "./avoided-wait.ts";

interface Rig {
  readonly clock: ManualClock;
  readonly recloser: Recloser;
  readonly waits: AvoidedWaits;
}

function rig(): Rig {
  const clock = manualClock();
  const defaults = { failureRate: 0.5, minimumCalls: 4, cooldown: { initial: "60s", jitter: 0 } } as const;
  const recloser = createRecloser({ clock, defaults });
  return { clock, recloser, waits: new AvoidedWaits(recloser) };
}

async function fail({ clock, recloser }: Rig, takesMs: number, status = 503): Promise<void> {
  const sent = recloser.breaker("llm").execute(async () => {
    await clock.sleep(takesMs);
    throw Object.assign(new Error("no"), { status });
  });
  const ended = sent.catch(() => {});
  await clock.advance(takesMs);
  await ended;
}

function rejected({ recloser }: Rig): Promise<unknown> {
  return recloser
    .breaker("llm")
    .execute(() => "never")
    .catch(() => {});
}

test("each call that an open circuit rejects avoids what the failed ones took", async () => {
  const at = rig();
  for (const takesMs of [5_000, 7_000, 9_000, 6_000]) await fail(at, takesMs);
  expect(at.recloser.breaker("llm").state).toBe("open");
  expect(at.waits.of("llm")).toBeNull();
  for (let call = 0; call < 3; call++) await rejected(at);
  expect(at.waits.of("llm")).toEqual({ calls: 3, failureMs: 6_000, totalMs: 18_000 });
});

test("a provider that fails at once leaves nothing to avoid", async () => {
  const at = rig();
  for (let call = 0; call < 4; call++) await fail(at, 0);
  await rejected(at);
  expect(at.waits.of("llm")).toEqual({ calls: 1, failureMs: 0, totalMs: 0 });
});

test("what the fallback takes was not avoided, and never more than that", async () => {
  const at = rig();
  for (let call = 0; call < 4; call++) await fail(at, 5_000);
  for (const takesMs of [2_000, 9_000]) {
    const answered = at.recloser.breaker("llm").execute(() => "never", {
      fallback: () => at.clock.sleep(takesMs),
    });
    await at.clock.advance(takesMs);
    await answered;
  }
  expect(at.waits.of("llm")).toEqual({ calls: 2, failureMs: 5_000, totalMs: 3_000 });
});

test("a rate limit's hold, a caller's mistake and an operator's hold avoid nothing", async () => {
  const at = rig();
  await fail(at, 5_000, 429);
  await rejected(at);
  await fail(at, 5_000, 400);
  await at.recloser.breaker("llm").forceOpen({ by: "ada", reason: "maintenance" });
  await rejected(at);
  expect(at.waits.of("llm")).toBeNull();
});

test("calls that hang count as long as they were silent", async () => {
  const at = rig();
  const hung = Array.from({ length: 6 }, () =>
    at.recloser
      .breaker("llm", { silence: "20s" })
      .execute(({ signal }) => at.clock.sleep(600_000, { signal }))
      .catch(() => {}),
  );
  await at.clock.advance(21_000);
  await Promise.all(hung);
  await rejected(at);
  expect(at.recloser.breaker("llm").state).toBe("open");
  expect(at.waits.of("llm")).toMatchObject({ calls: 1, failureMs: expect.closeTo(20_000, -3) });
});

test("disposed, it watches no more", async () => {
  const at = rig();
  for (let call = 0; call < 4; call++) await fail(at, 5_000);
  at.waits[Symbol.dispose]();
  await rejected(at);
  expect(at.waits.of("llm")).toBeNull();
});
