/** A process warning, once per code and subject: for faults of user code that must change no call's result. */

interface WarningHost {
  readonly process?: { emitWarning?(message: string, options: { type: string; code: string }): void };
}

const warned = new Set<string>();
// A bound on memory: past it everything has been said often enough.
const MOST_WARNINGS = 1_000;

/** Warns once per `code` and `subject`. Says what happened and what the library did about it. */
export function warnOnce(code: string, subject: string, message: string): void {
  const id = `${code} ${subject}`;
  if (warned.has(id) || warned.size >= MOST_WARNINGS) return;
  warned.add(id);
  const host = globalThis as WarningHost;
  if (host.process?.emitWarning === undefined) console.warn(`[${code}] ${message}`);
  else host.process.emitWarning(message, { type: "RecloserWarning", code });
}

/** A thrown value in one short line, for a warning. */
export function describe(error: unknown): string {
  try {
    return String(error instanceof Error ? `${error.name}: ${error.message}` : error).slice(0, 200);
  } catch {
    return "a value that cannot be shown";
  }
}
