/** A server that lets this process not in, or not do what it must: a fault of configuration that no waiting mends. */
import { warnOnce } from "../../warn.ts";

// Servers word their errors differently; the first word is the code. A script's own refusal comes as ERR before Redis 7.2.
const REFUSALS =
  /(?:^|: )((?:NOAUTH|WRONGPASS|NOPERM) .*|ERR (?:invalid password|.*(?:ACL failure|can't run this command)).*)/s;
const LONGEST = 120;

/** Warns of it once per namespace: the library goes on without the store, which would look like a store that is down. */
export function warnOfRefusal(error: unknown, namespace: string): void {
  const word = refusalIn(error);
  if (word === null) return;
  warnOnce(
    "RECLOSER_STORE_ACCESS",
    namespace,
    `Redis refuses this process (${word}): its circuits are not shared until the password or the user's permissions are right`,
  );
}

function refusalIn(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const word = REFUSALS.exec(error.message)?.[1];
  if (word === undefined) return refusalIn(error.cause);
  return word.length > LONGEST ? `${word.slice(0, LONGEST)}…` : word;
}
