/** Mistakes on the command line are told in one line; anything else is a fault of ours, and shows where it came from. */
const MISTAKES = /^(ERR_PARSE_ARGS|ENOENT|EISDIR|EACCES)/;

/** From here on. @param name of the command */
export function tellMistakes(name: string): void {
  process.on("uncaughtException", (error: Error & { code?: unknown }) => {
    const isMistake = MISTAKES.test(String(error.code)) || error instanceof SyntaxError;
    console.error(isMistake ? `${name}: ${error.message.split("\n")[0]} (--help shows what it takes)` : error);
    process.exit(isMistake ? 2 : 1);
  });
}
