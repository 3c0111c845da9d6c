/** A running gateway or dashboard to ask, as options of a command and from the environment. */
import { type Command, Option } from "commander";
import { durationUpTo } from "../../option-values.ts";
import type { Shell } from "../../shell.ts";
import { UsageError } from "../../usage-error.ts";

export interface ServerGiven {
  readonly server?: string;
  readonly tokenFile?: string;
  readonly serverTimeout: number;
}

export interface ServerSettings {
  /** With a slash at its end: paths of the API are below it. */
  readonly url: URL;
  /** From the environment; null: none is given. */
  readonly token: string | null;
  /** Over `token`; `-`: standard input. */
  readonly tokenFile: string | null;
  readonly limitMs: number;
}

const LIMIT = "3s";
const FORMS = "the admin port's http://host:port or https://…, with the path where the dashboard is mounted, if any";

export function addServerOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--server <url>", "a running gateway's admin port, in place of a store (env: RECLOSER_SERVER)"),
    )
    .addOption(
      new Option("--token-file <file>", "the server's token, - for stdin; or RECLOSER_TOKEN").env(
        "RECLOSER_TOKEN_FILE",
      ),
    )
    .addOption(
      new Option("--server-timeout <duration>", "how long the server has for each answer")
        .default(durationUpTo("--server-timeout", "5m", "10ms")(LIMIT), LIMIT)
        .argParser(durationUpTo("--server-timeout", "5m", "10ms"))
        .env("RECLOSER_SERVER_TIMEOUT"),
    );
}

/**
 * Null: a store is to be asked. An option wins over a variable; of two variables, the server's over the store's.
 *
 * @throws UsageError
 */
export function serverSettings(
  { env }: Pick<Shell, "env">,
  given: Partial<ServerGiven> & { readonly store?: string },
): ServerSettings | null {
  // A command that asks stores only has no such options.
  if (given.serverTimeout === undefined) return null;
  if (given.server !== undefined && given.store !== undefined)
    throw new UsageError("--server", "either a server or a store, since each may know other circuits", "both");
  const [option, text] =
    given.server === undefined ? ["RECLOSER_SERVER", env["RECLOSER_SERVER"] ?? ""] : ["--server", given.server];
  if (given.store !== undefined || (given.server === undefined && text === "")) return null;
  const token = env["RECLOSER_TOKEN"] ?? "";
  return {
    url: serverUrl(option, text),
    token: token === "" ? null : token,
    tokenFile: given.tokenFile ?? null,
    limitMs: given.serverTimeout,
  };
}

function serverUrl(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    throw new UsageError(option, FORMS, text.replace(/\/\/[^/]*@/, "//…@").replace(/[?#].*$/, "?…"));
  // Whoever may see a command line or an environment's URL in a log must not see a token.
  if (url.username !== "" || url.password !== "")
    throw new UsageError(option, "a URL without a token: that is in RECLOSER_TOKEN", `${url.protocol}//…@${url.host}`);
  // As a browser's address bar gives it.
  url.pathname = `${url.pathname.replace(/\/(api\/v1\/?)?$/, "")}/`;
  return url;
}
