/** A command came to an end that is nobody's fault in the code: what to say on stderr, and what to exit with. */
import type { ExitCode } from "./exit-code.ts";

export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly exitCode: ExitCode;

  /** @param message what is wrong and, on further lines, what to do about it; nothing in it is secret or raw */
  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
