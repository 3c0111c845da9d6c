/** Two providers of limited capacity over HTTP, the first of which goes down; and the example, with the official clients. */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { createRecloser, failover, type FailoverReport } from "recloser";
import { type Capacity, simulatedProvider, type SimulatedProviderOptions } from "recloser/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { Assistant } from "../../examples/failover/ask.ts";
import { tripAtThree, until } from "../support/guarded-openai.ts";

async function provider(options: SimulatedProviderOptions) {
  const started = await simulatedProvider(options);
  onTestFinished(() => started.close());
  return started;
}

async function assistant() {
  const [gpt, claude] = [await provider({}), await provider({ dialect: "anthropic" })];
  const common = { apiKey: "any", maxRetries: 0, logLevel: "off" } as const;
  const recloser = createRecloser({ defaults: tripAtThree });
  onTestFinished(() => recloser.close());
  const reports: FailoverReport[] = [];
  const providers = {
    openai: new OpenAI({ ...common, baseURL: gpt.baseUrl }),
    anthropic: new Anthropic({ ...common, baseURL: claude.baseUrl }),
  };
  return {
    gpt,
    claude,
    reports,
    recloser,
    asked: new Assistant(providers, recloser, (report) => reports.push(report)),
  };
}

async function text(tokens: AsyncIterable<string>): Promise<string> {
  let all = "";
  for await (const token of tokens) all += token;
  return all;
}

describe("The example", () => {
  test("answers by OpenAI, by Anthropic while OpenAI is down, and by OpenAI again", async () => {
    const { gpt, claude, reports, recloser, asked } = await assistant();
    const first = await asked.answer("Why?");
    expect(first).not.toBe("");
    await gpt.setFault({ kind: "status", status: 503 });
    for (let i = 0; i < 6; i++) expect(await asked.answer("Why?")).not.toBe("");
    expect(reports.map(({ index }) => index)).toEqual([0, 1, 1, 1, 1, 1, 1]);
    expect(reports.at(-1)?.tried).toMatchObject([{ route: "openai:gpt-5", made: false }]);
    expect([gpt.stats().requests, claude.stats().requests]).toEqual([4, 6]);
    await gpt.setFault(null);
    await recloser.breaker({ provider: "openai", model: "gpt-5" }).probeNow({ by: "test" });
    expect(await asked.answer("Why?")).toBe(first);
    expect(reports.at(-1)).toMatchObject({ index: 0, tried: [] });
  });

  test.each([
    ["an error status", { kind: "status", status: 529 }],
    ["a refused connection", { kind: "down" }],
    ["an error in the stream's first event", { kind: "stream-error", afterChunks: 0 }],
  ] as const)("streams Anthropic's answer, and nothing else, after %s of OpenAI", async (_what, fault) => {
    const { gpt, reports, asked, claude } = await assistant();
    const whole = await text(asked.tokens("Why?"));
    await gpt.setFault(fault);
    const other = await text(asked.tokens("Why?"));
    expect(reports.map(({ index }) => index)).toEqual([0, 1]);
    expect([other.length > 20, other === whole, claude.stats().completed]).toEqual([true, false, 1]);
  });

  test("ends with an error where OpenAI's stream breaks off after its content", async () => {
    const { gpt, claude, reports, asked, recloser } = await assistant();
    await gpt.setFault({ kind: "no-terminal-marker" });
    await expect(text(asked.tokens("Why?"))).rejects.toMatchObject({ code: "ERR_STREAM_TRUNCATED" });
    expect([reports.length, claude.stats().requests]).toEqual([1, 0]);
    expect([...recloser.breakers()].map((breaker) => breaker.snapshot().inFlight)).toEqual([0, 0]);
  });

  test("leaves no connection open when its caller goes while OpenAI hangs", async () => {
    const { gpt, claude, asked } = await assistant();
    await gpt.setFault({ kind: "hang" });
    const caller = new AbortController();
    const answers = [asked.answer("Why?", caller.signal), text(asked.tokens("Why?", caller.signal))];
    await until(() => gpt.stats().inFlight === 2, "both are asked");
    const reason = new Error("left");
    caller.abort(reason);
    for (const answer of answers) await expect(answer).rejects.toBe(reason);
    await until(() => gpt.stats().inFlight === 0, "the connections are closed");
    expect(claude.stats().requests).toBe(0);
  });
});

