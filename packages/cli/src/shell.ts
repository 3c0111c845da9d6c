/** What a command may touch of the process it runs in, so that a test can hand it something else. */
import type { ExitCode } from "./exit-code.ts";

export interface Shell {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Where keys come from; a test has none. */
  readonly stdin?: NodeJS.ReadStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Says what the process will end with; the last word counts. */
  exitWith(code: ExitCode): void;
}

/** What stdout can show: a screen to redraw, or lines; and whether it may have colours. */
export interface Looks {
  readonly live: boolean;
  readonly colour: boolean;
}

export function looksOf({ stdout, env }: Pick<Shell, "stdout" | "env">): Looks {
  const isTerminal = stdout.isTTY && env["TERM"] !== "dumb";
  const isMachine = isSet(env["CI"]) && env["CI"] !== "false" && env["CI"] !== "0";
  // https://no-color.org: present and not empty.
  return { live: isTerminal && !isMachine, colour: isTerminal && !isSet(env["NO_COLOR"]) };
}

/** Whoever came by `npm start` has no `recloser` on the path. */
export function isFromNpm({ env }: Pick<Shell, "env">): boolean {
  return env["npm_lifecycle_event"] === "start";
}

/** What follows a complaint about the command line. @param command `recloser`, or `recloser demo` */
export function helpHint(shell: Pick<Shell, "env">, command: string): string {
  return `Try ${isFromNpm(shell) ? "npm start --" : command} --help`;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
