/** The inspector of a passing answer must come to what `classify` says of the whole one, however its bytes were cut. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allOutcomeCases, type OutcomeCase } from "../../../../tests/support/outcome-corpus.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { formatOf } from "./formats.ts";
import { ResponseInspector } from "./response-inspector.ts";
import { ServerSentEvents } from "./sse.ts";

const PATHS: Readonly<Record<string, string>> = {
  anthropic: "/v1/messages",
  gemini: "/v1beta/models/gemini-2.5-pro:streamGenerateContent",
  ollama: "/api/chat",
  cohere: "/v2/chat",
  tgi: "/generate_stream",
};

// An abort is no matter of the bytes, and AWS's binary frames are not read here.
const streams = allOutcomeCases().filter(
  ({ surface, context, provider }) => surface === "stream" && context === undefined && provider !== "bedrock",
);

function pathOf({ provider, body = "" }: OutcomeCase): string {
  if (body.includes('"type":"response.')) return "/v1/responses";
  return body.includes('"choices"') ? "/v1/chat/completions" : (PATHS[provider] ?? "/v1/chat/completions");
}

interface Passed {
  readonly outcome: Outcome;
  /** The index of the chunk at which content, or a failure, was first seen; -1: never. */
  readonly contentAt: number;
  readonly failedAt: number;
}

function pass(c: OutcomeCase, chunks: readonly Uint8Array[], path: string): Passed {
  const inspector = new ResponseInspector({
    method: "POST",
    provider: c.provider,
    url: new URL(path, "http://provider.test"),
  });
  const { status, headers } = c;
  inspector.see(new Response(null, { status: status ?? 200, headers: headers ?? {} }));
  const sights = chunks.map((chunk) => inspector.see(chunk));
  const end = inspector.end();
  const failure = sights.find((sight) => typeof sight === "object");
  const atEnd =
    end === "cut" ? outcomeOf("stream-error") : end === "whole" ? outcomeOf("success", { scope: "provider" }) : end;
  return {
    outcome: failure ?? atEnd,
    contentAt: sights.findIndex((sight) => sight === "content" || sight === "end"),
    failedAt: sights.findIndex((sight) => typeof sight === "object"),
  };
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

function isOfKnownFormat({ body = "" }: OutcomeCase): boolean {
  const [first] = new ServerSentEvents().push(body);
  return first !== undefined && first.startsWith("{") && formatOf(JSON.parse(first)).alwaysEnds;
}

const bytesOf = (c: OutcomeCase): Uint8Array => new TextEncoder().encode(c.body);

test("the corpus has streams of every dialect that is read", () => {
  expect(new Set(streams.map(({ provider }) => provider))).toEqual(
    new Set(
      "openai azure-openai anthropic openrouter gemini vertex llamacpp ollama vllm mistral tgi cohere".split(" "),
    ),
  );
});

describe.each(streams.map((c) => [c.id, c] as const))("%s", (_id, c) => {
  const { kind, track, scope } = c.expect;

  test("comes out as recorded, whole and byte by byte", () => {
    for (const size of [1, 7, 1_000_000])
      expect(pass(c, cut(bytesOf(c), [size]), pathOf(c)).outcome).toMatchObject({ kind, track, scope });
  });

  test("comes out the same however it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 12 }), (sizes) => {
        expect(pass(c, cut(bytesOf(c), sizes), pathOf(c)).outcome.kind).toBe(kind);
      }),
      { numRuns: 40 },
    );
  });
});

