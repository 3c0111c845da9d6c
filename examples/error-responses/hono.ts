/** Hono: its error handler answers with a `Response`, which is what an open circuit gives. */
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { streamSSE } from "hono/streaming";
import { type Assistant, eventsOf, problemOf } from "./answers.ts";

export function createApp(assistant: Assistant): Hono {
  const app = new Hono();

  app.post("/answer", async (c) => {
    const { question } = await c.req.json<{ question: string }>();
    return c.json({ answer: await assistant.answer(question, c.req.raw.signal) });
  });

  app.post("/tokens", async (c) => {
    const { questions } = await c.req.json<{ questions: string[] }>();
    const events = await eventsOf(assistant.tokens(questions, c.req.raw.signal));
    return streamSSE(c, async (sse) => {
      for await (const event of events) await sse.write(event);
    });
  });

  app.onError((error, c) => {
    if (error instanceof HTTPException) return error.getResponse();
    return problemOf(error) ?? c.text("Internal Server Error", 500);
  });

  return app;
}
