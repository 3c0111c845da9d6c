import { describe, expect, test } from "vitest";
import { AiSdkParts, isMadeUp, outcomeOfWhole } from "./ai-sdk.ts";
import type { Sight } from "./inspector.ts";

const finish = (unified: string, raw?: string): object => ({ type: "finish", finishReason: { unified, raw } });

function sightOf(part: object): Sight {
  return new AiSdkParts("openai").see(part);
}

describe("A part of a stream", () => {
  test.each([
    "stream-start",
    "response-metadata",
    "text-start",
    "text-end",
    "reasoning-start",
    "reasoning-end",
    "tool-input-end",
    "raw",
    "ping",
  ])("says nothing yet: %s", (type) => {
    expect(sightOf({ type, id: "0" })).toBe("opening");
  });

  test.each(["text-delta", "reasoning-delta", "tool-input-delta"])("is content unless it is empty: %s", (type) => {
    expect(sightOf({ type, delta: "H" })).toBe("content");
    expect(sightOf({ type, delta: "" })).toBe("opening");
  });

  test.each(["tool-input-start", "tool-call", "tool-result", "file", "source", "reasoning-file", "of-next-year"])(
    "is content: %s",
    (type) => {
      expect(sightOf({ type })).toBe("content");
    },
  );

  test.each([null, undefined, "text", 7, []])("may be anything: %j", (part) => {
    expect(() => new AiSdkParts(undefined).see(part)).not.toThrow();
  });
});

describe("A stream", () => {
  test.each([finish("stop", "stop"), finish("length"), { type: "finish", finishReason: "stop" }])(
    "is whole with its finish: %j",
    (part) => {
      const parts = new AiSdkParts("openai");
      parts.see({ type: "text-delta", delta: "Hi" });
      expect(parts.end()).toBe("cut");
      expect(parts.see(part)).toBe("end");
      expect(parts.end()).toBe("whole");
    },
  );

  test("fails by an error part, once, whatever follows", () => {
    const parts = new AiSdkParts("anthropic");
    const error = { type: "overloaded_error", message: "Overloaded" };
    expect(parts.see({ type: "error", error })).toMatchObject({ kind: "overloaded", track: "window" });
    expect(parts.see({ type: "error", error })).toBe("opening");
    expect(parts.see(finish("stop", "stop"))).toBe("opening");
    expect(parts.end()).toMatchObject({ kind: "overloaded" });
  });

  test.each([
    ["what an SDK threw", Object.assign(new Error("no"), { name: "AI_APICallError", statusCode: 503 }), "overloaded"],
    ["a frame as it came", { type: "error", error: { type: "server_error", message: "no" } }, "stream-error"],
    ["an error's own fields", { type: "rate_limit_error", message: "slow down" }, "rate-limited"],
    ["a sentence", "it broke", "stream-error"],
  ])("says by its error part what went wrong: %s", (_, error, kind) => {
    expect(sightOf({ type: "error", error })).toMatchObject({ kind });
  });

  test("fails by a finish for an error", () => {
    expect(sightOf(finish("error", "error"))).toMatchObject({ kind: "server-error", scope: "model" });
  });

  test("that was filtered is the provider's answer, and no success", () => {
    const parts = new AiSdkParts("openai");
    expect(parts.see(finish("content-filter", "content_filter"))).toBe("end");
    expect(parts.end()).toMatchObject({ kind: "content-filtered", track: "none" });
  });
});

test.each([
  [finish("interrupted"), true],
  [finish("other"), true],
  [{ type: "finish", finishReason: "unknown" }, true],
  [finish("other", "eos"), false],
  [finish("stop"), false],
  [{ type: "finish", finishReason: "other" }, true],
  [{ type: "text-delta", delta: "Hi" }, false],
])("A finish without a reason of the model's was made up: %j %s", (part, madeUp) => {
  expect(isMadeUp(part)).toBe(madeUp);
});

test.each([
  [{ finishReason: { unified: "stop", raw: "stop" } }, null],
  [{ finishReason: { unified: "other", raw: undefined } }, null],
  [{ embeddings: [[1]] }, null],
  [{ finishReason: { unified: "error", raw: "error" } }, "server-error"],
  [{ finishReason: { unified: "content-filter", raw: "refusal" } }, "content-filtered"],
])("A whole answer counts by how it ended: %j", (answer, kind) => {
  expect(outcomeOfWhole(answer)?.kind ?? null).toBe(kind);
});
