/** What somebody wants in a new configuration: given as options, found in the environment, or asked for. */
import { UsageError } from "../usage-error.ts";
import type { Shell } from "../shell.ts";
import type { InitGiven } from "./command.ts";

export interface Wishes {
  /** Names of known providers, one at least. */
  readonly providers: readonly string[];
  readonly storeUrl: string;
  readonly namespace: string;
  readonly port: number;
  readonly adminPort: number;
}

/** The variable of each provider's key; null: it needs none. */
export const KEY_VARIABLES: ReadonlyMap<string, string | null> = new Map([
  ["openai", "OPENAI_API_KEY"],
  ["anthropic", "ANTHROPIC_API_KEY"],
  ["gemini", "GEMINI_API_KEY"],
  ["groq", "GROQ_API_KEY"],
  ["mistral", "MISTRAL_API_KEY"],
  ["openrouter", "OPENROUTER_API_KEY"],
  ["ollama", null],
  ["simulated", null],
]);

/** Asks and gives the answer, empty for none; null: there is nobody to ask. */
export type Ask = ((question: string) => Promise<string>) | null;

/** @throws UsageError */
export async function wishesOf({ env }: Pick<Shell, "env">, given: InitGiven, ask: Ask): Promise<Wishes> {
  const known = [...KEY_VARIABLES.keys()].join(", ");
  const found = [...KEY_VARIABLES].flatMap(([name, key]) => (key !== null && (env[key] ?? "") !== "" ? [name] : []));
  const usual = found.length > 0 ? found : ["openai"];
  const chosen = async <T>(
    is: T | undefined,
    question: string,
    otherwise: T,
    read: (text: string) => T,
  ): Promise<T> => {
    if (is !== undefined) return is;
    const text = (await ask?.(`${question} [${String(otherwise)}] `))?.trim() ?? "";
    return text === "" ? otherwise : read(text);
  };
  const providers = await chosen(given.provider, `Providers (${known})?`, usual, (text) => [text]);
  const storeUrl = await chosen(
    given.store,
    "Where circuits are shared: redis://…, postgres://…, or memory:?",
    "memory:",
    String,
  );
  const namespace = await chosen(
    given.namespace,
    "A name that keeps this application apart in it?",
    "recloser",
    String,
  );
  const port = await chosen(given.port, "Data port, which programs are pointed at?", 8_787, portIn);
  return {
    providers: providersIn(providers),
    storeUrl: withoutSecret(storeUrl),
    namespace,
    port,
    adminPort: given.adminPort ?? (port === 8_788 ? 8_789 : 8_788),
  };
}

function providersIn(texts: readonly string[]): readonly string[] {
  const names = [...new Set(texts.flatMap((text) => text.split(/[\s,]+/)).filter((name) => name !== ""))];
  const unknown = names.find((name) => !KEY_VARIABLES.has(name));
  if (unknown !== undefined || names.length === 0)
    throw new UsageError("--provider", `some of ${[...KEY_VARIABLES.keys()].join(", ")}`, unknown ?? "");
  return names;
}

// The file is committed, and read by many.
function withoutSecret(url: string): string {
  if (!/\/\/[^/@]*:[^/@]*@/.test(url)) return url;
  const shown = url.replace(/\/\/[^/]*@/, "//…@");
  throw new UsageError("--store", "a URL without a password, or a variable that has it: '${REDIS_URL}'", shown);
}

function portIn(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new UsageError("--port", "a whole number from 1 to 65535", text);
}
