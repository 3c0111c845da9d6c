/** The log: JSON lines by pino, or lines for people. No prompt, no key and no word of a provider's gets here. */
import { pino } from "pino";
import type { RequestRecord } from "../attempts/request-record.ts";
import type { GatewayConfig } from "../config/config.ts";
import { LineBlocks } from "./line-blocks.ts";
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
const MOST_WAITING = 4_194_304;
// Writes up to this size are not torn apart where several processes write to one pipe (POSIX: PIPE_BUF; 4 096 on Linux).
const PIPE = 4_096;
// So many characters of lines are written at once, and what is there so often: a write for each line took a tenth of a request's time.
const GATHERED = 16_384;
const WRITTEN_EVERY_MS = 50;
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
  const sink = destination ?? (level === "silent" ? NOWHERE : stdoutInBlocks(base));
  const lines = pretty ? { write: (line: string) => sink.write(prettyLine(line, isTerminal())) } : sink;
  const common = Object.keys(base).length === 0 ? "" : `,${JSON.stringify(base).slice(1, -1)}`;
  const logger = pino(
    {
      level,
      base,
      timestamp: timeField,
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
      lines.write(requestLine(record, isBad ? "warn" : "info", common));
    },
    defect: (error) => logger.error({ event: "defect", ...defectFields(error) }, "a defect of the gateway"),
  };
}

let stdout: LineBlocks | null = null;

// One for the process. One of several processes says in each line which it is.
function stdoutInBlocks(base: Readonly<Record<string, unknown>>): LogDestination {
  if (stdout !== null) return stdout;
  const most = Object.keys(base).length === 0 ? GATHERED : PIPE;
  const blocks = new LineBlocks(1, { most, everyMs: WRITTEN_EVERY_MS, mostWaiting: MOST_WAITING });
  process.on("exit", () => blocks.end());
  stdout = blocks;
  return blocks;
}

// As pino would write it, at a third of the time: there is one for each request.
function requestLine(record: RequestRecord, level: "info" | "warn", common: string): string {
  const { route, status, durationMs } = record;
  const fields = JSON.stringify(requestFields(record)).slice(1, -1);
  const text = JSON.stringify(`${status} ${route ?? "-"} in ${Math.round(durationMs)} ms`);
  return `{"level":"${level}"${timeField()}${common},${fields},"msg":${text}}\n`;
}

let timeMs = 0;
let timeText = "";

// Many lines share a millisecond, and to write one costs as much as a line's other fields.
function timeField(): string {
  const nowMs = Date.now();
  if (nowMs !== timeMs) timeText = `,"time":"${new Date(nowMs).toISOString()}"`;
  timeMs = nowMs;
  return timeText;
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
