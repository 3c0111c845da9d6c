/** The fleet's policies in a replica, without any server. */
import { describe, expect, it } from "vitest";
import type { Breaker, Recloser } from "./api.ts";
import type { RecloserEvents } from "./events.ts";
import { changePolicy, policiesOf, type PolicyPlace, readPolicies } from "./inspect/index.ts";
import { createRecloser } from "./recloser.ts";
import { memoryStore } from "./store/memory.ts";
import { changedOptions, FLEET_OPTIONS_MOST, type FleetOption, type StorePolicies } from "./store/fleet-policy.ts";
import type { SharedStore } from "./store/store.ts";
import { manualClock, type ManualClock } from "./testing/manual-clock.ts";
import { policySources } from "./policy-sources.ts";

const WHO = { by: "ann", reason: "INC-12" } as const;

function placeOf(recloser: Recloser): PolicyPlace {
  const place = policiesOf(recloser);
  if (place === null) throw new Error("it keeps no policies");
  return place;
}

function set(
  recloser: Recloser,
  pattern: string,
  options: Readonly<Record<string, unknown>>,
  more: { readonly for?: `${number}s` } = {},
): Promise<unknown> {
  return changePolicy(placeOf(recloser), { type: "set", pattern, options, ...WHO, ...more });
}

function rateOf(breaker: Breaker): number | false {
  return breaker.snapshot().policy.failureRate;
}

async function fails(breaker: Breaker, times: number): Promise<void> {
  for (let count = 0; count < times; count++)
    await breaker.execute(() => Promise.reject(new Error("down"))).catch(() => {});
}

