/** Targets for whoever has no file: those whose SDK would find a key in the environment. */
import { isLoopback, isPrivateAddress } from "./addresses.ts";
import type { Environment } from "./interpolate.ts";

interface Known {
  readonly provider: string;
  readonly keyVariable: string;
  readonly urlVariable: string;
}

const KNOWN: readonly Known[] = [
  { provider: "openai", keyVariable: "OPENAI_API_KEY", urlVariable: "OPENAI_BASE_URL" },
  { provider: "anthropic", keyVariable: "ANTHROPIC_API_KEY", urlVariable: "ANTHROPIC_BASE_URL" },
  { provider: "gemini", keyVariable: "GEMINI_API_KEY", urlVariable: "GOOGLE_GEMINI_BASE_URL" },
];

/** The target that needs no key: the first thing that works. */
export const SIMULATED_TARGET = { name: "sim", target: { provider: "simulated" } } as const;

export interface FoundTarget {
  readonly name: string;
  /** As a file would have it. */
  readonly target: Readonly<Record<string, unknown>>;
  /** Which variable each field is from. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface FoundTargets {
  readonly targets: readonly FoundTarget[];
  /** What was left out, and why: for whoever starts it. */
  readonly notices: readonly string[];
}

/** @param ownPort the gateway's: programs beside it point these variables at it, and it must not ask itself */
export function targetsOf(env: Environment, ownPort: unknown): FoundTargets {
  const notices: string[] = [];
  const targets = KNOWN.flatMap(({ provider, keyVariable, urlVariable }): FoundTarget[] => {
    const key = env[keyVariable] ?? "";
    if (key === "") return [];
    const given = env[urlVariable] ?? "";
    const isOwn = pointsAt(given, ownPort);
    if (isOwn)
      notices.push(`${urlVariable} points at this gateway: the target ${provider} asks ${provider}'s own address`);
    const url = given === "" || isOwn ? null : given;
    return [
      {
        name: provider,
        target: {
          provider,
          key,
          ...(url === null ? {} : { baseUrl: url }),
          // Whoever names an address of this machine means it.
          ...(url !== null && isPrivate(url) ? { allowPrivate: true } : {}),
        },
        variables: { key: keyVariable, ...(url === null ? {} : { baseUrl: urlVariable, allowPrivate: urlVariable }) },
      },
    ];
  });
  return { targets, notices };
}

/** Whether a URL is that of a port of this machine. */
export function pointsAt(text: string, port: unknown): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return isLoopback(url.hostname) && (url.port || (url.protocol === "https:" ? "443" : "80")) === String(port);
}

function isPrivate(text: string): boolean {
  return URL.canParse(text) && isPrivateAddress(new URL(text).hostname);
}
