/** The command line is wrong: which option, what was expected, what came. Ends the process with code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(option: string, expected: string, received: string) {
    super(`${option}: expected ${expected}; received ${JSON.stringify(received)}`);
  }
}
