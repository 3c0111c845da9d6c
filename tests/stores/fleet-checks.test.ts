/** The checks of a fleet's history catch what they are for: scripts with a defect, on a real Redis, and tampered histories. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PolicyOptions } from "recloser";
import { simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BrokenScript } from "../support/replicas/broken-scripts.ts";
import { type Invariant, violationsIn } from "../support/replicas/checks.ts";
import type { Entry } from "../support/replicas/entries.ts";
import { type Replica, ReplicaFleet } from "../support/replicas/fleet.ts";
import type { EntryOf } from "../support/replicas/history.ts";
import { machineMs } from "../support/replicas/machine-time.ts";
import type { ReplicaProcess } from "../support/replicas/replica-process.ts";
import { probeBy } from "../support/replicas/wire.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";

const KEY = "checked";
const STALE_MS = 50;
const isNoExcuse = ({ what }: Entry): boolean => what !== "stalled";
const LEASE_MS = 800;
const POLICY: PolicyOptions = {
  failureThreshold: 2,
  failureRate: false,
  consecutiveFailures: false,
  cooldown: { initial: "300ms", max: "300ms", jitter: 0 },
  probe: { lease: LEASE_MS, timeout: 4 * LEASE_MS },
};

describe.runIf(await hasRedis())("The checks", () => {
  let redis: RedisServer;
  let provider: SimulatedProvider;
  let sound: Entry[];

  beforeAll(async () => {
    redis = await startRedis();
    provider = await simulatedProvider();
    // One in which a busy machine made nobody late: what is put into it is then all that there is to find.
    for (let plays = 0; plays < 4; plays++) {
      sound = await play();
      if (violationsIn(sound.filter(isNoExcuse), { staleMs: STALE_MS }).length === 0) break;
    }
  }, 120_000);
  afterAll(async () => {
    await provider.close();
    await redis.kill();
  });

  /** What the promises are about: a trip by all at once, a probe that hangs and is stopped, another that hangs when it goes on. */
  async function play(broken?: BrokenScript): Promise<Entry[]> {
    const options = broken === undefined ? {} : { broken };
    const fleet = await ReplicaFleet.start({ url: redis.url, processes: 1, here: 3, clients: ["ioredis"], ...options });
    try {
      return await playOn(fleet);
    } finally {
      await fleet.end();
    }
  }

  async function playOn(fleet: ReplicaFleet): Promise<Entry[]> {
    const target = { key: KEY, provider: provider.url };
    const [stopped, ...others] = fleet.replicas as [Replica, ...Replica[]];
    const process = stopped.process as ReplicaProcess;
    const calls = async (): Promise<void> => {
      for (const other of others) void other.burst(target, 1);
      await sleep(20);
    };
    await provider.setFault({ kind: "status", status: 503 });
    await fleet.use(KEY, POLICY);
    const at = machineMs() + 50;
    await Promise.all(fleet.replicas.map((replica) => replica.burst(target, 4, at)));
    await sleep(400);
    await provider.setFault({ kind: "hang" });
    const { ends } = await probeBy(stopped, provider, KEY, machineMs());
    for (let i = 0; i < 5; i++) await calls();
    fleet.pause(process);
    // Another probes when the lease is over, and hangs; it is still at it when the first one goes on and gives up.
    for (let i = 0; i < (4.2 * LEASE_MS) / 20; i++) await calls();
    fleet.resume(process);
    await ends;
    await sleep(200);
    await Promise.all(others.map((other) => other.rest(0)));
    return fleet.history.about(KEY);
  }

  const brokenBy = (entries: readonly Entry[], staleMs?: number): string[] => [
    ...new Set(
      violationsIn(entries, staleMs === undefined ? undefined : { staleMs }).map((line) =>
        line.slice(0, line.indexOf(":")),
      ),
    ),
  ];

  test("find nothing in the history of a fleet on a sound store", () => {
    expect(violationsIn(sound)).toEqual([]);
    for (const code of ["tripped", "probe", "denied", "renewed"])
      expect(sound.filter((entry) => entry.what === "told" && entry.code === code).length, code).toBeGreaterThan(0);
  });

  const caught = {
    "a second lease": "one lease at a time",
    "no fencing": "only the newest lease counts",
    "a denial keeps the lease": "a denial changes nothing",
    "versions fall": "the record goes forward",
    "everybody tripped it": "one maker for each transition",
  } as const satisfies Record<BrokenScript, Invariant>;

  test.each(Object.entries(caught) as [BrokenScript, string][])(
    "find out a store with a defect: %s",
    async (broken, promise) => {
      expect(brokenBy(await play(broken))).toContain(promise);
    },
  );

  /** A history in which nobody stood still, so that nothing is excused, with one entry more or another in the place of one. */
  function tampered(tamper: (entries: readonly Entry[]) => Entry | readonly Entry[]): Entry[] {
    const entries = sound.filter(isNoExcuse);
    return entries.concat(tamper(entries)).toSorted((a, b) => a.at - b.at);
  }

  const first = <W extends Entry["what"]>(
    entries: readonly Entry[],
    what: W,
    fits: (entry: EntryOf<W>) => boolean = () => true,
  ): EntryOf<W> => {
    const found = entries.find((entry): entry is EntryOf<W> => entry.what === what && fits(entry as EntryOf<W>));
    if (found === undefined) throw new Error(`the history has no such ${what}`);
    return found;
  };
  const isHere = ({ replica }: Entry): boolean => replica.startsWith("here");
  const trippedIn = (entries: readonly Entry[]) => first(entries, "told", ({ code }) => code === "tripped");

  test.each<[string, Invariant, (entries: readonly Entry[]) => Entry | readonly Entry[]]>([
    [
      "a store's error",
      "no call fails for the store",
      (entries) => ({ ...first(entries, "ended"), how: { end: "strange", message: "StoreError: READONLY" } }),
    ],
    [
      "an unhandled rejection",
      "no call fails for the store",
      ([entry]) => ({ at: entry?.at ?? 0, replica: "here", what: "unhandled", message: "Error: Connection is closed" }),
    ],
    [
      "a call that waited",
      "no call waits for the store",
      (entries) => {
        const began = first(entries, "began", isHere);
        return { ...began, at: began.at - 300 };
      },
    ],
    [
      "a call through an open view",
      "an open view admits nothing",
      (entries) => {
        const admitted = first(entries, "admitted");
        return { ...admitted, view: { ...admitted.view, shared: "open" } };
      },
    ],
    [
      "a call through a half-open one",
      "an open view admits nothing",
      (entries) => ({ ...first(entries, "admitted", ({ view }) => view.shared === "half-open"), probe: false }),
    ],
    [
      "a call long after the trip",
      "a trip stops the fleet",
      (entries) => ({ ...first(entries, "admitted", isHere), at: trippedIn(entries).at + 100, call: "late" }),
    ],
    [
      "a view's version that falls",
      "views go forward",
      (entries) => {
        const view = first(entries, "view", (entry) => isHere(entry) && entry.view.version > 1);
        return { ...view, at: view.at + 0.001, view: { ...view.view, version: 1 } };
      },
    ],
    [
      "a generation told that falls",
      "views go forward",
      (entries) => {
        const told = first(entries, "transition", ({ event }) => event.scope === "shared");
        return { ...told, at: told.at + 0.001, event: { ...told.event, generation: 0 } };
      },
    ],
    [
      "a record's version that falls",
      "the record goes forward",
      (entries) => {
        const tripped = trippedIn(entries);
        return { ...tripped, n: null, storeMs: tripped.storeMs + 0.01, circuit: { ...tripped.circuit, version: 1 } };
      },
    ],
    [
      "a second maker",
      "one maker for each transition",
      (entries) => ({
        ...first(entries, "transition", ({ event }) => event.scope === "shared" && event.origin === "local"),
        replica: "another",
      }),
    ],
    [
      "a change that nobody made",
      "one maker for each transition",
      (entries) => {
        const told = first(entries, "transition", ({ event }) => event.scope === "shared");
        return { ...told, replica: "another", event: { ...told.event, origin: "shared", generation: 99 } };
      },
    ],
    [
      "a second telling",
      "one maker for each transition",
      (entries) => first(entries, "transition", ({ event }) => event.scope === "shared" && event.origin === "shared"),
    ],
    [
      "a second probe",
      "one probe on the wire",
      (entries) => {
        const probe = first(entries, "admitted", (entry) => isHere(entry) && entry.view.shared === "half-open");
        return { ...probe, at: probe.at + 200, replica: "another", call: "second" };
      },
    ],
  ])("find %s: %s", (_what, promise, tamper) => {
    expect(brokenBy(tampered(tamper), STALE_MS)).toContain(promise);
    // And that promise is not broken by what was there already.
    expect(
      brokenBy(
        tampered(() => []),
        STALE_MS,
      ),
    ).not.toContain(promise);
  });

  test("find nothing in a replica that missed a round, and tells of where it is as of one change", () => {
    const missed = tampered((entries) => {
      const made = first(entries, "transition", ({ event }) => event.scope === "shared" && event.origin === "local");
      const from = made.event.from === "closed" ? "half-open" : "closed";
      return { ...made, replica: "another", event: { ...made.event, origin: "shared", from } };
    });
    expect(brokenBy(missed, STALE_MS)).not.toContain("one maker for each transition");
  });
});
