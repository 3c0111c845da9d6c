import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createApp } from "../src/http/app.ts";
import { started } from "./simulated.ts";

test("a question is answered over HTTP by the simulated provider, a real client, the guard and the database", async () => {
  const { agent, primary } = await started();
  const server = createApp(agent).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/ask`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ question: "How many customers do we have?" }),
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    kind: "rows",
    columns: ["customers"],
    rows: [[2_000]],
    meta: { mode: "live", degraded: false, provider: "primary", simulated: true, explanation: "given" },
  });
  expect(primary.stats().byOutcome).toEqual({ success: 2 });
});

test("with the provider down the ladder is gone down, step by step", async () => {
  const { agent, primary, standby } = await started();
  const ask = (question: string) => agent.ask(question);
  await ask("How many customers do we have?");
  await primary.setFault({ kind: "status", status: 503 });
  expect((await ask("Orders by status")).meta.mode).toBe("failover");
  await standby.setFault({ kind: "status", status: 503 });
  expect((await ask("How many customers do we have?")).meta).toMatchObject({ mode: "cached-sql", degraded: true });
  expect((await ask("Top 3 suppliers")).meta).toMatchObject({ mode: "template", degraded: true });
  expect((await ask("What is the average order value?")).meta.mode).toBe("queued");
  expect((await agent.ask("What is the average order value?", { mayQueue: false })).meta.mode).toBe("unavailable");
});
