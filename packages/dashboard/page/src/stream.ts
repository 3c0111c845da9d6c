/** Follows the server's event stream, notices when it dies, and connects again. */
import type { BreakerView, Delta, EventView, Snapshot } from "../../src/views/wire.ts";
import { ask } from "./api.ts";
import type { Model } from "./model.ts";
import { eventWords } from "./words.ts";

// The server says something each second; after so long without a word nothing on the page can be called live.
const SILENT_MS = 4_000;
const AGAIN_FIRST_MS = 500;
const AGAIN_MOST_MS = 5_000;

/** Follows until the page goes. */
export function follow(model: Model): void {
  let lastId: string | null = null;
  let heardMs = performance.now();
  let tries = 0;
  let current: AbortController | null = null;

  const heard = (id: string, event: string, data: string): void => {
    heardMs = performance.now();
    tries = 0;
    if (id !== "") lastId = id;
    take(model, event, data);
    model.connected({ is: "live" });
  };
  const connect = async (): Promise<void> => {
    current = new AbortController();
    try {
      const response = await ask("stream", {
        headers: lastId === null ? {} : { "last-event-id": lastId },
        signal: current.signal,
      });
      if (response.status === 401) {
        await response.body?.cancel();
        return model.connected({ is: "token-needed", wasWrong: tries++ > 0 });
      }
      if (response.ok && response.body !== null) await read(response.body, heard);
    } catch {}
    // Ended, refused or broken off: all the same to who looks.
    if (model.connection.is === "live") model.connected({ is: "stale", sinceMs: heardMs });
    setTimeout(() => void connect(), Math.min(AGAIN_MOST_MS, AGAIN_FIRST_MS * 2 ** Math.min(tries++, 6)));
  };
  setInterval(() => {
    if (model.connection.is !== "live" || performance.now() - heardMs < SILENT_MS) return;
    model.connected({ is: "stale", sinceMs: heardMs });
    current?.abort();
  }, 500);
  addEventListener("recloser-token", () => void connect());
  void connect();
}

async function read(
  body: ReadableStream<Uint8Array>,
  heard: (id: string, event: string, data: string) => void,
): Promise<void> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const messages = text.split("\n\n");
    text = messages.pop() ?? "";
    for (const message of messages) {
      const field = (name: string): string => new RegExp(`^${name}: (.*)$`, "m").exec(message)?.[1] ?? "";
      heard(field("id"), field("event"), field("data"));
    }
  }
}

function take(model: Model, event: string, data: string): void {
  const value: unknown = JSON.parse(data);
  if (event === "snapshot") model.snapshot(value as Snapshot);
  else if (event === "delta") model.delta(value as Delta);
  else if (event === "event") {
    const told = value as { atMs: number; event: EventView; breaker: BreakerView | null };
    model.happened(told.atMs, told.event, told.breaker, eventWords(told.event));
  } else if (event === "beat") model.clock.heard((value as { atMs: number }).atMs);
}
