import { describe, expect, test } from "vitest";
import type { RequestRecord } from "../attempts/request-record.ts";
import { createLog } from "./log.ts";
import { requestFields } from "./request-line.ts";

const record: RequestRecord = {
  id: "a-1",
  client: 'a "client"\n',
  format: "openai",
  route: "main é",
  model: "gpt-5\u2028\u001b[2J",
  streams: false,
  isSdkRetry: false,
  steps: [],
  end: "answered",
  refusal: null,
  status: 200,
  requestBytes: 10,
  bytes: 20,
  left: null,
  durationMs: 1.2345,
  firstTokenMs: null,
  addedMs: 0.5,
  usage: { inputTokens: 1, outputTokens: null },
};

function linesOf(level: "info" | "warn", base: Readonly<Record<string, unknown>>, status: number): string[] {
  const lines: string[] = [];
  const log = createLog({ level, pretty: false }, { write: (line) => void lines.push(line) }, base);
  log.request({ ...record, status });
  const say = status >= 500 ? log.warn : log.info;
  say(requestFields({ ...record, status }), `${status} main é in 1 ms`);
  return lines.map((line) => line.replace(/"time":"[^"]+"/, '"time":"now"'));
}

describe("A request's line", () => {
  test.each([
    ["info", {}, 200],
    ["info", { worker: 2, name: 'a "b"' }, 200],
    ["info", {}, 503],
    ["warn", { worker: 1 }, 503],
  ] as const)(
    "is what the log would write of the same fields (level %s, of each line %j, status %i)",
    (level, base, status) => {
      const [own, asPinoWrites, ...more] = linesOf(level, base, status);
      expect(own).toBe(asPinoWrites);
      expect(more).toEqual([]);
    },
  );

  test("is not written below the level", () => {
    expect(linesOf("warn", {}, 200)).toEqual([]);
  });
});
