import { describe, expect, it } from "vitest";
import { Journal, type NewEvent } from "./journal.ts";

function act(action: "force-open" | "force-closed" | "clear", atMs: number): NewEvent {
  const reason = action === "clear" ? null : "maintenance";
  return { type: "override", key: "openai", action, by: "ann", reason, untilMs: null, replica: "operator", atMs };
}

function mode(of: "shared" | "local", atMs: number, replica = "A"): NewEvent {
  return { type: "store", mode: of, error: null, replica, atMs };
}

describe("what is told twice", () => {
  it("is one entry, though two clocks differ by a moment", () => {
    const journal = new Journal();
    journal.add(act("force-open", 1_000));

    expect(journal.add(act("force-open", 1_400))).toBeNull();
  });

  it("is two where it was undone between: a second release is no echo of the first", () => {
    const journal = new Journal();
    for (const event of [act("force-open", 0), act("clear", 2_000), act("force-closed", 3_000), act("clear", 5_000)])
      journal.add(event);

    expect(journal.overrides.map(({ atMs }) => atMs)).toEqual([0, 2_000, 3_000, 5_000]);
    expect(journal.add(act("clear", 5_001))).toBeNull();
    expect(journal.add(act("clear", 2_001))).toBeNull();
  });

  it("is two where a replica lost the store again, whatever others did meanwhile", () => {
    const journal = new Journal();
    journal.add(mode("local", 0));
    journal.add(mode("shared", 500, "B"));
    expect(journal.add(mode("local", 1_000))).toBeNull();
    journal.add(mode("shared", 2_000));

    expect(journal.add(mode("local", 3_000))).not.toBeNull();
  });
});
