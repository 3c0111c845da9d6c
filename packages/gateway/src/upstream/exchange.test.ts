import type { Dispatcher } from "undici";
import { describe, expect, test } from "vitest";
import { Exchange } from "./exchange.ts";
import { RefusedAnswer } from "./refused-answer.ts";
import { Secrets } from "./secrets.ts";

const LIMITS = { connectMs: 60_000, headersMs: 60_000, idleMs: null, totalMs: null };
const REQUEST = { method: "POST", path: "/", headers: [], body: null };
const SECRETS = new Secrets({ auth: { kind: "none" }, headers: { set: {}, remove: [] }, query: {} });

interface Answering {
  readonly exchange: Exchange;
  readonly head: (status: number, headers?: Record<string, string>) => void;
  readonly data: (text: string) => void;
  readonly end: () => void;
  /** Why the request was given up; null: it was not. */
  readonly aborted: () => Error | null;
}

function begun(): Answering {
  let aborted: Error | null = null;
  const controller = {
    abort: (reason: Error) => void (aborted = reason),
    pause: () => {},
    resume: () => {},
    paused: false,
  } as unknown as Dispatcher.DispatchController;
  const exchange = new Exchange("key", LIMITS, SECRETS, undefined);
  const dispatcher = {
    dispatch: (_request: unknown, handler: Exchange) => {
      handler.onRequestStart(controller);
      return true;
    },
  };
  exchange.send(dispatcher as unknown as Dispatcher, REQUEST);
  return {
    exchange,
    head: (status, headers = {}) => exchange.onResponseStart(controller, status, headers),
    data: (text) => exchange.onResponseData(controller, Buffer.from(text)),
    end: () => exchange.onResponseEnd(),
    aborted: () => aborted,
  };
}

async function refusal(next: Promise<unknown>): Promise<RefusedAnswer> {
  const error: unknown = await next.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RefusedAnswer)) throw new Error("nothing was refused");
  return error;
}

describe("An exchange", () => {
  test("gives its head, its bytes and its end", async () => {
    const { exchange, head, data, end, aborted } = begun();
    const first = exchange.next();
    head(200);
    data("a");
    end();
    expect(await first).toMatchObject({ value: { status: 200 } });
    expect((await exchange.next()).value).toEqual(Buffer.from("a"));
    expect((await exchange.next()).done).toBe(true);
    expect(aborted()).toBeNull();
  });

  test("that is left gives the request up, and ends for whoever waits", async () => {
    const { exchange, aborted } = begun();
    const waiting = exchange.next();
    void exchange.return();
    expect((await waiting).done).toBe(true);
    expect(aborted()).not.toBeNull();
    expect(exchange.thrown).toBeNull();
  });

  test("throws an answer that is no success, whole", async () => {
    const { exchange, head, data, end } = begun();
    const thrown = refusal(exchange.next());
    head(500);
    data("no");
    end();
    expect(await thrown).toMatchObject({ status: 500, body: "no", rest: null });
    expect(exchange.thrown).toBe(await thrown);
  });

  test("that broke off after the head of a refusal has said what it had to say", async () => {
    const { exchange, head, data } = begun();
    const thrown = refusal(exchange.next());
    head(503);
    data("n");
    exchange.fail(new Error("reset"));
    expect(await thrown).toMatchObject({ status: 503, body: "n", rest: null });
  });

  test("refuses an answer in an encoding that nobody asked for", async () => {
    const { exchange, head, aborted } = begun();
    const waiting = exchange.next();
    head(200, { "content-encoding": "br" });
    await expect(waiting).rejects.toMatchObject({ name: "UnreadableAnswer" });
    expect(aborted()).not.toBeNull();
  });
});

describe("The rest of a refusal that is long", () => {
  const LONG = "x".repeat(65_536);

  async function long(): Promise<Answering & { readonly error: RefusedAnswer }> {
    const answering = begun();
    const thrown = refusal(answering.exchange.next());
    answering.head(400);
    answering.data(LONG);
    return { ...answering, error: await thrown };
  }

  test("is its reader's, though the exchange is left", async () => {
    const { exchange, error, data, end } = await long();
    void exchange.return();
    const more = error.rest?.next();
    data("y");
    end();
    expect((await more)?.value).toEqual(Buffer.from("y"));
    expect((await error.rest?.next())?.done).toBe(true);
  });

  test("breaks for whoever waits for it when it is dropped: what came must not pass for the whole", async () => {
    const { error, aborted, exchange } = await long();
    const more = error.rest?.next();
    error.drop();
    await expect(more).rejects.toThrow("nobody reads the answer");
    expect(aborted()).not.toBeNull();
    expect(exchange.thrown).toBe(error);
  });
});
