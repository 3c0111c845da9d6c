/** The official OpenAI client against a gateway in front of simulated providers. */
import OpenAI from "openai";
import { simulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import { gatewayConfig, target } from "../support/gateway-config.ts";
import { startGateway } from "../support/running-gateway.ts";

const ask = { model: "gpt-5", messages: [{ role: "user" as const, content: "hello" }] };
const clientOf = (url: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: "callers-key" });

describe("The OpenAI client", () => {
  test("gets a whole answer and a streamed one", async () => {
    await using provider = await simulatedProvider();
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)] }));
    const client = clientOf(gateway.url);
    const whole = await client.chat.completions.create(ask);
    expect(whole.choices[0]?.message.content).not.toBe("");
    let text = "";
    let finish: string | null = null;
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
      finish ??= chunk.choices[0]?.finish_reason ?? null;
    }
    expect([text, finish]).toEqual([whole.choices[0]?.message.content, "stop"]);
  });
});