// Of a stream that stops before its first document only the path can say that something is missing.
test.each(streams.filter(({ body = "" }) => /[{[]/.test(body)).map((c) => [c.id, c] as const))(
  "%s needs no path that is known",
  (_id, c) => {
    expect(pass(c, [bytesOf(c)], "/somewhere/else").outcome.kind).toBe(c.expect.kind);
  },
);

test.each(streams.filter(isOfKnownFormat).map((c) => [c.id, c] as const))(
  "%s needs no path that is right",
  (_id, c) => {
    const other = pathOf(c) === "/v1/messages" ? "/v1/responses" : "/v1/messages";
    expect(pass(c, [bytesOf(c)], other).outcome.kind).toBe(c.expect.kind);
  },
);

const asked = { method: "POST", provider: "openai", url: new URL("http://provider.test/v1/chat/completions") };
const head = (type: string): Response => new Response(null, { headers: { "content-type": type } });
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("A whole answer", () => {
  const JSON_TYPE = "application/json; charset=utf-8";

  test("is content when it has ended, and an error inside is what it says", () => {
    const inspector = new ResponseInspector(asked);
    expect(inspector.see(head(JSON_TYPE))).toBe("opening");
    expect(inspector.see(bytes('{"error":{"code":"server_is_overloaded",'))).toBe("opening");
    inspector.see(bytes('"message":"later"}}'));
    expect(inspector.end()).toMatchObject({ kind: "overloaded", track: "window" });
  });

  test("is whole where it holds an answer", () => {
    const inspector = new ResponseInspector(asked);
    inspector.see(head(JSON_TYPE));
    inspector.see(bytes('{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}]}'));
    expect(inspector.end()).toBe("whole");
  });

  test("is content before its end when it is longer than any error", () => {
    const inspector = new ResponseInspector(asked);
    inspector.see(head(JSON_TYPE));
    expect(inspector.see(bytes(`{"data":"${"x".repeat(65_536)}`))).toBe("content");
    expect(inspector.end()).toBe("whole");
  });

  test.each(["", '{"choices":[{', "<html>"])("that cannot be read (%j) is none, where a model was asked", (text) => {
    const inspector = new ResponseInspector(asked);
    inspector.see(head(JSON_TYPE));
    inspector.see(bytes(text));
    expect(inspector.end()).toMatchObject({ kind: "stream-error" });
  });

  test("of anything else may be unreadable", () => {
    const inspector = new ResponseInspector({
      method: "POST",
      provider: "files.test",
      url: new URL("http://files.test/notes.json"),
    });
    inspector.see(head(JSON_TYPE));
    inspector.see(bytes("{"));
    expect(inspector.end()).toBe("whole");
  });
});

describe("What is only fetched", () => {
  const stored = '{"id":"batch_1","object":"batch","status":"failed","error":{"code":"server_error","message":"x"}}';

  test("may have failed once: then not now", () => {
    const url = new URL("http://provider.test/v1/batches/batch_1");
    const inspector = new ResponseInspector({ ...asked, url, method: "GET" });
    inspector.see(head("application/json"));
    inspector.see(bytes(stored));
    expect(inspector.end()).toBe("whole");
  });

  test("is told from a question, where it may be an answer", () => {
    const inspector = new ResponseInspector({ ...asked, method: "GET" });
    inspector.see(head("application/json"));
    inspector.see(bytes(stored));
    expect(inspector.end()).toMatchObject({ kind: "server-error" });
  });
});

describe("A stream of events", () => {
  const piece = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n';
  const last = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
  const read = (type: string, text: string): { sights: unknown[]; end: unknown } => {
    const inspector = new ResponseInspector(asked);
    inspector.see(head(type));
    const sights = cut(bytes(text), [1]).map((chunk) => inspector.see(chunk));
    return { sights: [...new Set(sights)], end: inspector.end() };
  };

  test.each(["application/json", "Text/Event-Stream; charset=utf-8"])("under the name of %s is one", (type) => {
    expect(read(type, piece + last)).toEqual({ sights: ["opening", "content", "end"], end: "whole" });
    expect(read(type, `\ufeff\n: wait\n\n${piece}`).end).toBe("cut");
    expect(read(type, `${piece}data: {"error":{"code":"server_error"}}\n\n`).end).toMatchObject({
      kind: "stream-error",
    });
  });

  test("with several choices, one after the other, is whole with the last: what comes behind an end says that there is more", () => {
    const [first, ended, second, done] = [
      '{"index":0,"delta":{"content":"a"}}',
      '{"index":0,"delta":{},"finish_reason":"stop"}',
      '{"index":1,"delta":{"content":"b"}}',
      '{"index":1,"delta":{},"finish_reason":"stop"}',
    ].map((choice) => `data: {"choices":[${choice}]}\n\n`) as [string, string, string, string];
    const inspector = new ResponseInspector(asked);
    inspector.see(head("text/event-stream"));
    expect([first, ended, second].map((event) => inspector.see(bytes(event)))).toEqual(["content", "end", "content"]);
    expect(inspector.end()).toBe("cut");
    expect(inspector.see(bytes(done + ended + second.replace('"b"', '""')))).toBe("end");
    expect(inspector.end()).toBe("whole");
  });

  test("may hold events without data", () => {
    expect(read("text/event-stream", `data:\n\nevent: ping\ndata: \n\n${piece}${last}`)).toEqual({
      sights: ["opening", "content", "end"],
      end: "whole",
    });
  });
});

describe("A page", () => {
  test("where a model was asked is a failure at once", () => {
    expect(new ResponseInspector(asked).see(head("text/html"))).toMatchObject({ kind: "server-error" });
  });

  test("of the same name that is read is an answer", () => {
    expect(new ResponseInspector({ ...asked, method: "GET" }).see(head("text/html"))).toBe("opening");
  });

  test("elsewhere is an answer", () => {
    const inspector = new ResponseInspector({
      method: "POST",
      provider: "site.test",
      url: new URL("http://site.test/"),
    });
    expect([inspector.see(head("text/html")), inspector.see(bytes("<html>")), inspector.end()]).toEqual([
      "opening",
      "content",
      "whole",
    ]);
  });
});

test("Sound, pictures and files are content from their first byte", () => {
  const inspector = new ResponseInspector({
    method: "POST",
    provider: "openai",
    url: new URL("http://provider.test/v1/audio/speech"),
  });
  expect([inspector.see(head("audio/mpeg")), inspector.see(new Uint8Array([255])), inspector.end()]).toEqual([
    "opening",
    "content",
    "whole",
  ]);
});

describe("Gemini's stream as an array", () => {
  const url = new URL("http://provider.test/v1beta/models/g:streamGenerateContent");
  const piece = '{"candidates":[{"content":{"parts":[{"text":"He"}]}}]}';
  const last = '{"candidates":[{"content":{"parts":[{"text":"y"}]},"finishReason":"STOP"}]}';

  test.each([
    [`[${piece},\n${last}]`, "whole"],
    [`[${piece},\n`, "cut"],
    [`[${piece},\n${last.slice(0, 30)}`, "stream-error"],
    [`[${piece},\n{"error":{"code":503,"status":"UNAVAILABLE","message":"x"}}]`, "overloaded"],
  ])("%s", (text, end) => {
    const inspector = new ResponseInspector({ method: "POST", provider: "gemini", url });
    inspector.see(head("application/json"));
    for (const chunk of cut(bytes(text), [3])) inspector.see(chunk);
    const told = inspector.end();
    expect(typeof told === "string" ? told : told.kind).toBe(end);
  });
});

test("A frame too long to be read may have been the end: nothing is said to be missing", () => {
  const inspector = new ResponseInspector(asked);
  inspector.see(head("text/event-stream"));
  inspector.see(bytes('data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'));
  const picture = `data: {"choices":[{"index":0,"delta":{"content":"${"x".repeat(5 * 1024 * 1024)}"},"finish_reason":"stop"}]}\n\n`;
  for (const chunk of cut(bytes(picture), [1_000_000])) inspector.see(chunk);
  expect(inspector.end()).toBe("whole");
});

test("A stream of somebody's own, at a path that a model is asked by elsewhere, is held to no format", () => {
  const inspector = new ResponseInspector({ ...asked, url: new URL("http://app.test/api/generate") });
  inspector.see(head("application/x-ndjson"));
  expect(inspector.see(bytes('{"word":"He"}\n{"word":"y"}\n'))).toBe("content");
  expect(inspector.end()).toBe("whole");
});
