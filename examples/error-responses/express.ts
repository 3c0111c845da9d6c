/** Express 5: it gives what a handler rejects with to its error handlers. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import express, { type ErrorRequestHandler, type Express } from "express";
import { type Assistant, eventsOf, problemOf, whenClientLeaves } from "./answers.ts";

export function createApp(assistant: Assistant): Express {
  const app = express();
  app.use(express.json());

  app.post("/answer", async (request, response) => {
    const { question } = request.body as { question: string };
    response.json({ answer: await assistant.answer(question, whenClientLeaves(response)) });
  });

  app.post("/tokens", async (request, response) => {
    const { questions } = request.body as { questions: string[] };
    const events = await eventsOf(assistant.tokens(questions, whenClientLeaves(response)));
    response.set({ "content-type": "text/event-stream", "cache-control": "no-store" });
    await pipeline(Readable.from(events), response);
  });

  const answerProblems: ErrorRequestHandler = async (error, _request, response, next) => {
    if (response.destroyed) return; // the client has left
    const problem = problemOf(error);
    if (problem === null || response.headersSent) return next(error);
    response
      .status(problem.status)
      .set(Object.fromEntries(problem.headers))
      .send(await problem.text());
  };
  app.use(answerProblems);

  return app;
}
