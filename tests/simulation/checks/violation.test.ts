import { describe, expect, it } from "vitest";
import type { History } from "../history.ts";
import { hasRunMs } from "./violation.ts";

function pausedAt(...spans: readonly (readonly [fromMs: number, toMs: number])[]): History {
  return { pauses: spans.map(([fromMs, toMs]) => ({ replica: 0, fromMs, toMs })) } as unknown as History;
}

describe("when a replica will have run for so long", () => {
  it("is later by its pauses, and by what is left of one that it begins in", () => {
    expect(hasRunMs(pausedAt([150, 900]), 0, 100, 100)).toBe(950);
    expect(hasRunMs(pausedAt([50, 900]), 0, 100, 100)).toBe(1_000);
    expect(hasRunMs(pausedAt([150, 900], [940, 2_000]), 0, 100, 100)).toBe(2_010);
  });

  it("is not later by pauses from before, from afterwards, or of another replica", () => {
    expect(hasRunMs(pausedAt([10, 100], [201, 900]), 0, 100, 100)).toBe(200);
    expect(hasRunMs(pausedAt([110, 900]), 1, 100, 100)).toBe(200);
    expect(hasRunMs(pausedAt([150, 160], [211, 900]), 0, 100, 100)).toBe(210);
  });
});
