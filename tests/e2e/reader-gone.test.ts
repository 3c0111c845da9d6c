/** A server outlives whoever read its log: a `tee` that was killed must not take the gateway with it. */
import { simulatedProvider } from "recloser/testing";
import { expect, test } from "vitest";
import { post, sendRaw } from "../support/raw-http.ts";
import { ownTarget, serveProcess } from "../support/serve-process.ts";

const ask = post("/v1/chat/completions", { model: "gpt-5", messages: [{ role: "user", content: "hello" }] });

test("a gateway whose log nobody reads any more answers, reads its configuration again, and ends when it is told to", async () => {
  await using provider = await simulatedProvider();
  const config = { targets: { one: ownTarget(provider.baseUrl) } };
  await using gateway = await serveProcess(config);
  gateway.child.stdout?.destroy();
  gateway.child.stderr?.destroy();
  const answered = async (): Promise<void> => expect(await sendRaw(gateway.url, ask)).toMatchObject({ status: 200 });
  for (let n = 0; n < 3; n++) await answered();
  gateway.rewrite({ ...config, drain: "1s" });
  gateway.child.kill("SIGHUP");
  // Time for what a reload says, and for the log's block, to meet the closed pipes.
  await expect
    .poll(async () => (await fetch(`${gateway.adminUrl}/healthz`)).status, { timeout: 10_000, interval: 200 })
    .toBe(200);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await answered();
  gateway.child.kill("SIGTERM");
  expect(await gateway.ended).toEqual({ code: 0, signal: null });
});
