/** The options of `recloser dashboard`, read. Pure but for what the machine is called. */
import { hostname, networkInterfaces } from "node:os";
import { wholeNumberBetween } from "../option-values.ts";
import type { Shell } from "../shell.ts";
import { UsageError } from "../usage-error.ts";
import { isPostgres } from "../verbs/source/options.ts";
import type { Given } from "./command.ts";

export interface DashboardSettings {
  readonly storeUrl: string;
  /** Of PostgreSQL. */
  readonly schema: string;
  readonly namespace: string;
  readonly host: string;
  readonly port: number;
  readonly hosts: readonly string[];
  readonly allowActions: boolean;
  readonly tokens: { readonly viewer?: string; readonly operator?: string };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;

/**
 * @param isTyped whether the store stands on the command line, where others can read it
 * @throws UsageError
 */
export function settingsOf(given: Given, env: Shell["env"], isTyped: boolean): DashboardSettings {
  const viewer = env["RECLOSER_DASHBOARD_TOKEN"] ?? "";
  const operator = env["RECLOSER_DASHBOARD_OPERATOR_TOKEN"] ?? "";
  const isOpen = !LOOPBACK.test(given.host);
  if (isOpen && viewer === "" && operator === "")
    throw new UsageError(
      "--host",
      "an address of this machine alone, such as 127.0.0.1, while no token is set (RECLOSER_DASHBOARD_TOKEN, RECLOSER_DASHBOARD_OPERATOR_TOKEN)",
      given.host,
    );
  const named = given.name ?? [];
  return {
    storeUrl: storeIn(given.store, isTyped),
    schema: given.schema,
    namespace: given.namespace,
    host: given.host.replace(/^\[|\]$/g, ""),
    port: wholeNumberBetween("--port", 0, 65_535)(given.port),
    hosts: isOpen ? [...new Set([...named, ...ownNames(given.host)])] : named,
    allowActions: given.allowActions === true,
    tokens: { ...(viewer === "" ? {} : { viewer }), ...(operator === "" ? {} : { operator }) },
  };
}

function storeIn(text: string | undefined, isTyped: boolean): string {
  const forms = "redis://host:port, rediss://host:port (TLS) or postgres://host:port/database";
  if (text === undefined || text === "") throw new UsageError("--store", forms, "");
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !isStore(url))
    // What came may hold a password, at its right place or at a wrong one.
    throw new UsageError("--store", forms, url === null ? "what is no URL" : `${url.protocol}//…`);
  if (isTyped && url.password !== "")
    throw new UsageError(
      "--store",
      "a URL without a password, since others can read a command line: put it into RECLOSER_STORE",
      `${url.protocol}//…@${url.host}`,
    );
  return text;
}

function isStore(url: URL): boolean {
  return isPostgres(url.protocol) ? url.pathname.length > 1 : /^rediss?:$/.test(url.protocol) && url.hostname !== "";
}

// Whoever asks a machine by one of its addresses asks it by that name.
function ownNames(host: string): readonly string[] {
  if (host !== "0.0.0.0" && host !== "::") return [host.includes(":") ? `[${host}]` : host];
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return [
    hostname(),
    ...addresses
      .filter(({ address }) => !address.startsWith("fe80"))
      .map(({ address, family }) => (family === "IPv6" ? `[${address}]` : address)),
  ];
}
