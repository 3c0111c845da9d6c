import { describe, expect, test } from "vitest";
import { route } from "../../../../tests/support/gateway-config.ts";
import type { ClientConfig } from "../config/config.ts";
import { addressed } from "../formats/addressed.ts";
import { matchesGlob, modelAt } from "../upstream/model-names.ts";
import { chooseRoute, targetOrder } from "./route-choice.ts";

const routes = [
  route("large", ["a"], { models: ["gpt-5*"] }),
  route("rest", ["b"]),
  route("claude", ["c"], { format: "anthropic" }),
];
const client = (names: readonly string[] | null): ClientConfig => ({
  id: "team",
  keySha256: "",
  routes: names,
  maxInFlight: null,
  mayBypass: false,
  priority: "interactive",
});

function chosen(
  path: string,
  model: string | null,
  who: ClientConfig | null = null,
  named: string | null = null,
): string {
  const where = addressed("POST", path, false);
  if (where === null) return "nowhere";
  const seeking = { ...where, named: where.route ?? named, model, client: who };
  try {
    return chooseRoute(routes, seeking).name;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe("A request's route", () => {
  test("is the first of its format that serves the model", () => {
    expect(chosen("/v1/chat/completions", "gpt-5-mini")).toBe("large");
    expect(chosen("/v1/chat/completions", "o4")).toBe("rest");
    expect(chosen("/v1/messages", "gpt-5")).toBe("claude");
    expect(chosen("/v1beta/models/m:generateContent", "m")).toBe("no_route");
    expect(chosen("/v1/files", null)).toBe("large");
  });

  test("is the one that its path or header names, where that speaks the format", () => {
    expect(chosen("/r/rest/v1/chat/completions", "gpt-5")).toBe("rest");
    expect(chosen("/v1/chat/completions", "gpt-5", null, "rest")).toBe("rest");
    expect(chosen("/r/claude/v1/chat/completions", "gpt-5")).toBe("unknown_route");
    expect(chosen("/r/none/v1/chat/completions", "gpt-5")).toBe("unknown_route");
    expect(chosen("/r/rest/r/large/v1/chat/completions", "gpt-5")).toBe("nowhere");
  });

  test("is one that the client may use", () => {
    expect(chosen("/v1/chat/completions", "gpt-5", client(["rest"]))).toBe("rest");
    expect(chosen("/v1/chat/completions", "gpt-5", client(["claude"]))).toBe("route_not_allowed");
    expect(chosen("/r/large/v1/chat/completions", "gpt-5", client(["rest"]))).toBe("route_not_allowed");
    expect(chosen("/v1/chat/completions", "gpt-5", client(null))).toBe("large");
  });
});

describe("A path", () => {
  const read = (method: string, path: string, isAnthropics = false): unknown => {
    const found = addressed(method, path, isAnthropics);
    if (found === null) return null;
    const { kind, model, streams } = found.operation;
    return [found.dialect.name, kind, found.operation.ownPath("x/y"), model, streams];
  };

  test.each([
    ["POST", "/v1/chat/completions", ["openai", "generate", "/chat/completions", null, null]],
    ["POST", "/openai/v1/responses", ["openai", "generate", "/responses", null, null]],
    ["POST", "/sim/v1/embeddings", ["openai", "embed", "/embeddings", null, null]],
    ["GET", "/v1/models", ["openai", "list", "/models", null, null]],
    ["GET", "/v1/responses/r1", ["openai", "other", "/responses/r1", null, null]],
    ["POST", "/v1/messages", ["anthropic", "generate", "/v1/messages", null, null]],
    ["POST", "/anthropic/v1/messages/count_tokens", ["anthropic", "count", "/v1/messages/count_tokens", null, false]],
    [
      "POST",
      "/v1beta/models/g:streamGenerateContent",
      ["gemini", "generate", "/v1beta/models/x%2Fy:streamGenerateContent", "g", true],
    ],
    ["POST", "/gemini/v1/models/g:countTokens", ["gemini", "count", "/v1/models/x%2Fy:countTokens", "g", false]],
    ["GET", "/v1beta/models", ["gemini", "list", "/v1beta/models", null, false]],
  ])("%s %s is known", (method, path, expected) => {
    expect(read(method, path)).toEqual(expected);
  });

  test("below /v1 that both have is Anthropic's where its client asks", () => {
    expect(read("GET", "/v1/models", true)).toEqual(["anthropic", "list", "/v1/models", null, null]);
  });

  test.each(["/", "/v2/models", "/metrics", "/openai/chat", "/v1", "/anthropic/v2/messages", "/r/x", "/r//v1/models"])(
    "%s belongs to nobody",
    (path) => {
      expect(read("GET", path)).toBeNull();
    },
  );
});

test("A weighted order takes each target once, the heavier ones earlier", () => {
  const weighted = route("w", [], {
    choice: "weighted",
    targets: [
      { target: "a", weight: 8 },
      { target: "b", weight: 1 },
      { target: "c", weight: 1 },
    ],
  });
  const draws = [0.95, 0.1, 0.9];
  expect(targetOrder(weighted, () => draws.shift() ?? 0)).toEqual(["c", "a", "b"]);
  let firsts = 0;
  for (let i = 0; i < 1_000; i++) if (targetOrder(weighted, () => (i + 0.5) / 1_000)[0] === "a") firsts++;
  expect(firsts).toBe(800);
});

test("A glob matches as a whole, and the exact name comes first", () => {
  expect(["gpt-5", "gpt-5-mini", "my-gpt-5"].map((name) => matchesGlob("gpt-5*", name))).toEqual([true, true, false]);
  expect(["ab", "a-b", "aab", "a"].map((name) => matchesGlob("a*b", name))).toEqual([true, true, true, false]);
  expect(matchesGlob("a*a", "a")).toBe(false);
  expect(modelAt({ "gpt-*": "other", "gpt-5": "mine" }, "gpt-5")).toBe("mine");
  expect([modelAt({ "gpt-*": "other" }, "gpt-4"), modelAt({}, "toString")]).toEqual(["other", "toString"]);
});
