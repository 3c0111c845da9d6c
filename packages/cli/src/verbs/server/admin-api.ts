/** Asks the API of an admin port: with a token, within a time limit, and for no more than can be held. */
import { clearTimeout, setTimeout } from "node:timers";
import { CommandFailure } from "../../command-failure.ts";
import { noRecloser, type Refused, serverSaysNo, serverTimedOut, serverUnreachable } from "./failures.ts";
import { wrongPort } from "./wrong-port.ts";

const MOST_BYTES = 67_108_864;

export interface Question {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
}

export interface Answer {
  readonly status: number;
  readonly refused: Refused | null;
  readonly json: Readonly<Record<string, unknown>>;
}

export class AdminApi {
  readonly #url: URL;
  readonly #token: string | null;
  readonly #limitMs: number;
  readonly #closed = new AbortController();

  /** @param url with a slash at its end */
  constructor(url: URL, token: string | null, limitMs: number) {
    this.#url = url;
    this.#token = token;
    this.#limitMs = limitMs;
  }

  /** For people. */
  get where(): string {
    return this.#url.href.replace(/\/$/, "");
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /**
   * An answer, also one that says no if the status is among those that `expected` takes.
   *
   * @throws CommandFailure
   */
  async ask(path: string, question: Question = {}, expected: readonly number[] = []): Promise<Answer> {
    const isWrite = (question.method ?? "GET") !== "GET";
    const stop = new AbortController();
    return this.#limited(stop, isWrite, async () => {
      const response = await this.#fetch(path, question, stop.signal);
      const text = await textOf(response);
      if (response.ok) return { status: response.status, refused: null, json: this.#objectIn(response, text) };
      const refused = refusedOf(response, text);
      if (expected.includes(response.status) && refused.code !== "")
        return { status: response.status, refused, json: {} };
      throw (await wrongPort(this.#url, response)) ?? serverSaysNo(refused, this.where);
    });
  }

  /** The event stream, once it has begun; whoever reads it ends it by `stop`. @throws CommandFailure */
  async stream(lastId: string | null, stop: AbortController): Promise<AsyncIterable<Uint8Array>> {
    const headers = lastId === null ? {} : { "last-event-id": lastId };
    return this.#limited(stop, false, async () => {
      const response = await this.#fetch("stream", { headers }, stop.signal);
      const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
      if (response.ok && isStream && response.body !== null) return response.body;
      const text = await textOf(response);
      throw response.ok
        ? noRecloser(this.where, "no event stream")
        : serverSaysNo(refusedOf(response, text), this.where);
    });
  }

  close(): void {
    this.#closed.abort();
  }

  #fetch(path: string, question: Question, signal: AbortSignal): Promise<Response> {
    const { method = "GET", headers = {}, body } = question;
    const all = new Headers({ accept: "application/json, text/event-stream", ...headers });
    if (this.#token !== null) all.set("authorization", `Bearer ${this.#token}`);
    if (method !== "GET") {
      all.set("recloser-csrf", "1");
      all.set("content-type", "application/json");
    }
    return fetch(new URL(`api/v1/${path}`, this.#url), {
      method,
      headers: all,
      signal,
      // A token is for one place.
      redirect: "manual",
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  // Once it has answered, what it began goes on without a limit.
  async #limited<T>(stop: AbortController, isWrite: boolean, work: () => Promise<T>): Promise<T> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stop.abort();
    }, this.#limitMs);
    const end = (): void => stop.abort();
    this.closed.addEventListener("abort", end, { once: true });
    try {
      if (this.closed.aborted) stop.abort();
      return await work();
    } catch (error) {
      if (error instanceof CommandFailure) throw error;
      if (isLate) throw serverTimedOut(this.#limitMs, this.where, isWrite);
      throw serverUnreachable(error, this.where, isWrite);
    } finally {
      clearTimeout(timer);
      this.closed.removeEventListener("abort", end);
    }
  }

  #objectIn(response: Response, text: string): Readonly<Record<string, unknown>> {
    const value = parsed(text);
    if (value !== null) return value;
    const type = response.headers.get("content-type")?.split(";")[0] ?? "no type";
    throw noRecloser(this.where, /^[\w./+-]{1,60}$/.test(type) ? type : "no JSON");
  }
}

async function textOf({ body }: Response): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  // Leaving the loop ends the stream.
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function refusedOf({ status, headers }: Response, text: string): Refused {
  const problem = parsed(text) ?? {};
  const field = (name: string): string => (typeof problem[name] === "string" ? problem[name] : "");
  // The admin listener's own refusals say it in the title.
  const detail = field("detail") || field("title");
  return { status, code: field("code"), detail, location: headers.get("location") ?? "" };
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
