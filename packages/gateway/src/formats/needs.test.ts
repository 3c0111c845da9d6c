import { describe, expect, test } from "vitest";
import { target } from "../../../../tests/support/gateway-config.ts";
import { isTooLong, lacking, readsMore } from "../attempts/fitness.ts";
import { needsOf } from "./needs.ts";
import { openai } from "./openai.ts";

const chat = openai.operation("POST", "/chat/completions");
const embeddings = openai.operation("POST", "/embeddings");
const user = (content: unknown): object => ({ messages: [{ role: "user", content }] });

describe("What a request needs", () => {
  test.each<[string, object, string[]]>([
    ["nothing but text", user("hello"), []],
    ["tools", { tools: [{}] }, ["tools"]],
    ["no tools where the list is empty", { tools: [] }, []],
    ["images in chat's parts", user([{ type: "image_url", image_url: { url: "data:," } }]), ["images"]],
    ["images in the Responses API", { input: [{ content: [{ type: "input_image" }] }] }, ["images"]],
    ["images in Anthropic's tool results", user([{ type: "tool_result", content: [{ type: "image" }] }]), ["images"]],
    ["images in Gemini's parts", { contents: [{ parts: [{ inlineData: { mimeType: "image/png" } }] }] }, ["images"]],
    ["sound", user([{ type: "input_audio" }]), ["audio"]],
    ["a schema", { response_format: { type: "json_schema" } }, ["json-schema"]],
    ["no schema for plain JSON", { response_format: { type: "json_object" } }, []],
    ["reasoning", { reasoning_effort: "high" }, ["reasoning"]],
    ["no reasoning where it is switched off", { thinking: { type: "disabled" } }, []],
  ])("is %s", (_name, json, needs) => {
    if (chat === null) throw new Error("no such path");
    expect([...needsOf(chat, json as Record<string, unknown>, false)]).toEqual(needs);
  });

  test("is streaming, or embeddings, by how it asks", () => {
    if (chat === null || embeddings === null) throw new Error("no such path");
    expect([[...needsOf(chat, {}, true)], [...needsOf(embeddings, {}, false)]]).toEqual([
      ["streaming"],
      ["embeddings"],
    ]);
  });

  test("is looked for no deeper than a bound, whatever nests in it", () => {
    let nested: unknown = [{ type: "image" }];
    for (let depth = 0; depth < 50_000; depth++) nested = [nested];
    if (chat === null) throw new Error("no such path");
    expect([...needsOf(chat, user(nested) as Record<string, unknown>, false)]).toEqual([]);
  });
});

describe("A target's fitness", () => {
  const small = target("small", "http://x", { maxContext: 100, capabilities: ["streaming"] });
  const large = target("large", "http://x", { maxContext: 1_000 });
  const asked = (...needs: ("tools" | "images")[]): Parameters<typeof lacking>[1] => ({
    ...{ model: null, streams: false, continues: false },
    needs: new Set(needs),
  });

  test("lacks what it does not list, and what cannot fit", () => {
    expect(lacking(small, asked("tools"), 10)).toBe("tools");
    expect([lacking(small, asked(), 600), lacking(small, asked(), 601)]).toEqual([null, "context"]);
    expect(lacking(large, asked("images"), 1_000_000)).toBeNull();
  });

  test("goes by what both are said to read", () => {
    expect([readsMore(small, large), readsMore(large, small), readsMore(target("a", "http://x"), large)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test.each([
    [400, '{"error":{"code":"context_length_exceeded"}}', true],
    [400, "prompt is too long: 210000 tokens > 200000 maximum", true],
    [400, "The input token count (1100000) exceeds the maximum number of tokens allowed", true],
    [400, "invalid model", false],
    [500, "context_length_exceeded", false],
  ])("a refusal of status %i that says %j is %j", (status, body, is) => {
    expect(isTooLong(status, body)).toBe(is);
  });
});