describe("A policy that is set for the fleet", () => {
  it("reaches the breakers that are there and those that come, in every recloser of the store", async () => {
    const store = memoryStore();
    const [here, there] = [createRecloser({ store }), createRecloser({ store })];
    const breaker = there.breaker("openai:gpt-5");
    await set(here, "openai:*", { failureRate: 0.6 });
    expect(rateOf(breaker)).toBe(0.6);
    expect(rateOf(there.breaker("openai:mini"))).toBe(0.6);
    expect(rateOf(createRecloser({ store }).breaker("openai:gpt-5"))).toBe(0.6);
    expect(rateOf(there.breaker("anthropic:x"))).toBe(0.9);
    expect(rateOf(createRecloser({ store, namespace: "other" }).breaker("openai:gpt-5"))).toBe(0.9);
  });

  it("is over what the code says of a key, and under the options that the breaker was made with", async () => {
    const recloser = createRecloser({
      defaults: { failureRate: 0.3, minimumCalls: 7 },
      policies: { "openai:*": { failureRate: 0.4, cooldown: { initial: "7s" } } },
    });
    const [plain, own] = [recloser.breaker("openai:a"), recloser.breaker("openai:b", { failureRate: 0.5 })];
    await set(recloser, "openai:*", { failureRate: 0.6, "cooldown.max": "90s" });
    expect([rateOf(plain), rateOf(own)]).toEqual([0.6, 0.5]);
    expect(plain.snapshot().policy).toMatchObject({
      minimumCalls: 7,
      cooldown: { initialMs: 7_000, maxMs: 90_000 },
    });
    expect(policySources(recloser, own)).toMatchObject({
      code: { failureRate: 0.4, minimumCalls: 7, "cooldown.initial": "7s" },
      fleet: { failureRate: { value: 0.6, pattern: "openai:*", by: "ann" } },
      own: { failureRate: 0.5 },
    });
  });

  it("counts option by option, the most specific pattern's", async () => {
    const recloser = createRecloser();
    const breaker = recloser.breaker("openai:gpt-5");
    await set(recloser, "openai:gpt-5", { failureRate: 0.7 });
    await set(recloser, "*", { failureRate: 0.1, minimumCalls: 3, mode: "observe" });
    await set(recloser, "openai:*", { failureRate: 0.2, minimumCalls: 4 });
    expect(breaker.snapshot()).toMatchObject({ mode: "observe", policy: { failureRate: 0.7, minimumCalls: 4 } });
  });

  it("keeps window, state and deadlines", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock, random: () => 0 });
    const [open, counting] = [recloser.breaker("a", { failureThreshold: 2 }), recloser.breaker("b")];
    await fails(open, 2);
    await fails(counting, 3);
    const before = open.snapshot();
    expect(open.state).toBe("open");
    await set(recloser, "*", { "cooldown.initial": "1s", failureThreshold: 4 });
    expect(open.snapshot()).toMatchObject({ state: "open", openUntilMs: before.openUntilMs });
    expect(counting.snapshot()).toMatchObject({ state: "closed", window: { failures: 3 } });
    await fails(counting, 1);
    expect(counting.state).toBe("open");
  });

  it("is taken back option by option, or whole", async () => {
    const recloser = createRecloser();
    const breaker = recloser.breaker("a");
    await set(recloser, "a", { failureRate: 0.6, minimumCalls: 3, mode: "observe" });
    const place = placeOf(recloser);
    const one = await changePolicy(place, { type: "unset", pattern: "a", options: ["failureRate"], by: "bob" });
    expect(one.after.map(({ option }) => option)).toEqual(["minimumCalls", "mode"]);
    expect(breaker.snapshot().policy).toMatchObject({ failureRate: 0.9, minimumCalls: 3 });
    await changePolicy(place, { type: "unset", pattern: "a", by: "bob" });
    expect(breaker.snapshot()).toMatchObject({ mode: "enforce", policy: { minimumCalls: 20 } });
    expect((await readPolicies(place)).options).toEqual([]);
  });

  it("ends by itself, the one option and not the other", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock });
    const breaker = recloser.breaker("a");
    await set(recloser, "a", { failureRate: 0.6 });
    await set(recloser, "a", { mode: "observe" }, { for: "60s" });
    await clock.advance(59_999);
    expect(breaker.snapshot()).toMatchObject({ mode: "observe", policy: { failureRate: 0.6 } });
    await clock.advance(1);
    expect(breaker.snapshot()).toMatchObject({ mode: "enforce", policy: { failureRate: 0.6 } });
  });

  it("stays when the code's policies are changed at run time", async () => {
    const recloser = createRecloser();
    const breaker = recloser.breaker("a");
    await set(recloser, "a", { failureRate: 0.6 });
    recloser.configure({ defaults: { failureRate: 0.2, minimumCalls: 5 } });
    expect(breaker.snapshot().policy).toMatchObject({ failureRate: 0.6, minimumCalls: 5 });
  });

  it("in observe mode lets an open circuit's calls through", async () => {
    const recloser = createRecloser();
    const breaker = recloser.breaker("a", { failureThreshold: 1 });
    await fails(breaker, 1);
    await expect(breaker.execute(() => "answer")).rejects.toThrow(/open/);
    await set(recloser, "a", { mode: "observe" });
    await expect(breaker.execute(() => "answer")).resolves.toBe("answer");
  });

  it("is told, with who and why, and when it ends", async () => {
    const clock = manualClock();
    const recloser = createRecloser({ clock });
    const told: RecloserEvents["policy"][] = [];
    recloser.on("policy", (event) => told.push(event));
    await set(recloser, "openai:*", { mode: "observe" }, { for: "60s" });
    await set(recloser, "openai:*", { mode: "observe" }, { for: "60s" });
    const [atMs, untilMs] = [clock.now(), clock.now() + 60_000];
    const key = { key: "openai:*", option: "mode" };
    expect(told).toEqual([{ ...key, value: "observe", ...WHO, untilMs, atMs }]);
    await clock.advance(60_000);
    expect(told[1]).toEqual({ ...key, value: null, by: null, reason: null, untilMs: null, atMs: untilMs });
  });
});

