/**
 * A dashboard in one of the apps, over two breakers of which one fails now and then.
 *
 *     npm run build && node --conditions=recloser-source --import tsx examples/dashboard/start.ts express
 */
import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { createDashboard } from "@recloser/dashboard";
import { createRecloser } from "recloser";
import { createApp as expressApp } from "./express.ts";
import { createApp as fastifyApp } from "./fastify.ts";
import { createApp as honoApp } from "./hono.ts";
import { createApp as nodeApp } from "./node.ts";

const PORT = 3_000;
const recloser = createRecloser({ defaults: { failureRate: 0.5, minimumCalls: 10 } });
const dashboard = createDashboard({ recloser, basePath: "/breakers", allowActions: true });

const framework = process.argv[2] ?? "node";
if (framework === "fastify") await fastifyApp(dashboard).listen({ port: PORT, host: "127.0.0.1" });
else if (framework === "express") expressApp(dashboard).listen(PORT, "127.0.0.1");
else if (framework === "hono") serve({ fetch: honoApp(dashboard).fetch, port: PORT, hostname: "127.0.0.1" });
else nodeApp(dashboard).listen(PORT, "127.0.0.1");
console.log(`${framework}: http://127.0.0.1:${PORT}/breakers/`);

for (let at = 0; ; at++) {
  await sleep(100);
  const fails = Math.floor(at / 200) % 2 === 1;
  const overloaded = Object.assign(new Error("overloaded"), { status: 503 });
  const call = (): Promise<string> => (fails ? Promise.reject(overloaded) : Promise.resolve("ok"));
  await recloser.breaker("openai:gpt-5").execute(call, { fallback: () => "a cached answer" });
  await recloser.breaker("search").execute(() => Promise.resolve("found"));
}
