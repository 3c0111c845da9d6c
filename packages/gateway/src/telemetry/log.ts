/** The log: JSON lines by pino, or lines for people. No prompt, no key and no word of a provider's gets here. */
import { pino } from "pino";
import type { RequestRecord } from "../attempts/request-record.ts";
import type { GatewayConfig } from "../config/config.ts";
import { prettyLine } from "./pretty.ts";
import { requestFields } from "./request-line.ts";

type Say = (fields: Readonly<Record<string, unknown>>, text: string) => void;

export interface Log {
  readonly debug: Say;
  readonly info: Say;
  readonly warn: Say;
  readonly error: Say;
  /** One line, when a request is over. */
  request(record: RequestRecord): void;
  /** An error of the gateway's own: what it is and where, not what it says, since that may be anybody's words. */
  defect(error: unknown): void;
}

/** Where lines go. */
export interface LogDestination {
  write(line: string): void;
}

// Behind a reader who has stopped, lines are lost rather than kept for ever.
const MOST_WAITING_BYTES = 4_194_304;
// Writes up to this size are not torn apart where several processes write to one pipe (POSIX: PIPE_BUF; 4 096 on Linux).
const PIPE_BYTES = 4_096;
const NOWHERE: LogDestination = { write: () => {} };

/**
 * @param destination null: stdout
 * @param base fields of every line
 */
export function createLog(
  { level, pretty }: GatewayConfig["log"],
  destination: LogDestination | null,
  base: Readonly<Record<string, unknown>> = {},
): Log {
  const sink =
    destination ??
    (level === "silent"
      ? NOWHERE
      : pino.destination({ dest: 1, sync: false, maxLength: MOST_WAITING_BYTES, maxWrite: PIPE_BYTES }));
  const lines = pretty ? { write: (line: string) => sink.write(prettyLine(line, isTerminal())) } : sink;
  const logger = pino(
    {
      level,
      base,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    lines,
  );
  return {
    debug: (fields, text) => logger.debug(fields, text),
    info: (fields, text) => logger.info(fields, text),
    warn: (fields, text) => logger.warn(fields, text),
    error: (fields, text) => logger.error(fields, text),
    request: (record) => {
      if (!logger.isLevelEnabled("warn")) return;
      const isBad = record.status >= 500 || record.end === "broken";
      if (!isBad && !logger.isLevelEnabled("info")) return;
      const { route, status, durationMs } = record;
      logger[isBad ? "warn" : "info"](
        requestFields(record),
        `${status} ${route ?? "-"} in ${Math.round(durationMs)} ms`,
      );
    },
    defect: (error) => logger.error({ event: "defect", ...defectFields(error) }, "a defect of the gateway"),
  };
}

function isTerminal(): boolean {
  return process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
}

function defectFields(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { name: typeof error };
  const { code = null } = error as NodeJS.ErrnoException;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ {4}at /.test(line));
  return { name: error.name, code, stack: frames.map((line) => line.trim()).slice(0, 20) };
}
