/** What went wrong with the store, in words that say what to do, and the exit code for it. */
import { CommandFailure } from "../../command-failure.ts";
import { EXIT } from "../../exit-code.ts";
import { printable, shortened } from "../../terminal/printable.ts";
import { lengthText } from "../../terminal/time-text.ts";

const NO_PASSWORD = /\bNOAUTH\b|Authentication required|password must be a string|no password supplied/i;
const WRONG_PASSWORD =
  /\bWRONGPASS\b|invalid (?:username|password)|password authentication failed|no pg_hba\.conf entry/i;
const NOT_ALLOWED = /\bNOPERM\b|ACL failure|has no permissions|can't (?:run|access)|permission denied/i;
// PostgreSQL's words for a schema, a table or a function that was never made, or by another version.
const NOT_MADE = /(?:schema|relation|function) .* does not exist|speaks version/i;

/** @param where the store, without its password */
export function storeFailure(error: unknown, where: string): CommandFailure {
  if (error instanceof CommandFailure) return error;
  const [, unkept] = /keeps no history \((.*)\);/s.exec(error instanceof Error ? error.message : "") ?? [];
  if (unkept !== undefined) return noAudit(where, unkept);
  const said = wordsOf(error);
  if (NO_PASSWORD.test(said) || WRONG_PASSWORD.test(said))
    return new CommandFailure(
      EXIT.auth,
      `${where} ${WRONG_PASSWORD.test(said) ? "refuses this user or password" : "wants a password"}\n` +
        "Put it into RECLOSER_STORE_PASSWORD, or into a file that --password-file names; the user's name stays in the URL: redis://name@host",
    );
  if (NOT_ALLOWED.test(said))
    return new CommandFailure(
      EXIT.auth,
      `${where} does not let this user do that (${said})\nWhat it must be allowed to is in docs/guide/redis.md, “The user”, or docs/guide/postgres.md, “Make the schema, once”`,
    );
  if (NOT_MADE.test(said))
    return new CommandFailure(
      EXIT.unreachable,
      `${where} has no circuits in it: ${said}\nAn administrator makes the schema once (docs/guide/postgres.md); --schema names another.`,
    );
  return new CommandFailure(
    EXIT.unreachable,
    `${where} cannot be reached: ${said}\nReplicas go on meanwhile, each with its own circuits. ${nextStep(said)}`,
  );
}

/** Circuits are there, but nobody writes down what happens to them. */
export function noAudit(where: string, why: string): CommandFailure {
  return new CommandFailure(
    EXIT.failed,
    `${where} keeps no audit (${shortened(printable(why), 200)})\n` +
      "In PostgreSQL an administrator brings the schema up to date: recloser migrate --role <the role that applications use>. Circuits are shared all the same.",
  );
}

export function storeTimedOut(limitMs: number, where: string): CommandFailure {
  return new CommandFailure(
    EXIT.unreachable,
    `${where} did not answer within ${lengthText(limitMs)}\n` +
      "It hangs, is overloaded, or something swallows what is sent. Replicas go on meanwhile, each with its own circuits. " +
      "Give it longer with --store-timeout 30s.",
  );
}

function nextStep(said: string): string {
  if (/ENOTFOUND|EAI_AGAIN/.test(said)) return "Is the host's name right?";
  if (/certificate|TLS|SSL|self.signed/i.test(said))
    return "An authority of your own: NODE_EXTRA_CA_CERTS=/path/ca.pem";
  if (/LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|OOM|BUSY|MISCONF/.test(said))
    return "It is there, but cannot be used at the moment.";
  return "Is it running there, and is -s (or RECLOSER_STORE) right?";
}

// The innermost cause is the server's or the socket's own word; a server of anybody's may say anything.
function wordsOf(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return shortened(printable(inner instanceof Error ? inner.message : String(inner)), 200);
}
