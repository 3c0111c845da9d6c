/** What a request's path means: which format is spoken, what is asked, and whether a route was named. */
import type { WireFormat } from "../config/config.ts";
import { anthropic } from "./anthropic.ts";
import type { Dialect, Operation } from "./dialect.ts";
import { gemini } from "./gemini.ts";
import { openai } from "./openai.ts";

export const DIALECTS: Readonly<Record<WireFormat, Dialect>> = { openai, anthropic, gemini };

export interface Addressed {
  readonly dialect: Dialect;
  readonly operation: Operation;
  /** The route that the path names, null where the model decides. */
  readonly route: string | null;
}

/** The route behind which the built-in simulated provider answers, at `/sim/v1`. */
export const SIMULATED = "sim";

const NAMED_ROUTE = /^\/r\/([^/]+)(\/.+)$/;
const SIMULATED_PATH = /^\/sim\/v1(\/.+)$/;
const GEMINI_BARE = /^\/v1(?:alpha|beta)\/|^\/v1\/(?:models|tunedModels)\/[^/]+:/;
const ANTHROPIC_BARE = /^\/v1\/messages(?:\/|$)/;

/**
 * Reads a path that was checked before. Null: no path of any format.
 *
 * Below `/v1` OpenAI's and Anthropic's clients meet. What both have (`/v1/models`) goes to the one whose client asks, which
 * Anthropic's says by a header.
 *
 * @param hasAnthropicVersion whether the request has `anthropic-version`
 */
export function addressed(method: string, path: string, hasAnthropicVersion: boolean): Addressed | null {
  const [, name, rest] = NAMED_ROUTE.exec(path) ?? [];
  if (name !== undefined && rest !== undefined) {
    const below = addressed(method, rest, hasAnthropicVersion);
    return below === null || below.route !== null ? null : { ...below, route: name };
  }
  const simulated = SIMULATED_PATH.exec(path)?.[1];
  if (simulated !== undefined) return within(openai, method, simulated, SIMULATED);
  for (const dialect of Object.values(DIALECTS)) {
    // `/v1` alone is shared, and looked at below.
    const prefix = dialect.prefixes.find((one) => one !== "/v1" && path.startsWith(`${one}/`));
    if (prefix !== undefined) return within(dialect, method, path.slice(prefix.length), null);
  }
  if (GEMINI_BARE.test(path)) return within(gemini, method, path, null);
  if (!path.startsWith("/v1/")) return null;
  const isAnthropics = ANTHROPIC_BARE.test(path) || hasAnthropicVersion;
  return isAnthropics ? within(anthropic, method, path, null) : within(openai, method, path.slice(3), null);
}

function within(dialect: Dialect, method: string, path: string, route: string | null): Addressed | null {
  const operation = dialect.operation(method, path);
  return operation === null ? null : { dialect, operation, route };
}
