/** A guarded call to a provider, as a user of the library makes one, written down from its beginning to its end. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Breaker, CallTimeoutError, CircuitOpenError, ShedError } from "recloser";
import type { CallEnd, View } from "./entries.ts";
import type { News } from "./journal.ts";
import { machineMs } from "./machine-time.ts";

export interface Witness {
  readonly key: string;
  readonly write: (news: News) => void;
  readonly view: () => View;
}

/** Resolves to how it ended. @param provider null: the call is answered in the next turn, without a provider */
export async function makeCall(
  breaker: Breaker,
  provider: string | null,
  call: string,
  streams: boolean,
  { key, write, view }: Witness,
): Promise<CallEnd> {
  const startedAt = machineMs();
  write({ what: "began", key, call });
  const request = (context: { readonly signal: AbortSignal; readonly probe: boolean }): Promise<Response | null> => {
    write({ what: "admitted", key, call, probe: context.probe, view: view() });
    return provider === null ? nextTurn(null) : ask(provider, key, call, streams, context.signal);
  };
  let how: CallEnd;
  try {
    if (streams) {
      let isFirst = true;
      for await (const _chunk of breaker.stream(async (context) => bodyOf(await request(context)))) {
        if (isFirst) write({ what: "shown", key, call });
        isFirst = false;
      }
    } else
      await breaker.execute(async (context) => {
        await (await request(context))?.text();
      });
    how = { end: "answered" };
  } catch (error) {
    how = endOf(error);
  }
  write({ what: "ended", key, call, startedAt, how });
  return how;
}

async function ask(
  provider: string,
  key: string,
  call: string,
  stream: boolean,
  signal: AbortSignal,
): Promise<Response> {
  const response = await fetch(`${provider}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-recloser-call": call, "x-recloser-key": key },
    body: JSON.stringify({ model: "simulated-large", stream, messages: [{ role: "user", content: "hello" }] }),
    signal,
  });
  if (response.ok) return response;
  await response.text();
  throw Object.assign(new Error(`status ${response.status}`), { status: response.status, headers: response.headers });
}

async function* bodyOf(response: Response | null): AsyncGenerator<Uint8Array> {
  for await (const chunk of response?.body ?? []) yield chunk;
}

function endOf(error: unknown): CallEnd {
  if (CircuitOpenError.is(error)) {
    const { reason, state } = error as CircuitOpenError;
    return { end: "rejected", reason, state };
  }
  const shed = ShedError.from(error);
  if (shed !== null) return { end: "rejected", reason: `shed: ${shed.reason}`, state: "closed" };
  const late = CallTimeoutError.from(error);
  if (late !== null) return { end: "failed", status: null, message: late.message };
  const { status, cause, message = String(error) } = error as { status?: number; cause?: unknown; message?: string };
  if (status !== undefined) return { end: "failed", status, message };
  // What fetch throws where there is no provider, or none any more.
  const isNetwork = error instanceof TypeError && cause instanceof Error;
  if (isNetwork) return { end: "failed", status: null, message: `${message}: ${cause.message}` };
  return { end: "strange", message };
}
