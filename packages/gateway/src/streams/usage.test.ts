import { expect, test } from "vitest";
import { UsageReader } from "./usage.ts";

function read(...chunks: readonly string[]): ReturnType<UsageReader["read"]> {
  const reader = new UsageReader();
  for (const chunk of chunks) reader.see(Buffer.from(chunk));
  return reader.read();
}

const filler = "data: {}\n\n".repeat(2_000);

test.each([
  [
    "an OpenAI answer",
    ['{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":34,"total_tokens":46}}'],
    12,
    34,
  ],
  [
    "one of the Responses API",
    ['{"usage":{"input_tokens": 5,"input_tokens_details":{"cached_tokens":1},"output_tokens": 6}}'],
    5,
    6,
  ],
  [
    "an Anthropic stream, whose input stands in front and whose output is counted up",
    [
      'data: {"type":"message_start","message":{"usage":{"input_tokens":25,"output_tokens":1}}}\n\n',
      filler,
      'data: {"type":"message_delta","usage":{"output_tokens":15}}\n\n',
    ],
    25,
    15,
  ],
  ["a Gemini answer", ['{"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":8}}'], 7, 8],
  ["an answer that was cut inside a name", ['{"usage":{"prompt_to', 'kens":12,"completion_tokens":3}}'], 12, 3],
  ["usage a long way behind the start", [filler, '{"usage":{"prompt_tokens":1,"completion_tokens":2}}\n'], 1, 2],
])("reads the tokens of %s", (_name, chunks, inputTokens, outputTokens) =>
  expect(read(...chunks)).toEqual({ inputTokens, outputTokens }),
);

test("a text that speaks of usage is no usage", () => {
  expect(read(JSON.stringify({ content: '{"prompt_tokens":666,"completion_tokens":666}' }))).toBeNull();
});

test("an answer without usage, and none at all, have none", () => {
  expect(read("{}")).toBeNull();
  expect(read()).toBeNull();
});

test("what is kept of a long answer is bounded", () => {
  const reader = new UsageReader();
  for (let i = 0; i < 1_000; i++) reader.see(Buffer.alloc(4_096));
  expect(reader.read()).toBeNull();
});
