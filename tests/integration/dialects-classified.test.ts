/** What the simulated provider sends, whatever the dialect, the route and the fault, is to the classifier what it was meant as. */
import { classify } from "recloser/classify";
import { FAULT_KINDS, simulatedProvider } from "recloser/testing";
import type { Fault, SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { meet, MODEL, SURFACES } from "../support/dialect-surfaces.ts";
import type { Surface } from "../support/dialect-surfaces.ts";
import { wholeSeconds } from "../support/whole-seconds.ts";

type Wanted = object | ((surface: Surface) => object);

const is = (kind: string, scope: string, retryAfterMs: number | null = null): object => ({ kind, scope, retryAfterMs });
const isOllama = ({ dialect }: Surface): boolean => dialect === "ollama";

/** Its one queue is the server's; a generation that failed speaks of the model. */
const failed = (surface: Surface): object => is("server-error", isOllama(surface) ? "model" : "provider");
const overloaded =
  (retryAfterMs: number | null = null) =>
  (surface: Surface): object =>
    is("overloaded", isOllama(surface) ? "provider" : "model", retryAfterMs);
const limited =
  (retryAfterMs: number | null = null) =>
  (surface: Surface): object =>
    is("rate-limited", isOllama(surface) ? "key" : "model", retryAfterMs);
/** Ollama has no headers that tell when a limit is over. */
const limitedUntilReset = (surface: Surface): object => limited(isOllama(surface) ? null : 30_000)(surface);
/** Whether it is the model that is not there only words tell, and OpenAI's not even those. */
const gone = { kind: "caller-error", retryAfterMs: null, scope: expect.stringMatching(/^(model|request)$/) };
const used = (surface: Surface): object => is("quota-exhausted", surface.dialect === "gemini" ? "model" : "key");
const brokenOff = (surface: Surface): object => (surface.streams ? { kind: "stream-error" } : { kind: "server-error" });
/** Ollama's OpenAI layer has one type for every failure, beside which its words need not count. */
const told =
  (kind: string) =>
  ({ dialect, path }: Surface): object => ({
    kind: dialect === "ollama" && path.startsWith("/v1") ? expect.stringMatching(`^(${kind}|server-error)$`) : kind,
  });
/** Ollama says it in words only, or under /v1 not at all. Gemini's document may be known by its code or not be read. */
const brokenOffOverloaded = (surface: Surface): object =>
  surface.streams && (isOllama(surface) || surface.dialect === "gemini")
    ? { kind: expect.stringMatching(/^(overloaded|stream-error)$/) }
    : told("overloaded")(surface);
/** With its finish reason a streamed answer is whole, whatever is missing behind it; a body in one piece lacks its end. */
const withoutMarker = ({ streams }: Surface): object => ({ kind: streams ? "success" : "stream-error" });

const AUTH = is("auth", "key");
const CALLER = is("caller-error", "request");
const CUT = is("stream-error", "provider");
const TIMEOUT = is("timeout", "provider");
const NETWORK = is("network", "provider");
const PAGE = is("server-error", "provider");
const SUCCESS = is("success", "provider");

const CASES: readonly (readonly [Fault | null, Wanted])[] = [
  [null, SUCCESS],
  [{ kind: "status", status: 500 }, failed],
  [{ kind: "status", status: 502 }, is("server-error", "provider")],
  [{ kind: "status", status: 503 }, overloaded()],
  [{ kind: "status", status: 503, retryAfter: 2 }, overloaded(2_000)],
  [{ kind: "status", status: 504 }, { kind: "timeout" }],
  [{ kind: "status", status: 529 }, overloaded()],
  [{ kind: "status", status: 400 }, CALLER],
  [{ kind: "status", status: 401 }, AUTH],
  [{ kind: "status", status: 402 }, is("quota-exhausted", "key")],
  [{ kind: "status", status: 403 }, AUTH],
  [{ kind: "status", status: 404 }, gone],
  [{ kind: "status", status: 413 }, CALLER],
  [{ kind: "rate-limit" }, limited()],
  [{ kind: "rate-limit", retryAfter: 20 }, limited(20_000)],
  [{ kind: "rate-limit", retryAfter: 20, retryAfterAs: "date" }, limited(20_000)],
  [{ kind: "rate-limit", limited: "requests", resetMs: 30_000 }, limitedUntilReset],
  [{ kind: "rate-limit", limited: "tokens", resetMs: 30_000 }, limitedUntilReset],
  [{ kind: "rate-limit", limited: "tokens", resetMs: 30_000, retryAfter: 20 }, limited(20_000)],
  [{ kind: "quota" }, used],
  [{ kind: "auth" }, AUTH],
  [{ kind: "bad-request" }, CALLER],
  [{ kind: "ok-with-error" }, { kind: "server-error" }],
  [{ kind: "ok-with-error", error: "overloaded" }, told("overloaded")],
  [{ kind: "ok-with-error", error: "rate-limited" }, told("rate-limited")],
  [{ kind: "html" }, PAGE],
  [{ kind: "html", status: 200 }, PAGE],
  [{ kind: "stream-error" }, brokenOff],
  [{ kind: "stream-error", afterChunks: 0 }, brokenOff],
  [{ kind: "stream-error", error: "overloaded" }, brokenOffOverloaded],
  [{ kind: "stream-error", thenMarker: true }, brokenOff],
  [{ kind: "hang" }, TIMEOUT],
  [{ kind: "headers-only" }, TIMEOUT],
  [{ kind: "hang-mid-stream" }, TIMEOUT],
  [{ kind: "slow-first-token", ms: 5 }, SUCCESS],
  [{ kind: "cut-stream" }, CUT],
  [{ kind: "cut-stream", how: "reset" }, CUT],
  [{ kind: "no-terminal-marker" }, CUT],
  [{ kind: "no-terminal-marker", omit: "marker" }, withoutMarker],
  [{ kind: "reset" }, NETWORK],
  [{ kind: "slow-drip", everyMs: 0, bytes: 500 }, SUCCESS],
  [{ kind: "malformed-chunk" }, CUT],
  [{ kind: "malformed-chunk", where: "framing" }, CUT],
  [{ kind: "down" }, NETWORK],
];

const SILENT: ReadonlySet<string | undefined> = new Set(["hang", "headers-only", "hang-mid-stream"]);

test("Every kind of fault is among the cases", () => {
  expect(new Set(CASES.flatMap(([fault]) => fault?.kind ?? []))).toEqual(new Set(FAULT_KINDS));
});

describe.each(SURFACES)("$name", (surface) => {
  let provider: SimulatedProvider;
  beforeAll(async () => {
    provider = await simulatedProvider({ dialect: surface.dialect, answerTokens: 6, clock: wholeSeconds });
  });
  beforeEach(() => provider.reset());
  afterAll(() => provider.close());

  // Again, since a date in a header may be written just before a second turns, and the answer's own date just after it.
  test.each(CASES)("under %j is classified as what it is", { retry: 1 }, async (fault, wanted) => {
    await provider.setFault(fault);
    const input = await meet(provider, surface, SILENT.has(fault?.kind) ? 100 : 20_000);
    expect(classify(input)).toMatchObject(typeof wanted === "function" ? wanted(surface) : wanted);
    if (fault?.kind === "down") return;
    expect(provider.requests).toMatchObject([
      { outcome: fault?.kind ?? "success", stream: surface.streams, model: MODEL },
    ]);
  });
});
