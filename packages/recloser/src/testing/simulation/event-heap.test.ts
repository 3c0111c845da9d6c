import fc from "fast-check";
import { expect, it } from "vitest";
import { EventHeap, ScheduledEvent } from "./event-heap.ts";

it("gives events in the order of their times, then of their scheduling, without those that were cancelled", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("push" as const), dueMs: fc.integer({ min: 0, max: 50 }) }),
    fc.record({ do: fc.constant("cancel" as const), which: fc.nat() }),
    fc.record({ do: fc.constant("pop" as const), untilMs: fc.integer({ min: 0, max: 60 }) }),
  );
  const property = fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
    const heap = new EventHeap();
    let waiting: ScheduledEvent[] = [];
    let order = 0;
    const [given, expected]: [unknown[], unknown[]] = [[], []];
    for (const each of steps) {
      if (each.do === "push") {
        const event = new ScheduledEvent(heap, each.dueMs, order++, () => {}, null);
        heap.push(event);
        waiting.push(event);
      } else if (each.do === "cancel" && waiting.length > 0) {
        const [event] = waiting.splice(each.which % waiting.length, 1);
        event?.cancel();
        event?.cancel();
      } else if (each.do === "pop") {
        const due = waiting
          .filter((event) => event.dueMs <= each.untilMs)
          .toSorted((a, b) => a.dueMs - b.dueMs || a.order - b.order)[0];
        waiting = waiting.filter((event) => event !== due);
        expected.push(due?.order);
        given.push(heap.pop(each.untilMs)?.order);
      }
      expected.push(waiting.length);
      given.push(heap.size);
    }
    expect(given).toEqual(expected);
  });
  fc.assert(property, { numRuns: 300 });
});
