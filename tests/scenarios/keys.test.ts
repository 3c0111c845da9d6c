import { describe, expect, test } from "vitest";

import { down, fleetOf, httpError, refused } from "./support.ts";
import type { Fleet } from "./support.ts";

const openai = (model: string) => ({ provider: "openai", model });

/** Whether one call of this key would reach its dependency; looked at by an ignored call. */
const reaches = async (fleet: Fleet, key: Parameters<Fleet["rig"]>[0]): Promise<boolean> => {
  const rig = fleet.rig(key);
  await rig.fails(1, httpError(400));
  return rig.invocations === 1;
};

describe("the registry", () => {
  test("the same key is the same breaker", () => {
    const { recloser } = fleetOf();
    expect(recloser.breaker("openai")).toBe(recloser.breaker("openai"));
    expect(recloser.breaker(openai("a"))).toBe(recloser.breaker({ model: "a", provider: "openai" }));
    expect(recloser.breaker(openai("a"))).not.toBe(recloser.breaker(openai("b")));
    expect([...recloser.breakers()]).toHaveLength(3);
  });

  test("the same key with other options is refused, with the same or none it is not", () => {
    const { recloser } = fleetOf();
    const breaker = recloser.breaker("openai", { failureThreshold: 7 });
    expect(() => recloser.breaker("openai", { failureThreshold: 8 })).toThrow(
      expect.objectContaining({ code: "ERR_INVALID_OPTION" }),
    );
    expect(recloser.breaker("openai", { failureThreshold: 7 })).toBe(breaker);
    expect(recloser.breaker("openai")).toBe(breaker);
  });

  test("idle closed breakers are evicted beyond maxBreakers, an open or overridden one never", async () => {
    const fleet = fleetOf({ maxBreakers: 5 });
    const open = fleet.rig("open");
    await open.fails(4);
    const forced = fleet.rig("forced");
    await forced.breaker.forceOpen({ by: "ops", reason: "drill" });
    const held = fleet.rig("held");
    await held.fails(1, httpError(429, { "retry-after": "30" }));
    for (let i = 0; i < 200; i++) await fleet.rig(`key-${i}`).succeeds(1);
    expect([...fleet.recloser.breakers()].length).toBeLessThanOrEqual(5);
    expect(fleet.recloser.breaker("open").state).toBe("open");
    expect((await fleet.rig("open").rejection()).reason).toBe("open");
    expect((await fleet.rig("forced").rejection()).reason).toBe("override");
    expect((await fleet.rig("held").rejection()).reason).toBe("rate-limited");
  });

  test("a hold or an override that has ended keeps no breaker from eviction", async () => {
    const fleet = fleetOf({ maxBreakers: 5 });
    for (let i = 0; i < 20; i++) {
      await fleet.rig(`held-${i}`).fails(1, httpError(429, { "retry-after": "1" }));
      await fleet.rig(`forced-${i}`).breaker.forceOpen({ by: "ops", reason: "drill", for: "1s" });
    }
    await fleet.clock.advance(3_600_000);
    for (let i = 0; i < 100; i++) await fleet.rig(`key-${i}`).succeeds(1);
    expect([...fleet.recloser.breakers()].length).toBeLessThanOrEqual(5);
  });

  test("more open breakers than maxBreakers are all kept", async () => {
    const fleet = fleetOf({ maxBreakers: 3 });
    for (let i = 0; i < 10; i++) await fleet.rig(`key-${i}`).fails(4);
    for (let i = 0; i < 10; i++) expect((await fleet.rig(`key-${i}`).rejection()).reason).toBe("open");
  });

  test("the open record of an unreachable provider outlives the eviction of its idle models", async () => {
    const fleet = fleetOf({ maxBreakers: 3 });
    await fleet.rig(openai("a")).fails(2, refused());
    await fleet.rig(openai("b")).fails(2, refused());
    for (let i = 0; i < 50; i++) await fleet.rig(`key-${i}`).succeeds(1);
    expect((await fleet.rig(openai("c")).rejection()).reason).toBe("open");
  });

  test("policies go by key and glob, the most specific first", async () => {
    const fleet = fleetOf({
      policies: { "openai:*": { failureThreshold: 2 }, "openai:gpt-5": { failureThreshold: 3 } },
    });
    const failuresToOpen = async (key: string): Promise<number> => {
      const rig = fleet.rig(key);
      for (let n = 1; n <= 4; n++) {
        await rig.fails(1);
        if (rig.breaker.state === "open") return n;
      }
      return Number.NaN;
    };
    expect(await failuresToOpen("openai:gpt-5")).toBe(3);
    expect(await failuresToOpen("openai:other")).toBe(2);
    expect(await failuresToOpen("mistral:large")).toBe(4);
  });

  test("closing is done once and may be asked for twice", async () => {
    const fleet = fleetOf();
    await fleet.rig("a").fails(4);
    await fleet.recloser.ready();
    await fleet.recloser.close();
    await expect(fleet.recloser.close()).resolves.toBeUndefined();
    await expect(fleet.recloser[Symbol.asyncDispose]()).resolves.toBeUndefined();
  });
});

