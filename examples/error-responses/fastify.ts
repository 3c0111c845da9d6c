/** Fastify 5: it sends a `Response` as it is, status and headers included. */
import { Readable } from "node:stream";
import fastify, { type FastifyInstance } from "fastify";
import { type Assistant, eventsOf, problemOf, whenClientLeaves } from "./answers.ts";

export function createApp(assistant: Assistant): FastifyInstance {
  const app = fastify();

  app.post<{ Body: { question: string } }>("/answer", async ({ body }, reply) => ({
    answer: await assistant.answer(body.question, whenClientLeaves(reply.raw)),
  }));

  app.post<{ Body: { questions: string[] } }>("/tokens", async ({ body }, reply) => {
    const events = await eventsOf(assistant.tokens(body.questions, whenClientLeaves(reply.raw)));
    reply.headers({ "content-type": "text/event-stream", "cache-control": "no-store" });
    return reply.send(Readable.from(events));
  });

  app.setErrorHandler((error, _request, reply) => reply.send(problemOf(error) ?? error));

  return app;
}
