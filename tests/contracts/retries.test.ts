/** An SDK that retries by itself multiplies an outage: its user is told, once. */
import { setImmediate as turn } from "node:timers/promises";
import type { ServerResponse } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { failing, guarded, opened } from "./guarded.ts";
import { SDK_WAYS } from "./ways.ts";
import type { Way } from "./ways.ts";

type Told = Error & { code?: string };

/** The warnings of that code from here on. */
function warnings(): Told[] {
  const told: Told[] = [];
  const listen = (warning: Told): void => {
    if (warning.code === "RECLOSER_SDK_RETRIES") told.push(warning);
  };
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  return told;
}

function down(response: ServerResponse): void {
  response.writeHead(500, { "content-type": "application/json", "retry-after-ms": "1" });
  response.end(JSON.stringify({ error: { message: "down" } }));
}

const SAY_SO = new Set(["openai", "openai, AzureOpenAI", "groq-sdk", "@anthropic-ai/sdk"]);
const EACH_SDK = [...new Map(SDK_WAYS.map((way) => [way.sdk, way])).entries()];
const retrying = EACH_SDK.filter(([sdk]) => SAY_SO.has(sdk));
const keyOf = (way: Way, what: string): string => `${what}:${way.sdk}`;

// Far from tripping: here it is the SDK's retries that are looked at.
const policy = { failureThreshold: 1_000 };

test.each(retrying)("%s, which retries twice by default, is told of once", async (_, way) => {
  const told = warnings();
  const made = await guarded({ policy, answer: down, key: keyOf(way, "default") });
  const ask = await way.client(made);
  for (let i = 0; i < 2; i++) await failing(ask());
  await turn();
  expect(made.provider.received).toHaveLength(6);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ name: "RecloserWarning" });
  expect(told[0]?.message).toContain("the SDK retries on its own: set maxRetries 0");
  expect(told[0]?.message).toContain(keyOf(way, "default"));
});

test.each(retrying)("%s without retries is not told of", async (_, way) => {
  const told = warnings();
  const made = await guarded({ policy, answer: down, key: keyOf(way, "none") });
  await failing((await way.client({ ...made, maxRetries: 0 }))());
  await turn();
  expect([made.provider.received.length, told]).toEqual([1, []]);
});

test.each(retrying)("%s that retries what we rejected is not told of", async (_, way) => {
  const told = warnings();
  const made = await opened({ key: keyOf(way, "rejected"), whenOpen: "throw" });
  await failing((await way.client({ ...made, maxRetries: 1 }))());
  await turn();
  expect([made.tries(), made.provider.received.length, told]).toEqual([2, 0, []]);
});