describe("names", () => {
  test("parts are escaped, so that no two keys share a name", () => {
    const { recloser } = fleetOf();
    expect(recloser.breaker(openai("ft:gpt")).name).toBe("openai:ft%3Agpt");
    const keys = [
      { provider: "a:b", model: "c" },
      { provider: "a", model: "b:c" },
      { provider: "a/b", model: "c" },
      { provider: "a", region: "b", model: "c" },
      { provider: "a", model: "c", credential: "b" },
      { provider: "a", model: "c@b" },
      { provider: "a@b", model: "c" },
      { provider: "a", model: "c", credential: "b:c" },
      { provider: "a%3Ab", model: "c" },
      { provider: "a", model: "b%3Ac" },
      { provider: "a" },
      { provider: "a", region: "b" },
      { provider: "a", credential: "b" },
      { provider: "a", model: "b" },
    ];
    const breakers = keys.map((key) => recloser.breaker(key));
    expect(new Set(breakers).size).toBe(keys.length);
    expect(new Set(breakers.map((breaker) => breaker.name)).size).toBe(keys.length);
  });

  test("C13 a key without a model shares no circuit with any other, nor with one called unknown", async () => {
    const fleet = fleetOf();
    const without = fleet.rig({ provider: "mystery" });
    await without.fails(4);
    expect(without.breaker.state).toBe("open");
    expect(without.breaker.name).not.toMatch(/unknown|undefined|null/);
    for (const key of [
      { provider: "other" },
      { provider: "unknown" },
      { provider: "other", model: "unknown" },
      "unknown",
      "undefined",
      "default",
    ]) {
      expect(await reaches(fleet, key)).toBe(true);
    }
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty", " ", "ключ", "a\nb"])(
    "%j is a key like any other",
    async (key) => {
      const fleet = fleetOf();
      const rig = fleet.rig(key);
      await rig.fails(4);
      expect(rig.breaker.state).toBe("open");
      expect(await reaches(fleet, "other")).toBe(true);
      expect(fleet.recloser.breaker(key)).toBe(rig.breaker);
    },
  );
});

describe("the records of a structured key", () => {
  test("L9 a model that fails leaves the provider's other models usable", async () => {
    const fleet = fleetOf();
    const sick = fleet.rig(openai("gpt-5"));
    await sick.fails(4);
    expect(sick.breaker.state).toBe("open");
    expect(await reaches(fleet, openai("gpt-4"))).toBe(true);
    expect(await reaches(fleet, { provider: "openai", model: "gpt-5", region: "eu" })).toBe(true);
    expect(await reaches(fleet, { provider: "mistral", model: "gpt-5" })).toBe(true);
  });

  test("a model's health is one record for all credentials", async () => {
    const fleet = fleetOf();
    await fleet.rig({ ...openai("gpt-5"), credential: "team-1" }).fails(2);
    await fleet.rig({ ...openai("gpt-5"), credential: "team-2" }).fails(2);
    expect(await reaches(fleet, openai("gpt-5"))).toBe(false);
    expect(await reaches(fleet, { ...openai("gpt-5"), credential: "team-3" })).toBe(false);
  });

  test("a provider that cannot be reached is one record for all its models", async () => {
    const fleet = fleetOf();
    await fleet.rig(openai("a")).fails(2, refused());
    await fleet.rig(openai("b")).fails(2, refused());
    const other = fleet.rig(openai("c"));
    expect(other.breaker.state).toBe("open");
    expect((await other.rejection()).reason).toBe("open");
    expect(await reaches(fleet, { provider: "openai", model: "c", region: "eu" })).toBe(true);
    expect(await reaches(fleet, { provider: "mistral", model: "c" })).toBe(true);
  });

  test("any answer at all counts as reached: what is refused among answers does not open the provider", async () => {
    const byRate = { failureThreshold: false, failureRate: 0.5, minimumCalls: 4 } as const;
    const answering = fleetOf({ defaults: byRate });
    await answering.rig(openai("a")).fails(3, httpError(500));
    await answering.rig(openai("b")).fails(2, refused());
    expect(await reaches(answering, openai("c"))).toBe(true);

    const silent = fleetOf({ defaults: byRate });
    await silent.rig(openai("a")).fails(2, refused());
    await silent.rig(openai("b")).fails(2, refused());
    expect(await reaches(silent, openai("c"))).toBe(false);
  });

  test("one probe heals an unreachable provider and its model together", async () => {
    const fleet = fleetOf();
    const a = fleet.rig(openai("a"));
    await a.fails(4, refused());
    expect(await reaches(fleet, openai("b"))).toBe(false);
    await fleet.clock.advance(10_000);
    expect(a.breaker.state).toBe("half-open");
    const probe = await a.starts();
    expect(probe.context?.probe).toBe(true);
    expect((await a.rejection()).reason).toBe("probing");
    expect((await fleet.rig(openai("b")).rejection()).reason).toBe("probing");
    await probe.succeed();
    expect(a.breaker.state).toBe("closed");
    expect(await reaches(fleet, openai("b"))).toBe(true);
  });

  test("a probe that a second record refuses is given back to the first", async () => {
    const fleet = fleetOf();
    const [a, b] = [fleet.rig(openai("a")), fleet.rig(openai("b"))];
    await a.fails(4, refused());
    await fleet.clock.advance(5_000);
    await b.breaker.forceOpen({ by: "ops", reason: "drill" });
    await fleet.clock.advance(5_000);
    await b.rejection();
    const probe = await a.starts();
    expect(probe.context?.probe).toBe(true);
  });

  test("the state of a structured key is the worst of its records", async () => {
    const fleet = fleetOf();
    await fleet.rig(openai("a")).fails(4, refused());
    const b = fleet.rig(openai("b"));
    expect(b.breaker.state).toBe("open");
    await fleet.clock.advance(10_000);
    expect(b.breaker.state).toBe("half-open");
  });

  test("with three models open, the provider's other models trip on one failure", async () => {
    const fleet = fleetOf();
    for (const model of ["a", "b"]) await fleet.rig(openai(model)).fails(4);
    const third = fleet.rig(openai("c"));
    await third.fails(1);
    expect(third.breaker.state).toBe("closed");
    await third.fails(3);
    expect(third.breaker.state).toBe("open");
    const fourth = fleet.rig(openai("d"));
    await fourth.succeeds(1);
    expect(fourth.breaker.state).toBe("closed");
    await fourth.fails(1, down());
    expect(fourth.breaker.state).toBe("open");
    await fleet.clock.advance(10_000);
    for (const model of ["a", "b", "c"]) await fleet.rig(openai(model)).succeeds(1);
    const fifth = fleet.rig(openai("e"));
    await fifth.fails(1);
    expect(fifth.breaker.state).toBe("closed");
    const elsewhere = fleet.rig({ provider: "mistral", model: "d" });
    await elsewhere.fails(1);
    expect(elsewhere.breaker.state).toBe("closed");
  });
});

describe("an operator and a structured key", () => {
  const ops = { by: "alice", reason: "drill" };

  test("a provider forced open by its name rejects every model of it", async () => {
    const fleet = fleetOf();
    await fleet.recloser.breaker("openai").forceOpen(ops);
    const model = fleet.rig(openai("gpt-5"));
    expect(model.breaker.state).toBe("open");
    expect((await model.rejection()).reason).toBe("override");
    expect(await reaches(fleet, { provider: "mistral", model: "gpt-5" })).toBe(true);
    await fleet.recloser.breaker("openai").clearOverride({ by: "alice" });
    expect(await model.succeeds(1)).toEqual(["ok"]);
  });

  test("reset closes a key whose provider could not be reached", async () => {
    const fleet = fleetOf();
    const rig = fleet.rig(openai("a"));
    await rig.fails(4, refused());
    await rig.breaker.reset({ by: "alice" });
    expect(rig.breaker.state).toBe("closed");
    expect(await rig.succeeds(1)).toEqual(["ok"]);
  });

  test("probeNow makes the next call of such a key the probe", async () => {
    const fleet = fleetOf();
    const rig = fleet.rig(openai("a"));
    await rig.fails(4, refused());
    await rig.breaker.probeNow({ by: "alice" });
    expect(rig.breaker.state).toBe("half-open");
    const probe = await rig.starts();
    expect(probe.context?.probe).toBe(true);
    await probe.succeed();
    expect(rig.breaker.state).toBe("closed");
  });

  test("forced closed, such a key passes every call through", async () => {
    const fleet = fleetOf();
    const rig = fleet.rig(openai("a"));
    await rig.fails(4, refused());
    await rig.breaker.forceClosed(ops);
    expect(rig.breaker.state).toBe("closed");
    expect(await rig.succeeds(2)).toEqual(["ok", "ok"]);
  });

  test("a key object changed after it was given changes nothing", async () => {
    const fleet = fleetOf();
    const key = openai("a");
    const rig = fleet.rig(key);
    key.model = "b";
    await rig.fails(4);
    expect(rig.breaker.name).toBe("openai:a");
    expect(await reaches(fleet, openai("b"))).toBe(true);
  });
});

describe("a string names one record", () => {
  test("one equal to a structured key's name is that record, though another breaker", async () => {
    const fleet = fleetOf();
    await fleet.rig(openai("ft:gpt")).fails(4);
    expect((await fleet.rig("openai:ft%3Agpt").rejection()).reason).toBe("open");
  });

  test("and without the others: an unreachable provider does not reject it", async () => {
    const fleet = fleetOf();
    await fleet.rig(openai("a")).fails(4, refused());
    expect(await reaches(fleet, openai("b"))).toBe(false);
    expect(await reaches(fleet, "openai:b")).toBe(true);
    expect(await reaches(fleet, "openai")).toBe(false);
  });

  test("nor do the two share their records when the string was asked for first", async () => {
    const fleet = fleetOf();
    const plain = fleet.rig("openai:b");
    await fleet.rig(openai("a")).fails(4, refused());
    expect((await fleet.rig(openai("b")).rejection()).reason).toBe("open");
    expect(await plain.succeeds(1)).toEqual(["ok"]);
  });

  test("a string with a colon has no parent", async () => {
    const fleet = fleetOf();
    await fleet.rig("openai:a").fails(4, refused());
    expect(await reaches(fleet, "openai")).toBe(true);
    expect(await reaches(fleet, "openai:b")).toBe(true);
  });
});