describe("A policy that makes no sense", () => {
  it.each([
    [{ failureRate: 2 }, "failureRate", 2],
    [{ failurerate: 0.5 }, "failurerate", 0.5],
    [{ "cooldown.initial": "5 seconds" }, "cooldown.initial", "5 seconds"],
    [{ "cooldown.initial": "2m", "cooldown.max": "1m" }, "cooldown.max", "1m"],
    [{ "failureRate.x": 1 }, "failureRate.x", 1],
    [{ window: { calls: 10 } }, "window", { calls: 10 }],
    [{ classify: "x" }, "classify", "x"],
    [{ mode: "watch" }, "mode", "watch"],
    [{ __proto__: null, mode: null }, "mode", null],
    [{}, "options", {}],
  ])("is refused before it is written: %j", async (options, option, received) => {
    const recloser = createRecloser();
    await expect(set(recloser, "a", options)).rejects.toMatchObject({ code: "ERR_INVALID_OPTION", option, received });
    expect((await readPolicies(placeOf(recloser))).options).toEqual([]);
  });

  it("is refused before the store is asked anything", async () => {
    const away = { read: () => Promise.reject(new Error("away")), change: () => Promise.reject(new Error("away")) };
    const place = { namespace: "n", policies: away, history: null };
    const change = changePolicy(place, { type: "set", pattern: "a", options: { mode: "watch" }, ...WHO });
    await expect(change).rejects.toMatchObject({ option: "mode" });
  });

  it("is refused with what is there already", async () => {
    const recloser = createRecloser();
    await set(recloser, "a", { "cooldown.max": "10s" });
    await expect(set(recloser, "a", { "cooldown.initial": "20s" })).rejects.toMatchObject({ option: "cooldown.max" });
  });

  it.each([
    [{ by: " " }, "by"],
    [{ reason: "" }, "reason"],
    [{ reason: "x".repeat(501) }, "reason"],
    [{ pattern: "" }, "pattern"],
    [{ pattern: "ü".repeat(101) }, "pattern"],
    [{ for: "0s" }, "for"],
  ])("is refused without its words: %j", async (more, option) => {
    const command = { type: "set", pattern: "a", options: { mode: "observe" }, ...WHO, ...more } as const;
    const place = placeOf(createRecloser());
    await expect(changePolicy(place, command as never)).rejects.toMatchObject({ option });
  });

  it("is left out whole where it does not go with the code's, and told; the rest holds", async () => {
    const recloser = createRecloser({ policies: { tight: { cooldown: { max: "10s" } } } });
    const [tight, wide] = [recloser.breaker("tight"), recloser.breaker("wide")];
    const told: string[] = [];
    recloser.on("store", ({ error }) => told.push(String(error?.message)));
    await set(recloser, "*", { "cooldown.initial": "20s", failureRate: 0.6 });
    expect(wide.snapshot().policy).toMatchObject({ failureRate: 0.6, cooldown: { initialMs: 20_000 } });
    expect(tight.snapshot().policy).toMatchObject({ failureRate: 0.9, cooldown: { initialMs: 5_000 } });
    expect(told).toEqual([expect.stringContaining('"tight"')]);
  });
});

/** A store without records whose policies a test sets, fails and holds up. */
class ToldStore implements SharedStore {
  readonly kind = "told";
  readonly clock: ManualClock;
  options: readonly FleetOption[] = [];
  names: readonly string[] = [];
  reads = 0;
  answers: "yes" | "no" | "never" = "yes";
  isAway = false;
  hear: ((name: string) => void) | null = null;
  readonly policies: StorePolicies = {
    read: () => {
      this.reads++;
      if (this.answers === "never") return new Promise(() => {});
      if (this.answers === "no") return Promise.reject(new Error("NOPERM"));
      return Promise.resolve({ nowMs: this.clock.now(), options: this.options });
    },
    change: () => Promise.reject(new Error("not here")),
  };

