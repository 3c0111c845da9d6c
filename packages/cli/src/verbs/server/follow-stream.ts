/** Follows a server's event stream: where it breaks it goes on after the last message, later and later while nobody answers. */
import { clearTimeout, setTimeout } from "node:timers";
import type { AdminApi } from "./admin-api.ts";
import { type EventMessage, eventMessages } from "./event-messages.ts";

// The server says something each second. One that has said nothing for so long is asked anew.
const SILENT_MS = 10_000;
const AGAIN_FIRST_MS = 250;
const AGAIN_MOST_MS = 5_000;

/** Resolves when the API is closed. What is wrong meanwhile is nobody's to hear here: the looks between find it out. */
export async function followStream(api: AdminApi, hear: (message: EventMessage) => void): Promise<void> {
  const { closed } = api;
  let lastId: string | null = null;
  let tries = 0;
  while (!closed.aborted) {
    try {
      for await (const message of spoken(api, lastId)) {
        tries = 0;
        if (message.id !== "") lastId = message.id;
        hear(message);
      }
    } catch {}
    // Not all that a server had as readers come back at once.
    const againMs = Math.min(AGAIN_MOST_MS, AGAIN_FIRST_MS * 2 ** tries++) * (0.5 + Math.random() / 2);
    if (!closed.aborted) await pause(againMs, closed);
  }
}

async function* spoken(api: AdminApi, lastId: string | null): AsyncGenerator<EventMessage> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  const timer = setTimeout(end, SILENT_MS);
  api.closed.addEventListener("abort", end, { once: true });
  try {
    for await (const message of eventMessages(await api.stream(lastId, stop))) {
      timer.refresh();
      yield message;
    }
  } finally {
    clearTimeout(timer);
    api.closed.removeEventListener("abort", end);
    end();
  }
}

function pause(ms: number, over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      over.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    over.addEventListener("abort", end, { once: true });
  });
}
