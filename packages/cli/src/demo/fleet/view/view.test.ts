import { expect, test } from "vitest";
import { FleetJournal } from "../journal.ts";
import { NO_CALLS } from "../messages.ts";
import type { FleetScene, ReplicaScene } from "../scene.ts";
import { summariseFleet } from "../summary.ts";
import { fleetClosing } from "./closing.ts";
import { fleetFrame } from "./frame.ts";

const B: ReplicaScene = {
  ...{ name: "B", pid: 4_712, isGone: false, shows: "open", mode: "local", waitMs: 3_200 },
  tally: { ...NO_CALLS, calls: 90, good: 40, failed: 6, rejected: 44, probes: 1, waited: 1, longestWaitMs: 2.4 },
};
const SCENE: FleetScene = {
  ...{
    atMs: 9_400,
    lastsMs: 30_000,
    redis: "redis-server on port 6401",
    redisPid: 4_710,
    isRedisStopped: true,
    canStopRedis: true,
  },
  ...{ isProviderWell: false, providerCalls: 117, replicas: [{ ...B, name: "A", mode: "shared" }, B] },
  samples: Array.from({ length: 94 }, (_, at) => ({
    atMs: at * 100,
    replicas: [
      { shows: at < 48 ? "closed" : "open", mode: "shared" },
      { shows: at < 48 ? "closed" : "open", mode: at < 75 ? "shared" : "local" },
    ],
  })),
  events: [],
};

test("a frame shows each replica with its circuit, whether it shares, and which keys there are", () => {
  const lines = fleetFrame(SCENE, 100, 24, false);
  expect(lines).toMatchInlineSnapshot(`
    [
      " recloser demo · three processes, one circuit · redis-server on port 6401                  9 / 30 s",
      " provider ▒ answers 503   Redis ▒ hangs",
      " Redis hangs. It takes a moment until everyone has noticed, and no call waits for it meanwhile.",
      "",
      " process   circuit                Redis   calls  good  failed  rejected  probes",
      " A  4712   ✖ open  probe in 3.2 s shared     90    40       6        44       1",
      " B  4712   ✖ open  probe in 3.2 s local      90    40       6        44       1",
      " failed for a reason of the store: 0",
      " A   ●●●●●●●●●✖✖✖✖✖✖✖✖✖✖",
      "",
      " B   ●●●●●●●●●✖✖✖✖✖✖✖✖✖✖",
      "                    ╌╌╌╌",
      " r continue Redis · f heal the provider · q quit",
    ]
  `);
});

test("a server that the demo may not stop has no key for it", () => {
  expect(fleetFrame({ ...SCENE, canStopRedis: false }, 100, 24, false).join("\n")).not.toContain("continue Redis");
});

test("no line is wider than the terminal, however narrow", () => {
  for (const width of [20, 40, 80])
    for (const line of fleetFrame(SCENE, width, 24, false)) expect(line.length).toBeLessThanOrEqual(width);
});

test("the end says how many calls failed for a reason of the store, and how many waited for it", () => {
  const summary = summariseFleet(SCENE, new FleetJournal(0), "recloser demo");
  expect(summary).toMatchObject({ storeFailed: 0, waited: 2, longestWaitMs: 2.4, probes: 2 });
  const text = fleetClosing(SCENE, summary, 100).flat().join("");
  expect(text).toContain("0 of 180 calls failed for a reason of the store. 2 waited for it");
});
