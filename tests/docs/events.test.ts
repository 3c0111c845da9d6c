/** docs/reference/events.md and snapshot.md have exactly the fields of the types, and the words their texts can be. */
import diagnostics from "node:diagnostics_channel";
import { createBreaker } from "recloser";
import { describe, expect, it } from "vitest";
import { columnOf, plain, rowsOf, sectionOf, sectionsOf } from "./page.ts";
import { type Field, fieldsOfField, fieldsOfInterface, wordsOfType } from "./source.ts";

const EVENTS = "reference/events.md";
const SNAPSHOT = "reference/snapshot.md";
const events = fieldsOfInterface("events.ts", "RecloserEvents");

/** The table's rows are these fields, in order, and each row names every word its field can be. */
function expectTable(page: string, heading: string, fields: readonly Field[]): void {
  const rows = rowsOf(sectionOf(page, heading), "Field");
  expect(rows.map((row) => plain(row["Field"] ?? ""))).toEqual(fields.map(({ name }) => name));
  for (const [index, { name, words }] of fields.entries()) {
    const said = Object.values(rows[index] ?? {}).join(" ");
    expect(
      words.filter((word) => !said.includes(`"${word}"`)),
      name,
    ).toEqual([]);
  }
}

describe("the page of events", () => {
  it("has a section for every event", () => {
    const headings = sectionsOf(EVENTS).map(({ heading }) => heading);
    expect(headings.filter((heading) => !["", "Events", "diagnostics_channel"].includes(heading))).toEqual(
      events.map(({ name }) => name),
    );
  });

  it.each(events.filter(({ name }) => name !== "would-reject"))("has exactly the fields of $name", ({ name, type }) => {
    expectTable(EVENTS, name, fieldsOfInterface("events.ts", type));
  });

  it("says that would-reject has the fields of rejected", () => {
    const typeOf = (wanted: string): string | undefined => events.find(({ name }) => name === wanted)?.type;
    expect(typeOf("would-reject")).toBe(typeOf("rejected"));
    expect(sectionOf(EVENTS, "would-reject").text).toContain("[`rejected`](#rejected)");
  });

  it("has every reason of a transition", () => {
    const words = [...wordsOfType("events.ts", "TransitionReason"), ...wordsOfType("state.ts", "TripReason")];
    expect(columnOf(sectionOf(EVENTS, "transition"), "reason").toSorted()).toEqual(words.toSorted());
  });

  it("has the channel of every event, as Node names it", async () => {
    const section = sectionOf(EVENTS, "diagnostics_channel");
    expect(columnOf(section, "Event")).toEqual(events.map(({ name }) => name));
    expect(columnOf(section, "Channel")).toEqual(events.map(({ name }) => `recloser:${name}`));
    const heard: unknown[] = [];
    const listener = (message: unknown): void => void heard.push(message);
    diagnostics.subscribe("recloser:override", listener);
    await createBreaker().reset({ by: "the test" });
    diagnostics.unsubscribe("recloser:override", listener);
    expect(heard).toMatchObject([{ action: "reset", by: "the test" }]);
  });
});

describe("the page of the snapshot", () => {
  it("has exactly the fields of a breaker's and of a record's snapshot", () => {
    expectTable(SNAPSHOT, "The breaker", fieldsOfInterface("snapshot.ts", "BreakerSnapshot"));
    expectTable(SNAPSHOT, "A record", fieldsOfInterface("snapshot.ts", "RecordSnapshot"));
  });

  it("has exactly the fields of what lies inside", () => {
    expectTable(SNAPSHOT, "window", fieldsOfField("snapshot.ts", "RecordSnapshot", "window"));
    expectTable(SNAPSHOT, "retries", fieldsOfInterface("retries.ts", "RetriesSnapshot"));
    expectTable(SNAPSHOT, "load", fieldsOfInterface("load.ts", "LoadSnapshot"));
    expectTable(SNAPSHOT, "holds", fieldsOfInterface("snapshot.ts", "HoldSnapshot"));
    expectTable(SNAPSHOT, "evidence", fieldsOfInterface("state.ts", "Evidence"));
    expectTable(SNAPSHOT, "override", fieldsOfInterface("state.ts", "Override"));
  });

  it("has the fields of the policy's parts", () => {
    const { policy } = createBreaker({ slowCall: { after: "1s", rate: 0.5 } }).snapshot();
    const rows = rowsOf(sectionOf(SNAPSHOT, "policy"), "Field");
    for (const [name, value] of Object.entries(policy)) {
      if (typeof value !== "object" || value === null) continue;
      const type = plain(rows.find((row) => plain(row["Field"] ?? "") === name)?.["Type"] ?? "");
      expect(type).toContain(`{ ${Object.keys(value).join(", ")} }`);
    }
  });

  it("has what a snapshot has at run time", () => {
    const documented = [
      ...columnOf(sectionOf(SNAPSHOT, "The breaker"), "Field"),
      ...columnOf(sectionOf(SNAPSHOT, "A record"), "Field"),
    ];
    const snapshot = createBreaker().snapshot();
    expect(documented.toSorted()).toEqual(Object.keys(snapshot).toSorted());
    expect(columnOf(sectionOf(SNAPSHOT, "policy"), "Field").toSorted()).toEqual(
      Object.keys(snapshot.policy).toSorted(),
    );
  });
});
