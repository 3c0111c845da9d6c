/**
 * An open circuit in a gateway of its own process, and the SDKs in front of it with everything at its default: one try, the
 * provider is not asked, the caller knows within 20 ms, and knows why. docs/reference/sdks-open-circuit.md has a table.
 */
import { CircuitOpenError } from "recloser";
import { type Fault, simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { plain, rowsOf, sectionOf } from "../docs/page.ts";
import { startServed } from "../support/served-gateway.ts";
import { countedFetch, FORMATS, GATEWAY_WAYS, oneRouteEach, PLAIN } from "./gateway.ts";
import { failing } from "./guarded.ts";
import { SET } from "./sdks.ts";
import { nameOf } from "./ways.ts";
import type { Way } from "./ways.ts";

const AT_MOST_MS = 20;
// As in open-circuit.test.ts: the first compiles the SDK's code, of the others the machine may disturb some.
const ASKED = 11;
const ASKED_ON_A_BUSY_MACHINE = 60;
const FAILURES = 3;

const WAYS = GATEWAY_WAYS.map((way) => [nameOf(way), way] as const);

interface Stand extends AsyncDisposable {
  readonly url: string;
  /** How often any provider has been asked. */
  readonly asked: () => number;
}

let stand: Stand;

/** A gateway all of whose providers have answered so many requests in their format with a fault. */
async function standAfter(fault: Fault, times: number): Promise<Stand> {
  const providers: SimulatedProvider[] = [];
  const urls = { openai: "", anthropic: "", gemini: "" };
  for (const format of FORMATS) {
    const provider = await simulatedProvider({ dialect: format, fault });
    providers.push(provider);
    urls[format] = provider.baseUrl;
  }
  const gateway = await startServed({
    ...oneRouteEach(urls),
    breaker: { failureThreshold: FAILURES, shed: { adaptive: false }, cooldown: { initial: "10m", max: "10m" } },
    retry: { perTarget: 0 },
  });
  const headers = { "content-type": "application/json" };
  for (const { path, body } of Object.values(PLAIN))
    for (let i = 0; i < times; i++)
      await fetch(gateway.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  return {
    url: gateway.url,
    asked: () => providers.reduce((sum, { requests }) => sum + requests.length, 0),
    async [Symbol.asyncDispose]() {
      await gateway.kill();
      for (const provider of providers) await provider.close();
    },
  };
}

interface Measured {
  readonly errors: readonly unknown[];
  readonly tries: number;
  readonly reached: number;
  readonly bestMs: number;
  readonly medianMs: number;
}

const measured = new Map<Way, Measured>();

async function measure(way: Way): Promise<Measured> {
  const known = measured.get(way);
  if (known !== undefined) return known;
  const { fetch: counted, tries } = countedFetch();
  const ask = await way.client({ fetch: counted, url: stand.url });
  const before = stand.asked();
  const errors: unknown[] = [];
  const timesMs: number[] = [];
  const slow = (): boolean => Math.min(...timesMs) >= AT_MOST_MS && errors.length < ASKED_ON_A_BUSY_MACHINE;
  while (errors.length < ASKED || slow()) {
    const { error, afterMs } = await failing(ask());
    if (errors.push(error) > 1) timesMs.push(afterMs);
  }
  timesMs.sort((a, b) => a - b);
  const [bestMs = Infinity] = timesMs;
  const medianMs = timesMs[timesMs.length >> 1] ?? Infinity;
  const result = { errors, tries: tries(), reached: stand.asked() - before, bestMs, medianMs };
  measured.set(way, result);
  return result;
}

/** What the caller catches, as the page says it. */
function caught(error: unknown): string {
  const { status, statusCode = status } = error as { status?: number; statusCode?: number };
  const name = (error as Error).name === "AI_APICallError" ? "AI_APICallError" : (error as Error).constructor.name;
  return `${name}, ${statusCode}`;
}

/** One way of each SDK will do for what does not depend on the call. */
const EACH_SDK = [...new Map(GATEWAY_WAYS.map((way) => [way.sdk, way])).entries()];

describe("A hold in the gateway, before an SDK with its default settings", () => {
  beforeAll(async () => (stand = await standAfter({ kind: "rate-limit", retryAfter: 50 }, 1)));
  afterAll(() => stand[Symbol.asyncDispose]());

  test.each(EACH_SDK)("is told after one try by %s", async (_, way) => {
    const { fetch: counted, tries } = countedFetch();
    const before = stand.asked();
    const { error } = await failing((await way.client({ fetch: counted, url: stand.url }))());
    expect(CircuitOpenError.from(error)).toMatchObject({ state: "closed", reason: "rate-limited" });
    expect([tries(), stand.asked() - before]).toEqual([1, 0]);
  });
});

describe("An open circuit in the gateway, before an SDK with its default settings", () => {
  beforeAll(async () => (stand = await standAfter({ kind: "status", status: 503 }, FAILURES)));
  afterAll(() => stand[Symbol.asyncDispose]());

  test.each(WAYS)("is told after one try and at once by %s", async (_, way) => {
    const { errors, tries, reached, bestMs } = await measure(way);
    expect(tries, "tries").toBe(errors.length);
    expect(reached, "calls of the provider").toBe(0);
    expect(bestMs).toBeLessThan(AT_MOST_MS);
    for (const error of errors) {
      expect(CircuitOpenError.is(error), String(error)).toBe(true);
      const open = CircuitOpenError.from(error);
      expect(open).toMatchObject({ code: "ERR_CIRCUIT_OPEN", state: "open", reason: "open" });
      expect(open?.key).toMatch(/^(?:openai|anthropic|gemini):m/);
      expect(open?.retryAfterMs).toBeGreaterThan(60_000);
      expect(open?.retryAfterMs).toBeLessThanOrEqual(720_000);
    }
  });

  test("is what the page says", async () => {
    const rows: Record<string, string>[] = [];
    const times: string[] = [];
    for (const [name, way] of WAYS) {
      const { errors, bestMs, medianMs } = await measure(way);
      rows.push({ SDK: way.sdk, Call: way.call, "The caller catches": caught(errors[0]) });
      times.push(`${name}: ${caught(errors[0])}, best ${bestMs.toFixed(1)} ms, median ${medianMs.toFixed(1)} ms`);
    }
    console.log(`An open circuit in the gateway, SDKs of the set "${SET}", one try each:\n${times.join("\n")}`);
    const page = rowsOf(sectionOf("reference/sdks-open-circuit.md", "Through the gateway"), "The caller catches");
    expect(page.map((row) => Object.fromEntries(Object.entries(row).map(([key, cell]) => [key, plain(cell)])))).toEqual(
      rows,
    );
  });
});
