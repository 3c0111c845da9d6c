/** Performs an answer script on a response. */
import type { ServerResponse } from "node:http";
import type { Clock } from "../../clock.ts";
import type { Act } from "./acts.ts";
import { turnOfIo } from "./turn-of-io.ts";

/**
 * Resolves when the script is through; rejects with the signal's reason when the client (or the provider) left before.
 * `onCut` is called before the script itself ends the connection, which looks no different afterwards.
 */
export async function play(
  acts: readonly Act[],
  response: ServerResponse,
  clock: Clock,
  signal: AbortSignal,
  onCut: () => void,
): Promise<void> {
  for (const act of acts) {
    signal.throwIfAborted();
    if (act.do === "cut") onCut();
    await perform(act, response, clock, signal);
  }
}

async function perform(act: Act, response: ServerResponse, clock: Clock, signal: AbortSignal): Promise<void> {
  switch (act.do) {
    case "wait":
      return clock.sleep(act.ms, { signal });
    case "head":
      response.writeHead(act.status, act.headers);
      // Or Node would keep the head back until the first byte of the body.
      response.flushHeaders();
      return;
    case "write":
      // Waits until the kernel has taken it, so a client that reads slowly is waited for and no answer piles up here,
      // and what was written before a cut is truly on the wire.
      return taken(signal, (done) => response.write(act.bytes, done));
    case "write-raw":
      return taken(signal, (done) => response.socket?.write(act.text, done));
    case "end":
      return taken(signal, (done) => response.end(done));
    case "hang":
      return taken(signal, () => {});
    case "cut":
      // libuv reports data and an RST that arrive in one poll as a clean end. A client in this process gets to read
      // what was sent before; one in another process is quicker than this as a rule.
      await turnOfIo();
      if (act.how === "reset") response.socket?.resetAndDestroy();
      else response.socket?.destroy();
  }
}

function taken(signal: AbortSignal, start: (done: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    start(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
  });
}
