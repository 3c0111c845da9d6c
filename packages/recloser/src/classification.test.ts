import { describe, expect, it } from "vitest";
import { outcomeFor } from "./classification.ts";
import type { Classifier } from "./outcome.ts";

const decide = (answer: unknown): ReturnType<typeof outcomeFor> =>
  outcomeFor({ error: new Error("x") }, (() => answer) as Classifier, "k");

describe("what a user's classifier answers", () => {
  it("may be a kind, an outcome, or nothing", () => {
    expect(decide("caller-error")).toEqual({
      kind: "caller-error",
      track: "none",
      retryAfterMs: null,
      scope: "request",
    });
    expect(decide({ kind: "rate-limited", retryAfterMs: 7 })).toMatchObject({
      kind: "rate-limited",
      track: "hold",
      retryAfterMs: 7,
    });
    expect(decide(undefined)).toMatchObject({ kind: "unknown", track: "window" });
  });

  it("cannot put a hold into the window, a failure on hold, or a hint that is none", () => {
    expect(decide({ kind: "rate-limited", track: "window" }).track).toBe("hold");
    expect(decide({ kind: "server-error", track: "hold" }).track).toBe("window");
    expect(decide({ kind: "server-error", track: "none" }).track).toBe("none");
    expect(decide({ kind: "auth", retryAfterMs: Number.NaN, scope: "planet" })).toMatchObject({
      retryAfterMs: null,
      scope: "key",
    });
  });

  it("leaves the built-in rules in charge when it is no outcome", () => {
    expect(decide({ kind: "nonsense" })).toMatchObject({ kind: "unknown", track: "window" });
    expect(decide(7)).toMatchObject({ kind: "unknown", track: "window" });
  });
});
