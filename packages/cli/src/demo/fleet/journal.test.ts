import { expect, test } from "vitest";
import { FleetJournal } from "./journal.ts";
import type { Turned } from "./messages.ts";

const TRIP: Turned = {
  ...{ type: "transition", from: "closed", to: "open", reason: "consecutive-failures", generation: 1, step: 1 },
  ...{ cooldownMs: 5_000, origin: "local", scope: "shared", evidence: "18 calls failed in a row", ownFailures: 6 },
  ...{ causedAtMs: 10_000, atMs: 10_006 },
};
const HEARD: Turned = { ...TRIP, origin: "shared", ownFailures: 5, causedAtMs: 10_003, atMs: 10_003 };

function textsOf({ events }: FleetJournal): string[] {
  return events.map(({ atMs, source, text }) => `${atMs} ${source}: ${text}`);
}

test("the others' delay counts from the failure that tripped, whoever's message is here first", () => {
  const journal = new FleetJournal(8_000);
  journal.replica("B", HEARD);
  journal.replica("A", TRIP);
  journal.look(Infinity);
  expect(textsOf(journal)).toEqual([
    "2003 B: open, too: 3.0 ms after A's last failure",
    "2006 A: trips, open for 5.0 s (step 1): 18 calls failed in a row; 6 of its own calls had failed",
  ]);
  expect(journal.changes).toMatchObject([{ to: "open", by: "A", lagsMs: { B: 3 } }]);
});

test("what has only just happened waits for what others tell of the time before", () => {
  const journal = new FleetJournal(8_000);
  journal.replica("A", TRIP);
  journal.look(10_100);
  expect(journal.events).toEqual([]);
  journal.look(10_200);
  expect(journal.events).toHaveLength(1);
});

test("a circuit that a replica has beside the shared one is told as its own", () => {
  const journal = new FleetJournal(8_000);
  journal.replica("C", { ...TRIP, scope: "local" });
  journal.look(Infinity);
  expect(textsOf(journal)).toEqual(["2006 C: open by itself for 5.0 s (step 1): 18 calls failed in a row"]);
  expect(journal.changes).toEqual([]);
});

test("going on alone and sharing again count from Redis' stop and its return", () => {
  const journal = new FleetJournal(0);
  journal.redis(true, 6_000);
  journal.replica("A", { type: "store", mode: "local", error: "no answer within 200 ms", atMs: 7_100 });
  journal.redis(false, 9_000);
  journal.replica("A", { type: "store", mode: "shared", error: null, atMs: 9_600 });
  journal.look(Infinity);
  expect(textsOf(journal)).toEqual([
    "6000 redis: stops: connections stay, and nothing answers",
    "7100 A: goes on by itself, 1.1 s after it stopped: no answer within 200 ms",
    "9000 redis: goes on",
    "9600 A: shares again, 0.6 s after it went on",
  ]);
  expect([journal.wentLocalMs, journal.sharedAgainMs]).toEqual([[1_100], [600]]);
});
