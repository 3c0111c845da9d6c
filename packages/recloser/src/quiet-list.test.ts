import { beforeEach, describe, expect, it } from "vitest";
import type { RecordUser } from "./announcer.ts";
import { failedOf } from "./failure-run.ts";
import { Machine } from "./machine.ts";
import { createPolicy } from "./policy.ts";
import { QuietList } from "./quiet-list.ts";
import { Ticket, UNCOUNTED } from "./ticket.ts";

const AT = 1_800_000_000_000;
const user: RecordUser = {
  host: { replicaId: "r", tell: () => {} },
  heard: () => {},
  callEnded: () => {},
  opened: () => {},
};
const clock = { now: () => AT, sleep: () => new Promise<void>(() => {}) };
const machine = new Machine("m", createPolicy(), clock, () => 0, null);

let list: QuietList;
let tickets: Ticket[];
let looks = 0;

beforeEach(() => {
  [list, tickets, looks] = [new QuietList(), [], 0];
});

/** Begins calls; each look at one's place in the order is counted. */
function begin(count: number): void {
  for (let i = 0; i < count; i++) {
    const ticket = new Ticket(machine, user, AT);
    const mark = tickets.length;
    Object.defineProperty(ticket, "mark", {
      get: () => {
        looks++;
        return mark;
      },
    });
    list.add(ticket);
    tickets.push(ticket);
  }
}
const at = (mark: number): Ticket => tickets.at(mark) as Ticket;
function fail(mark: number): number {
  list.widenSpan(at(mark));
  list.joinRun(at(mark), failedOf(at(mark), tickets.length, AT));
  list.end(at(mark));
  return list.run?.failures ?? 0;
}
function succeed(mark: number): void {
  list.succeeded(at(mark));
  list.remove(at(mark), UNCOUNTED);
}

describe("the young calls beside a streak", () => {
  it("are those that began between its first failed call and its latest, in whatever order they fail", () => {
    begin(10);
    expect([fail(5), list.beside]).toEqual([1, 0]);
    fail(8);
    expect(list.beside).toBe(2);
    fail(2);
    expect(list.beside).toBe(4);
    list.end(at(3));
    list.end(at(9));
    succeed(1);
    expect(list.beside).toBe(3);
    list.silence(at(0));
    list.silence(at(4));
    expect(list.beside).toBe(2);
  });

  it("are found in one walk over each call, however often the streak lengthens", () => {
    begin(10_000);
    fail(0);
    looks = 0;
    for (let mark = 10; mark < 1_000; mark += 10) fail(mark);
    expect(list.beside).toBe(891);
    expect(looks).toBeLessThan(3_000);
  });

  it("are too many to count beyond a thousand, so that streaks that end and begin anew cost no walk over ten thousand", () => {
    begin(11_000);
    looks = 0;
    for (let i = 0; i < 500; i++) {
      list.forgetSpan();
      fail(2 * i);
      fail(10_999 - i);
      expect(list.beside).toBe(1_000_000);
      succeed(2 * i + 1);
    }
    expect(looks / 500).toBeLessThan(1_100);
    list.forgetSpan();
    fail(2_000);
    fail(2_010);
    expect(list.beside).toBe(9);
  });

  it("are not looked for among the silent", () => {
    begin(5_000);
    for (let mark = 0; mark < 4_990; mark++) list.silence(at(mark));
    looks = 0;
    for (let i = 0; i < 100; i++) {
      list.forgetSpan();
      list.widenSpan(at(i));
      list.widenSpan(at(4_999));
      expect(list.beside).toBe(10);
    }
    expect(looks / 100).toBeLessThan(30);
  });
});

describe("a run of failures", () => {
  it("has no young call between its calls, whatever order they fail in", () => {
    begin(8);
    expect([fail(0), fail(2), fail(5)]).toEqual([1, 1, 1]);
    expect(fail(1)).toBe(3);
    expect(fail(4)).toBe(2);
    expect(fail(3)).toBe(6);
    expect(fail(7)).toBe(1);
    list.end(at(6)); // one that ended without a verdict stands between nothing
    expect(list.run?.failures).toBe(7);
  });

  it("goes on after an answer to a call from before it, and ends with one of a call since", () => {
    begin(8);
    fail(3);
    fail(4);
    succeed(2);
    expect(list.run).toBeNull();
    expect(fail(5)).toBe(3);
    succeed(6);
    expect(fail(7)).toBe(1);
  });

  it("loses what is before a success between two of its calls, and keeps what is after", () => {
    begin(8);
    for (const mark of [1, 2, 4, 5]) fail(mark);
    succeed(3);
    expect(fail(6)).toBe(3);
    list.end(at(0));
    expect(fail(7)).toBe(4);
  });

  it("takes silence for no more than a failure", () => {
    begin(4);
    fail(1);
    list.joinRun(at(0), failedOf(at(0), 4, AT));
    list.silence(at(0));
    expect(list.run?.failures).toBe(2);
    expect(fail(2)).toBe(3);
    succeed(0); // after all: and with it all failures since are no run that we know of
    expect(fail(3)).toBe(1);
  });

  it("is dated from its first failure and its earliest call", () => {
    begin(4);
    at(2).startedAtMs = AT - 500;
    list.joinRun(at(3), failedOf(at(3), 6, AT + 10));
    list.end(at(3));
    list.joinRun(at(2), failedOf(at(2), 7, AT + 20));
    list.end(at(2));
    expect(list.run).toMatchObject({ failures: 2, sinceMs: AT + 10, mark: 6, firstCall: 2, startedMs: AT - 500 });
    expect(list.run?.beside(3)).toMatchObject({ failures: 2, begun: 5, startedMs: AT - 500 });
  });

  it("is forgotten with the window, and with the round", () => {
    begin(3);
    fail(0);
    list.forgetRuns();
    expect([list.run, fail(1)]).toEqual([null, 1]);
    list.drop();
    begin(1);
    expect([list.run, fail(3)]).toEqual([null, 1]);
  });

  it("costs no walk", () => {
    begin(10_000);
    looks = 0;
    for (let mark = 0; mark < 5_000; mark++) {
      list.joinRun(at(mark), failedOf(at(mark), 10_000, AT));
      list.end(at(mark));
      if (mark % 10 === 0) succeed(9_999 - mark / 10);
    }
    expect(looks / 5_000).toBeLessThan(5);
  });
});
