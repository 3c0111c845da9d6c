/** Where to look, as options of a command and from the environment. */
import { type Command, Option } from "commander";
import { CommandFailure } from "../../command-failure.ts";
import { EXIT } from "../../exit-code.ts";
import { durationUpTo } from "../../option-values.ts";
import type { Shell } from "../../shell.ts";
import { UsageError } from "../../usage-error.ts";

export interface SourceGiven {
  readonly store?: string;
  readonly namespace?: string;
  readonly schema?: string;
  readonly passwordFile?: string;
  readonly storeTimeout: number;
}

export interface StoreSettings {
  readonly url: URL;
  readonly namespace: string;
  /** Of PostgreSQL. */
  readonly schema: string;
  readonly username: string | null;
  /** Null: none is given. */
  readonly password: string | null;
  readonly passwordFile: string | null;
  readonly limitMs: number;
  /** Known wherever `ps` is. */
  readonly hasPasswordInArgv: boolean;
}

const LIMIT = "3s";

export function addSourceOptions(command: Command): Command {
  return command
    .addOption(
      new Option("-s, --store <url>", "redis://…, rediss://… or postgres://… (env: RECLOSER_STORE, else REDIS_URL)"),
    )
    .addOption(new Option("-n, --namespace <name>", "as in createRecloser (env: RECLOSER_NAMESPACE)"))
    .addOption(new Option("--schema <name>", "the schema in PostgreSQL").default("recloser").env("RECLOSER_SCHEMA"))
    .addOption(
      new Option("--password-file <file>", "the store's password; or RECLOSER_STORE_PASSWORD").env(
        "RECLOSER_STORE_PASSWORD_FILE",
      ),
    )
    .addOption(
      new Option("--store-timeout <duration>", "how long the store has for each answer")
        .default(durationUpTo("--store-timeout", "5m", "10ms")(LIMIT), LIMIT)
        .argParser(durationUpTo("--store-timeout", "5m", "10ms"))
        .env("RECLOSER_STORE_TIMEOUT"),
    );
}

/** @throws UsageError for what is wrong, CommandFailure for what is missing */
export function storeSettings({ env }: Pick<Shell, "env">, given: SourceGiven): StoreSettings {
  const [option, text] = named(env, given.store);
  const url = storeUrl(option, text);
  const inEnv = env["RECLOSER_STORE_PASSWORD"] ?? "";
  const inUrl = decoded(url.password);
  const username = decoded(url.username);
  return {
    url,
    namespace: given.namespace ?? (env["RECLOSER_NAMESPACE"] || "recloser"),
    schema: given.schema ?? "recloser",
    username: username === "" ? null : username,
    password: inEnv !== "" ? inEnv : inUrl === "" ? null : inUrl,
    passwordFile: given.passwordFile ?? null,
    limitMs: given.storeTimeout,
    hasPasswordInArgv: given.store !== undefined && inUrl !== "",
  };
}

function named(env: Shell["env"], given: string | undefined): readonly [option: string, text: string] {
  if (given !== undefined) return ["--store", given];
  for (const name of ["RECLOSER_STORE", "REDIS_URL"]) if ((env[name] ?? "") !== "") return [name, env[name] as string];
  // Whoever gives a server to a command that takes one does not come here.
  if ((env["RECLOSER_SERVER"] ?? "") !== "")
    throw new CommandFailure(
      EXIT.usage,
      "this command asks the store that the replicas share (-s redis://host:port, RECLOSER_STORE), and not a gateway (RECLOSER_SERVER)",
    );
  throw new CommandFailure(
    EXIT.usage,
    "where are the circuits? Name the store that the replicas share (-s redis://host:port, RECLOSER_STORE), or a gateway that runs (--server http://127.0.0.1:8788, RECLOSER_SERVER)",
  );
}

function storeUrl(option: string, text: string): URL {
  if (text.startsWith("memory:"))
    throw new UsageError(
      option,
      "a store that replicas share, redis://… or postgres://…: what is in memory: only its own process can say",
      text,
    );
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && isStore(url)) return url;
  // A password must not end up on the screen by way of an error.
  throw new UsageError(
    option,
    "redis://host:port, rediss://… for TLS, or postgres://host:port/database",
    text.replace(/\/\/[^/]*@/, "//…@"),
  );
}

function isStore({ protocol, hostname, pathname }: URL): boolean {
  if (isPostgres(protocol)) return pathname.length > 1;
  return ["redis:", "rediss:"].includes(protocol) && hostname !== "" && /^\/?\d{0,5}$/.test(pathname);
}

/** @param protocol of a store's URL */
export function isPostgres(protocol: string): boolean {
  return protocol === "postgres:" || protocol === "postgresql:";
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
