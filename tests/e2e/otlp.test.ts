/** `recloser serve` and collectors of OTLP: one that variables name, one that is dead, one that hangs. */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { otlpCollector } from "../support/otlp-collector.ts";
import { plainServer } from "../support/plain-server.ts";
import { ownTarget, serveProcess } from "../support/serve-process.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const QUICK = { OTEL_BSP_SCHEDULE_DELAY: "100", OTEL_METRIC_EXPORT_INTERVAL: "200", OTEL_EXPORTER_OTLP_TIMEOUT: "300" };

async function targets(): Promise<object> {
  const provider = await plainServer((response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3 } }));
  });
  return { one: ownTarget(`${provider.url}/v1`) };
}

async function ask(url: string): Promise<number> {
  const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", body: '{"model":"gpt-5"}' });
  await response.arrayBuffer();
  return response.status;
}

test("OpenTelemetry's variables say where to, without a word in the configuration", async () => {
  const collector = await otlpCollector();
  await using gateway = await serveProcess(
    { targets: await targets() },
    {
      ...QUICK,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: "x-team=search",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_SERVICE_NAME: "ask",
    },
  );
  expect(await ask(gateway.url)).toBe(200);
  const paths = (): string[] => [...new Set(collector.deliveries.map(({ path }) => path))].toSorted();
  await expect.poll(paths, { timeout: 10_000 }).toEqual(["/v1/metrics", "/v1/traces"]);
  expect(collector.deliveries[0]?.headers).toMatchObject({
    "content-type": "application/x-protobuf",
    "content-encoding": "gzip",
    "x-team": "search",
  });
  await expect.poll(() => collector.text(), { timeout: 10_000 }).toContain("gen_ai.client.token.usage");
  expect(collector.text()).toMatch(/service\.name\W+ask/);
});

test("A collector that is dead costs no request anything, and is told once, as is its coming back", async () => {
  const url = await deadUrl();
  await using gateway = await serveProcess({ targets: await targets(), otlp: { url, metrics: false } }, QUICK);
  expect(await ask(gateway.url)).toBe(200);
  const { reason, signal } = await gateway.logged("otlp");
  expect([reason, signal]).toEqual(["ECONNREFUSED", "traces"]);
  expect(await ask(gateway.url)).toBe(200);
  const server = createServer((request, response) => void request.resume().on("end", () => response.end()));
  await new Promise<void>((resolve) => server.listen(Number(new URL(url).port), "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  expect(await ask(gateway.url)).toBe(200);
  expect(await gateway.logged("otlp", 2)).toMatchObject({ taken: true, signal: "traces" });
});

test("A collector that hangs costs no request anything, is told once, and holds nothing up at the end", async () => {
  const collector = await otlpCollector(null);
  await using gateway = await serveProcess({ targets: await targets(), otlp: { url: collector.url } }, QUICK);
  for (let round = 0; round < 5; round++) {
    const statuses = await Promise.all(Array.from({ length: 20 }, () => ask(gateway.url)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    await expect.poll(() => collector.deliveries.length, { timeout: 10_000 }).toBeGreaterThan(round * 2);
  }
  await gateway.logged("otlp", 2);
  expect(gateway.lines("otlp").map(({ signal, reason }) => [signal, reason])).toEqual(
    expect.arrayContaining([
      ["traces", "timeout"],
      ["metrics", "timeout"],
    ]),
  );
  expect(gateway.lines("otlp").length).toBe(2);
  const stoppingMs = performance.now();
  gateway.child.kill("SIGTERM");
  expect((await gateway.ended).code).toBe(0);
  expect(performance.now() - stoppingMs).toBeLessThan(8_000);
});

async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

test("Nothing of OpenTelemetry's SDK is loaded where nothing is sent", async () => {
  const program = `
    import { createRequire } from "node:module";
    import { createGateway } from "@recloser/gateway";
    import { loadConfig } from "@recloser/gateway/config";
    for (const otlp of [false, {}]) {
      const file = { listen: { port: 0 }, admin: false, log: { level: "silent" }, otlp };
      const bytes = Buffer.from(JSON.stringify(file));
      const { config } = loadConfig({ file: { name: "a.json", bytes }, env: {} });
      const gateway = createGateway(config);
      await gateway.listen();
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      // prom-client loads the API by itself, which does nothing without an SDK.
      console.log(loaded.some((path) => path.includes("@opentelemetry/") && !path.includes("@opentelemetry/api/")));
      await gateway.close();
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { cwd: ROOT });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [said, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect([said, problems]).toEqual(["false\ntrue\n", ""]);
});
