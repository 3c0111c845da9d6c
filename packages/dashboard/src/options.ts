/** What a dashboard is made with, checked once. */
import { type Clock, InvalidOptionError, type Recloser } from "recloser";
import type { SharedStore } from "recloser/history";
import { systemClock } from "./clock.ts";
import type { Demonstration } from "./views/demo.ts";

export interface DashboardOptions {
  /** What it shows: the breakers of this process, and the fleet's if its store keeps a history. */
  readonly recloser?: Recloser | undefined;
  /** In place of `recloser`: what a fleet shares, from outside of it. A store with a history: `redisStore(…)` or `postgresStore(…)`. */
  readonly store?: SharedStore | undefined;
  /** Of the fleet, beside `store`; default "recloser". */
  readonly namespace?: string | undefined;
  /** Where it is mounted, such as "/admin/breakers"; default "/". */
  readonly basePath?: string | undefined;
  /** Whether breakers may be held, reset and probed from it. Default false: writes are answered 405. */
  readonly allowActions?: boolean | undefined;
  /** Tokens to be sent as `Authorization: Bearer …`; without any, it answers to names of this machine only. */
  readonly tokens?: { readonly viewer?: string | undefined; readonly operator?: string | undefined } | undefined;
  /** Names under which it may be asked for besides localhost, as in `Host`, without the port. They need tokens. */
  readonly hosts?: readonly string[] | undefined;
  /** Who acts, for the audit, where something before this handler knows: over the name that is typed into the page. */
  readonly actor?: ((request: Request) => string | null) | undefined;
  /** Puts the switches of a demonstration above the breakers; to turn them needs `allowActions`. */
  readonly demo?: Demonstration | undefined;
  /** The recloser's, if it was given one. */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

/** The same, complete. */
export interface Settings {
  readonly shows: { readonly recloser: Recloser } | { readonly store: SharedStore; readonly namespace: string };
  /** Without a slash at its end: "" at the root. */
  readonly basePath: string;
  readonly allowActions: boolean;
  readonly tokens: { readonly viewer: string | null; readonly operator: string | null };
  readonly hosts: readonly string[];
  readonly actor: (request: Request) => string | null;
  readonly demo: Demonstration | null;
  readonly clock: Pick<Clock, "now">;
}

const FIELDS = [
  "recloser",
  "store",
  "namespace",
  "basePath",
  "allowActions",
  "tokens",
  "hosts",
  "actor",
  "demo",
  "clock",
];
const TOKEN_LEAST = 16;

/** @throws InvalidOptionError naming the field */
export function readOptions(options: DashboardOptions): Settings {
  const given: unknown = options;
  if (typeof given !== "object" || given === null) throw new InvalidOptionError("options", "an object", given);
  for (const name of Object.keys(given))
    if (!FIELDS.includes(name)) throw new InvalidOptionError(name, `one of ${FIELDS.join(", ")}`, "an unknown option");
  const { allowActions, actor, demo, clock } = options;
  if (allowActions !== undefined && typeof allowActions !== "boolean")
    throw new InvalidOptionError("allowActions", "true or false", allowActions);
  if (actor !== undefined && typeof actor !== "function")
    throw new InvalidOptionError("actor", "a function of the request", actor);
  if (demo !== undefined && typeof (demo as Partial<Demonstration> | null)?.view !== "function")
    throw new InvalidOptionError("demo", "a demonstration, with view and turn", demo);
  const tokens = readTokens(options.tokens);
  const hosts = readHosts(options.hosts);
  if (hosts.length > 0 && tokens.viewer === null && tokens.operator === null)
    throw new InvalidOptionError("tokens", "a token where hosts are named: others than this machine can ask", "none");
  return {
    shows: readShown(options),
    basePath: readBasePath(options.basePath),
    allowActions: allowActions ?? false,
    tokens,
    hosts,
    actor: actor ?? (() => null),
    demo: demo ?? null,
    clock: clock ?? systemClock,
  };
}

function readShown({ recloser, store, namespace }: DashboardOptions): Settings["shows"] {
  if ((recloser === undefined) === (store === undefined))
    throw new InvalidOptionError("options", "either recloser or store", recloser === undefined ? "none" : "both");
  if (store !== undefined) {
    if (typeof (store as Partial<SharedStore> | null)?.history?.replicas !== "function")
      throw new InvalidOptionError(
        "store",
        "a store with a history, such as redisStore(…) or postgresStore(…)",
        "another one",
      );
    const name: unknown = namespace ?? "recloser";
    if (typeof name === "string" && name.trim() !== "") return { store, namespace: name };
    throw new InvalidOptionError("namespace", "a text that is not empty", name);
  }
  if (namespace !== undefined) throw new InvalidOptionError("namespace", "none: the recloser has its own", namespace);
  if (typeof (recloser as Partial<Recloser> | null)?.breakers === "function") return { recloser: recloser as Recloser };
  throw new InvalidOptionError("recloser", "what createRecloser() gives", recloser);
}

function readBasePath(value: string | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string" && /^\/[\w\-./~%]*$/.test(value) && !value.includes("//"))
    return value.replace(/\/$/, "");
  throw new InvalidOptionError("basePath", 'a path such as "/admin/breakers"', value);
}

// What is wrong with a token is told without the token.
function readTokens(value: DashboardOptions["tokens"]): Settings["tokens"] {
  const read = (name: "viewer" | "operator"): string | null => {
    const token: unknown = value?.[name];
    if (token === undefined) return null;
    if (typeof token === "string" && token.length >= TOKEN_LEAST && /^[\x21-\x7e]+$/.test(token)) return token;
    const expected = `at least ${TOKEN_LEAST} visible ASCII characters`;
    throw new InvalidOptionError(`tokens.${name}`, expected, typeof token === "string" ? "another text" : typeof token);
  };
  return { viewer: read("viewer"), operator: read("operator") };
}

function readHosts(value: readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  const isName = (one: unknown): boolean => typeof one === "string" && /^[\w.-]+$|^\[[\da-f:]+\]$/i.test(one);
  if (!Array.isArray(value) || !value.every(isName))
    throw new InvalidOptionError("hosts", 'names without a port, such as ["ops.example.com"]', value);
  return value.map((name) => name.toLowerCase());
}