  constructor(clock: ManualClock) {
    this.clock = clock;
  }
  says(option: string, value: unknown, pattern = "*", forMs: number | null = null): void {
    const change = { pattern, options: { [option]: value }, clears: false, ...WHO, forMs };
    this.options = changedOptions(this.options, change, this.clock.now()) ?? [];
  }
  #answer<T>(value: T): Promise<T> {
    return this.isAway ? Promise.reject(new Error("ECONNREFUSED")) : Promise.resolve(value);
  }
  apply(): Promise<never> {
    return Promise.reject(new Error("ECONNREFUSED"));
  }
  read(): ReturnType<SharedStore["read"]> {
    return this.#answer({ nowMs: this.clock.now(), records: new Map() });
  }
  changes(): ReturnType<SharedStore["changes"]> {
    const { names } = this;
    this.names = [];
    return this.#answer({ names, cursor: "1", complete: true });
  }
  subscribe(_namespace: string, onHint: Parameters<SharedStore["subscribe"]>[1]): Promise<() => void> {
    this.hear = (name) => onHint({ name } as never);
    return Promise.resolve(() => {});
  }
  ping(): Promise<true> {
    return this.#answer(true as const);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe("With a shared store, a replica", () => {
  async function joined(
    prepare: (store: ToldStore) => void = () => {},
  ): Promise<{ clock: ManualClock; store: ToldStore; recloser: Recloser; breaker: Breaker }> {
    const clock = manualClock();
    const store = new ToldStore(clock);
    prepare(store);
    const recloser = createRecloser({ store, clock, random: () => 0.5 });
    const breaker = recloser.breaker("k");
    const ready = recloser.ready();
    await clock.advance(0);
    await clock.advance(200);
    await ready;
    return { clock, store, recloser, breaker };
  }

  it("reads the fleet's policies when it joins, and before it says that it is ready", async () => {
    const clock = manualClock();
    const store = new ToldStore(clock);
    store.says("failureRate", 0.6);
    const recloser = createRecloser({ store, clock });
    await recloser.ready();
    expect(rateOf(recloser.breaker("k"))).toBe(0.6);
    await recloser.close();
  });

  it("reads them again when the store says that they changed, and at no other look", async () => {
    const { clock, store, recloser, breaker } = await joined();
    const { reads } = store;
    store.says("failureRate", 0.6);
    await clock.advance(3_000);
    expect([store.reads, rateOf(breaker)]).toEqual([reads, 0.9]);
    store.names = [""];
    await clock.advance(1_200);
    expect([store.reads, rateOf(breaker)]).toEqual([reads + 1, 0.6]);
    await recloser.close();
  });

  it("reads them at once when it is pushed", async () => {
    const { clock, store, recloser, breaker } = await joined();
    store.says("failureRate", 0.6);
    store.hear?.("");
    await clock.advance(0);
    expect(rateOf(breaker)).toBe(0.6);
    await recloser.close();
  });

  it("keeps the last ones while the store is away, until their time is over, and reads when it is back", async () => {
    const { clock, store, recloser, breaker } = await joined((told) => {
      told.says("failureRate", 0.6);
      told.says("mode", "observe", "*", 60_000);
    });
    store.isAway = true;
    store.options = [];
    store.answers = "no";
    await clock.advance(30_000);
    expect(recloser.storeHealth().mode).toBe("local");
    expect(breaker.snapshot()).toMatchObject({ mode: "observe", policy: { failureRate: 0.6 } });
    await clock.advance(30_000);
    expect(breaker.snapshot()).toMatchObject({ mode: "enforce", policy: { failureRate: 0.6 } });
    store.isAway = false;
    store.answers = "yes";
    await clock.advance(5_000);
    expect(rateOf(breaker)).toBe(0.9);
    await recloser.close();
  });

  it("begins with the code's policy when the store is away", async () => {
    const { recloser, breaker } = await joined((told) => {
      told.isAway = true;
      told.says("failureRate", 0.6);
    });
    expect(rateOf(breaker)).toBe(0.9);
    await recloser.close();
  });

  it.each(["no", "never"] as const)("is shared all the same when they cannot be read (%s)", async (answers) => {
    const { clock, store, recloser, breaker } = await joined((told) => (told.answers = answers));
    await clock.advance(2_000);
    expect(recloser.storeHealth().mode).toBe("shared");
    store.says("failureRate", 0.6);
    store.answers = "yes";
    await clock.advance(3_000);
    expect(rateOf(breaker)).toBe(0.6);
    await recloser.close();
  });

  it("keeps what it read before when they can no longer be read", async () => {
    const { clock, store, recloser, breaker } = await joined((told) => told.says("failureRate", 0.6));
    store.answers = "no";
    store.names = [""];
    await clock.advance(2_500);
    expect([recloser.storeHealth().mode, rateOf(breaker)]).toEqual(["shared", 0.6]);
    await recloser.close();
  });

  it("goes by the code where its store keeps no policies", async () => {
    const clock = manualClock();
    const { policies: _none, ...store } = new ToldStore(clock) as SharedStore;
    const told = Object.setPrototypeOf(store, ToldStore.prototype) as SharedStore;
    expect(policiesOf(createRecloser({ store: told, clock }))).toBeNull();
  });

  it("leaves out whole what another version has written, says so once, and goes by the rest", async () => {
    const clock = manualClock();
    const store = new ToldStore(clock);
    store.says("failureRate", 0.6, "k");
    store.says("minimumCalls", 3, "*");
    store.says("ofTheNextVersion", true, "k");
    const recloser = createRecloser({ store, clock, random: () => 0.5 });
    const told: (string | undefined)[] = [];
    recloser.on("store", ({ error }) => told.push(error?.message));
    const breaker = recloser.breaker("k");
    await recloser.ready();
    for (let look = 0; look < 5; look++) {
      store.names = [""];
      await clock.advance(1_200);
    }
    expect(breaker.snapshot().policy).toMatchObject({ failureRate: 0.9, minimumCalls: 3 });
    expect(told.filter((message) => message?.includes('fleet["k"].ofTheNextVersion'))).toHaveLength(1);
    await recloser.close();
  });
});

describe("A change of the fleet's policies", () => {
  it("is refused where there would be too many", () => {
    const options = Object.fromEntries(Array.from({ length: FLEET_OPTIONS_MOST }, (_, at) => [`o${at}`, at]));
    const change = { pattern: "a", options, clears: false, ...WHO, forMs: null };
    const full = changedOptions([], change, 0);
    expect(full).toHaveLength(FLEET_OPTIONS_MOST);
    expect(changedOptions(full ?? [], { ...change, options: { more: 1 } }, 0)).toBeNull();
    expect(changedOptions(full ?? [], { ...change, options: { o1: 1 } }, 0)).toHaveLength(FLEET_OPTIONS_MOST);
  });
});
