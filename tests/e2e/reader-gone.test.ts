/** A server outlives whoever read its log: a `tee` that was killed or stopped must not take the gateway with it. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { simulatedProvider } from "recloser/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { BIN } from "../support/cli.ts";
import { post, sendRaw } from "../support/raw-http.ts";
import { ownTarget, serveProcess } from "../support/serve-process.ts";
import { freePort } from "../support/servers/redis.ts";

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

test("a gateway whose log's reader has stopped answers all the same, and ends when it is told to", async () => {
  await using provider = await simulatedProvider();
  const folder = mkdtempSync(join(tmpdir(), "recloser-reader-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  // A pipe as a shell makes them: what `spawn` makes is a socket, which never keeps a writer waiting.
  const pipe = join(folder, "log");
  execFileSync("mkfifo", [pipe]);
  const nobodyReads = openSync(pipe, constants.O_RDWR);
  onTestFinished(() => closeSync(nobodyReads));
  const config = join(folder, "recloser.json");
  const [port, adminPort] = [await freePort(), await freePort()];
  const targets = { one: ownTarget(provider.baseUrl) };
  writeFileSync(config, JSON.stringify({ listen: { port }, admin: { port: adminPort }, targets }));
  const gateway = spawn(process.execPath, [BIN, "serve", "--config", config], {
    stdio: ["ignore", nobodyReads, "pipe"],
  });
  onTestFinished(() => void gateway.kill("SIGKILL"));
  const exited = once(gateway, "exit");
  gateway.stderr?.resume();
  await vi.waitFor(() => fetch(`http://127.0.0.1:${adminPort}/healthz`), { timeout: 20_000, interval: 50 });
  // More lines than a pipe holds.
  for (let n = 0; n < 40; n++) {
    const answers = Array.from({ length: 10 }, () => sendRaw(`http://127.0.0.1:${port}`, ask));
    expect(await Promise.all(answers)).toMatchObject(answers.map(() => ({ status: 200 })));
  }
  gateway.kill("SIGTERM");
  expect(await exited).toEqual([0, null]);
});