// Long answers, beside which what this machine takes for a request is small.
const ANSWER_MS = 400;
const CALLERS = 40;
// Two fifths of what the callers ask for, as calls at once or as calls a second.
const PER_SECOND = 40;
const CAPACITIES: Readonly<Record<string, Capacity>> = {
  "16 calls at once, and 503 above": { maxConcurrent: 16, whenFull: "503" },
  "40 calls a second, and 429 above": { requestsPerSecond: PER_SECOND, whenFull: "429" },
};

describe.each(Object.entries(CAPACITIES))("A second provider that takes %s", (_name, capacity) => {
  test("is filled while the first is down, is asked for little more, and stays closed", async () => {
    const first = await provider({ latency: { answer: ANSWER_MS } });
    const second = await provider({ latency: { answer: ANSWER_MS }, capacity });
    const recloser = createRecloser({ defaults: { cooldown: { initial: 500, max: 1_000 } } });
    onTestFinished(() => recloser.close());
    let trips = 0;
    recloser.breaker("second").on("transition", () => void trips++);
    const ask = (url: string) => async (signal: AbortSignal) => {
      const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] });
      const response = await fetch(`${url}/chat/completions`, { method: "POST", body, signal });
      if (response.ok) await response.text();
      return response;
    };
    const route = (name: string, url: string) => ({
      breaker: recloser.breaker(name),
      run: ({ signal }: { signal: AbortSignal }) => ask(url)(signal),
    });
    const routes = [route("first", first.baseUrl), route("second", second.baseUrl)];

    let good = 0;
    const course = { isOver: false };
    // Each asks again when an answer's time has passed, whatever it has got.
    const callers = Array.from({ length: CALLERS }, async () => {
      while (!course.isOver) {
        const begunMs = performance.now();
        const answer = await failover(routes).catch(() => null);
        if (answer?.ok === true) good++;
        else if (answer !== null) await answer.body?.cancel();
        await new Promise((due) => setTimeout(due, Math.max(5, ANSWER_MS - (performance.now() - begunMs))));
      }
    });
    await until(() => first.stats().completed > 50, "the first one carries all");
    expect(second.stats().requests).toBe(0);
    await first.setFault({ kind: "status", status: 503 });
    await until(() => second.stats().completed > PER_SECOND, "the second one has taken over");
    const before = second.stats();
    const fromMs = performance.now();
    await new Promise((due) => setTimeout(due, 4_000));
    const seconds = (performance.now() - fromMs) / 1_000;
    const after = second.stats();
    await first.setFault(null);
    await until(() => recloser.breaker("first").state === "closed", "the first one is closed");
    await until(() => second.stats().inFlight === 0 && first.stats().inFlight > 10, "the first one carries all again");
    course.isOver = true;
    await Promise.all(callers);

    const refusedOf = ({ byOutcome }: typeof after): number => byOutcome["over-capacity"] ?? 0;
    const made = after.requests - before.requests;
    const refused = refusedOf(after) - refusedOf(before);
    // A busy machine answers later than the provider meant to, which leaves a place taken for longer.
    const tookMs = second.requests.flatMap(({ outcome, durationMs }) =>
      outcome === "success" ? (durationMs ?? []) : [],
    );
    const meanMs = tookMs.reduce((sum, ms) => sum + ms, 0) / tookMs.length;
    // Nine tenths are held in virtual time (tests/outage/failover.test.ts); here the machine has others to serve, too.
    expect((((made - refused) / seconds) * meanMs) / ANSWER_MS).toBeGreaterThan(0.6 * PER_SECOND);
    expect(refused / made).toBeLessThan(0.2);
    expect([trips, recloser.breaker("second").state, good > 0]).toEqual([0, "closed", true]);
  });
});
