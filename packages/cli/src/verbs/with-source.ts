/** What every daily command does around its own work: find the source, say that it is asked, and leave nothing open. */
import { listenForInterruption } from "../interruption.ts";
import { looksOf, type Shell } from "../shell.ts";
import { type ServerGiven, serverSettings } from "./server/options.ts";
import { type SourceGiven, storeSettings } from "./source/options.ts";
import type { BreakerSource } from "./source/source.ts";

export interface Work {
  readonly source: BreakerSource;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** @param lasts whether it goes on when the connection breaks, and ends well when it is told to end */
export async function withSource(
  shell: Shell,
  given: SourceGiven & Partial<ServerGiven>,
  lasts: boolean,
  work: (work: Work) => Promise<void>,
): Promise<void> {
  const { url, open } = opening(shell, given, lasts);
  const waiting = showWaiting(shell, `asking ${url.protocol}//${url.host} …`);
  const interruption = listenForInterruption();
  const { signal } = interruption;
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  let source: BreakerSource | null = null;
  try {
    source = heardBy(await open(), waiting);
    const done = work({ source, signal });
    // What does not last is not waited for either, and whatever comes of it then is nobody's.
    done.catch(() => {});
    await (lasts ? done : Promise.race([done, stopped]));
    if (interruption.exitCode !== null) shell.exitWith(interruption.exitCode);
  } catch (error) {
    if (interruption.exitCode === null) throw error;
    shell.exitWith(interruption.exitCode);
  } finally {
    waiting.end();
    interruption.release();
    await source?.close();
  }
}

interface Opening {
  readonly url: URL;
  readonly open: () => Promise<BreakerSource>;
}

// Loaded only when it is opened: something is on the screen before the client library is.
function opening(shell: Shell, given: SourceGiven & Partial<ServerGiven>, lasts: boolean): Opening {
  const server = serverSettings(shell, given);
  if (server !== null)
    return {
      url: server.url,
      open: async () => (await import("./server/server-source.ts")).ServerSource.open(shell, server),
    };
  const store = storeSettings(shell, given);
  if (store.hasPasswordInArgv)
    shell.stderr.write(
      "recloser: everybody on this machine can read the password in --store (ps); put it into RECLOSER_STORE_PASSWORD, or the URL into RECLOSER_STORE\n",
    );
  return {
    url: store.url,
    open: async () => (await import("./source/store-source.ts")).StoreSource.open(store, lasts),
  };
}

interface Waiting {
  end(): void;
}

// A line that is gone when the answer comes, for whoever sits in front of it.
function showWaiting({ stderr, env }: Shell, text: string): Waiting {
  if (!looksOf({ stdout: stderr, env }).live) return { end: () => {} };
  let isShown = true;
  stderr.write(text);
  return {
    end() {
      if (isShown) stderr.write("\r\u001B[K");
      isShown = false;
    },
  };
}

function heardBy(source: BreakerSource, waiting: Waiting): BreakerSource {
  const { audit } = source;
  const heard = <T>(answer: Promise<T>): Promise<T> => answer.finally(() => waiting.end());
  return {
    label: source.label,
    absence: source.absence,
    tellsChanges: source.tellsChanges,
    read: (names) => heard(source.read(names)),
    operate: (name, command) => heard(source.operate(name, command)),
    onChange: (listener) => source.onChange(listener),
    ...(audit !== undefined && { audit: () => heard(audit()) }),
    ...(source.policies !== undefined && { policies: source.policies }),
    close: () => source.close(),
  };
}
