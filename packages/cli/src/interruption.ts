/** Ctrl-C: the first one asks the command to end cleanly, the second one ends the process where it stands. */
import { EXIT, type ExitCode } from "./exit-code.ts";

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const;

export interface Interruption {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** What to end with: null while nobody asked. */
  readonly exitCode: ExitCode | null;
  /** Gives the signals back to Node. */
  release(): void;
}

export function listenForInterruption(): Interruption {
  const stop = new AbortController();
  let exitCode: ExitCode | null = null;
  const listeners = Object.entries(SIGNALS).map(([name, code]) => {
    const listener = (): void => {
      // `exit` listeners still run, so the screen is restored even then.
      if (exitCode !== null) process.exit(code);
      exitCode = code;
      stop.abort();
    };
    process.on(name, listener);
    return () => void process.off(name, listener);
  });
  return {
    signal: stop.signal,
    get exitCode() {
      return exitCode;
    },
    release: () => {
      for (const off of listeners) off();
    },
  };
}
