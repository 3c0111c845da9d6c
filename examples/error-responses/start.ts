/**
 * Starts one of the apps in front of a simulated provider.
 *
 *     node --conditions=recloser-source --import tsx examples/error-responses/start.ts hono
 */
import { serve } from "@hono/node-server";
import OpenAI from "openai";
import { createBreaker } from "recloser";
import { simulatedProvider } from "recloser/testing";
import { Assistant } from "./answers.ts";
import { createApp as expressApp } from "./express.ts";
import { createApp as fastifyApp } from "./fastify.ts";
import { createApp as honoApp } from "./hono.ts";

const PORT = 3_000;
const latency = { firstToken: { kind: "fixed", ms: 200 }, interToken: { kind: "fixed", ms: 50 } } as const;
const provider = await simulatedProvider({ latency });
const client = new OpenAI({ baseURL: provider.baseUrl, apiKey: "any", maxRetries: 0 });
const breaker = createBreaker({ name: "openai", timeouts: { total: "30s" }, failureThreshold: 3 });
const assistant = new Assistant(client, breaker);

const framework = process.argv[2] ?? "hono";
if (framework === "fastify") await fastifyApp(assistant).listen({ port: PORT });
else if (framework === "express") expressApp(assistant).listen(PORT);
else serve({ fetch: honoApp(assistant).fetch, port: PORT });

console.log(`
${framework} answers at http://127.0.0.1:${PORT}, its provider is at ${provider.url}

an answer:    curl -iN 127.0.0.1:${PORT}/answer -H content-type:application/json -d '{"question":"Why?"}'
its tokens:   curl -iN 127.0.0.1:${PORT}/tokens -H content-type:application/json -d '{"questions":["Why?"]}'
an outage:    curl -X PUT ${provider.url}/admin/fault -d '{"kind":"status","status":503}'
`);
