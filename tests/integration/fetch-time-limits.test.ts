/** A time limit above a guarded fetch whose abort does not say what it is, as a bundled SDK's: its time decides. */
import { createRecloser } from "recloser";
import type { BreakerSnapshot } from "recloser";
import { createFetch } from "recloser/fetch";
import { expect, test } from "vitest";
import { plainServer } from "../support/plain-server.ts";

// Far from what a machine that runs tests needs to make a request.
const SHORT_MS = 300;

type Window = BreakerSnapshot["window"];

/** A request that nobody answers and its caller's signal ends; what became of it. */
async function ended(signal: AbortSignal, headers: Record<string, string> = {}): Promise<Window> {
  const { url } = await plainServer(() => {});
  const recloser = createRecloser();
  const asked = createFetch(recloser, { key: "k" })(url, { headers, signal });
  const error: unknown = await asked.catch((thrown: unknown) => thrown);
  const { window } = recloser.breaker("k").snapshot();
  await recloser.close();
  expect(error).toBe(signal.reason);
  return window;
}

function aborted(headers: Record<string, string>, afterMs: number): Promise<Window> {
  const caller = new AbortController();
  setTimeout(() => caller.abort(), afterMs);
  return ended(caller.signal, headers);
}

const TELLS = ["x-stainless-timeout", "x-server-timeout"]; // openai, anthropic and groq; google

test.each(TELLS)("an abort when the seconds of %s are over is a timeout", async (header) => {
  expect(await aborted({ [header]: "1" }, 1_000)).toMatchObject({ failures: 1, byKind: { timeout: 1 } });
});

test.each(TELLS)("an abort before the seconds of %s are over is a wish", async (header) => {
  expect(await aborted({ [header]: "1" }, SHORT_MS)).toMatchObject({ calls: 0, failures: 0 });
});

test.each(["", "0", "-1", "soon", "NaN"])('an abort under "x-stainless-timeout: %s" is a wish', async (seconds) => {
  expect(await aborted({ "x-stainless-timeout": seconds }, SHORT_MS)).toMatchObject({ calls: 0, failures: 0 });
});

/** A caller's signal that aborts bare when another does, which is what SDKs do. */
function handedDown(from: AbortSignal): AbortSignal {
  const own = new AbortController();
  from.addEventListener("abort", () => own.abort());
  return own.signal;
}

test("an AbortSignal.timeout is a timeout however many signals hand it down", async () => {
  const deep = [1, 2, 3, 4].reduce((signal) => handedDown(signal), AbortSignal.timeout(SHORT_MS));
  expect(await ended(deep)).toMatchObject({ failures: 1, byKind: { timeout: 1 } });
});

test("a wish that is handed down is a wish, though a time limit stands beside it", async () => {
  const caller = new AbortController();
  setTimeout(() => caller.abort(), SHORT_MS);
  const beside = AbortSignal.any([caller.signal, AbortSignal.timeout(60_000)]);
  expect(await ended(handedDown(beside))).toMatchObject({ calls: 0, failures: 0 });
});

test("firstToken is for streams: an answer in one piece may take longer", async () => {
  const { url } = await plainServer((response) => {
    setTimeout(() => response.setHeader("content-type", "application/json").end('{"choices":[]}'), SHORT_MS);
  });
  const recloser = createRecloser({ defaults: { timeouts: { firstToken: SHORT_MS / 3 } } });
  const ask = (body: object): Promise<Response> =>
    createFetch(recloser, { key: "k" })(`${url}/v1/chat/completions`, { method: "POST", body: JSON.stringify(body) });
  await expect(ask({ model: "m" }).then((response) => response.json())).resolves.toEqual({ choices: [] });
  await expect(ask({ model: "m", stream: true })).rejects.toMatchObject({
    code: "ERR_CALL_TIMEOUT",
    phase: "first-token",
  });
  await recloser.close();
});
