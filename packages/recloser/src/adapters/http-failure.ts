/**
 * An answer with an error status, on its way through a breaker: classified by what its body says (a quota looks like a
 * rate limit by its status), then given back whole.
 */
import { offAbort, onAbort } from "../abort-listeners.ts";
import { systemClock } from "../clock.ts";

// Enough of a body to see what it says, and as long as a body may take that came with its headers. More is passed on unread.
const BODY_BYTES = 65_536;
const BODY_MS = 1_000;

// A body that is dropped unread: `fetch` lets go of its connection by itself then, but not where somebody reads from it.
const dropped = new FinalizationRegistry<{ letGo(): void }>((rest) => rest.letGo());

export class HttpFailure extends Error {
  readonly response: Response;
  // What the classifier looks for on a thrown error.
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;

  constructor(response: Response, body: string) {
    super(`status ${response.status}`);
    this.response = response;
    this.status = response.status;
    this.headers = response.headers;
    this.body = body;
  }
}

/**
 * Reads the start of an error's body. What was read is put back in front of the rest, which is no longer the call's.
 *
 * @param signal the caller's: its abort ends the rest of the body too
 */
export async function failureOf(response: Response, signal: AbortSignal | undefined): Promise<HttpFailure> {
  if (response.body === null) return new HttpFailure(response, "");
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  const enough = new AbortController();
  const late = systemClock.sleep(BODY_MS, { signal: enough.signal }).then(
    () => null,
    () => null,
  );
  let pending = reader.read();
  for (let size = 0; size < BODY_BYTES;) {
    // A body that breaks here breaks again for whoever reads the response.
    const result = await Promise.race([pending, late]).catch(() => null);
    if (result === null || result.done) break;
    chunks.push(result.value);
    size += result.value.byteLength;
    pending = reader.read();
  }
  enough.abort();
  const decoder = new TextDecoder();
  const text = chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join("");
  pending.catch(() => {});
  // By a weak reference only: a signal may outlive any number of bodies that nobody reads.
  let weakly: WeakRef<ReadableStreamDefaultController> | null = null;
  const cancel = (reason?: unknown): Promise<void> => reader.cancel(reason);
  const abort = (): void => {
    weakly?.deref()?.error(signal?.reason);
    cancel(signal?.reason).catch(() => {});
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        weakly = new WeakRef(controller);
      },
      async pull(controller) {
        const chunk = chunks.shift();
        if (chunk !== undefined) return controller.enqueue(chunk);
        const { done, value } = await pending;
        if (done) return controller.close();
        pending = reader.read();
        pending.catch(() => {});
        controller.enqueue(value);
      },
      cancel,
    },
    // Read only when asked: what waits for a chunk would hold the body that is waited with.
    { highWaterMark: 0 },
  );
  if (signal !== undefined) {
    onAbort(signal, abort);
    reader.closed.catch(() => {}).finally(() => offAbort(signal, abort));
  }
  dropped.register(body, { letGo: () => void cancel().catch(() => {}) });
  return new HttpFailure(withBody(response, body), text);
}

/** The same response with another body. A new response has no `url`, `redirected` or `type` of its own; SDKs log them. */
export function withBody(response: Response, body: ReadableStream<Uint8Array>): Response {
  const { status, statusText, headers, url, redirected, type } = response;
  const copy = new Response(body, { status, statusText, headers });
  return Object.defineProperties(copy, {
    url: { value: url },
    redirected: { value: redirected },
    type: { value: type },
  });
}
