/** What every dialect's reading of a request shares. */
import type { Problem } from "./dialect.ts";

export function badRequest(message: string, param?: string): Problem {
  return {
    kind: "bad-request",
    message: `Simulated: ${message}.`,
    ...(param === undefined ? {} : { param }),
  };
}

export function objectBody(body: unknown): Readonly<Record<string, unknown>> | null {
  return typeof body === "object" && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : null;
}

/** A limit on tokens: null when none is asked for, undefined when it makes no sense. */
export function limitOf(value: unknown): number | null | undefined {
  if (value === undefined || value === null) return null;
  return Number.isSafeInteger(value) && (value as number) >= 1 ? (value as number) : undefined;
}

/** Everything that was said, as one text: two different prompts shall get two different answers. */
export function promptIn(content: unknown): string {
  return typeof content === "string" ? content : (JSON.stringify(content) ?? "");
}
