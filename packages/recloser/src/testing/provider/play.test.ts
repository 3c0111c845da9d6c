import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { manualClock } from "../manual-clock.ts";
import type { Act } from "./acts.ts";
import { play } from "./play.ts";

const WRITES: readonly Act[] = [{ do: "write", bytes: "a" }, { do: "write", bytes: "b" }, { do: "end" }];

/** A response whose kernel takes bytes only when told to. */
function slowResponse(): { response: ServerResponse; written: string[]; take: () => void } {
  const written: string[] = [];
  let take = (): void => {};
  const response: unknown = {
    write: (bytes: string, done: () => void) => {
      written.push(bytes);
      take = done;
    },
    end: (done: () => void) => {
      written.push("end");
      take = done;
    },
  };
  return { response: response as ServerResponse, written, take: () => take() };
}

describe("playing a script", () => {
  test("writes nothing more until what was written is taken", async () => {
    const clock = manualClock();
    const { response, written, take } = slowResponse();
    const played = play(WRITES, response, clock, new AbortController().signal, () => {});
    await clock.advance(0);
    expect(written).toEqual(["a"]);
    take();
    await clock.advance(0);
    expect(written).toEqual(["a", "b"]);
    take();
    await clock.advance(0);
    take();
    await played;
    expect(written).toEqual(["a", "b", "end"]);
  });

  test.each<[string, readonly Act[]]>([
    ["a wait", [{ do: "wait", ms: 60_000 }, ...WRITES]],
    ["a hang", [{ do: "hang" }]],
    ["a write that nobody takes", WRITES],
  ])("ends during %s with the reason for which the client left", async (_, acts) => {
    const clock = manualClock();
    const leave = new AbortController();
    const { response } = slowResponse();
    const played = play(acts, response, clock, leave.signal, () => {});
    await clock.advance(0);
    leave.abort(new Error("left"));
    await expect(played).rejects.toThrow("left");
    expect(clock.sleeping).toBe(0);
  });
});
