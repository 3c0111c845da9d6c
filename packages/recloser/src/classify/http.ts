/** What a status alone says, when neither a typed code nor the body said more (RFC 9110, and the edges' own numbers). */

import type { Verdict } from "./verdict.ts";

const STATUSES: ReadonlyMap<number, Verdict> = new Map<number, Verdict>([
  [401, { kind: "auth" }],
  [402, { kind: "quota-exhausted" }],
  [403, { kind: "auth" }],
  [407, { kind: "auth", scope: "provider" }],
  [408, { kind: "timeout" }],
  // A 4xx by number only: what we depend on behind the server failed.
  [424, { kind: "server-error", scope: "model" }],
  [429, { kind: "rate-limited" }],
  [460, { kind: "cancelled" }],
  [499, { kind: "cancelled" }],
  [501, { kind: "caller-error" }],
  [503, { kind: "overloaded" }],
  [504, { kind: "timeout" }],
  [505, { kind: "caller-error" }],
  [522, { kind: "timeout" }],
  [524, { kind: "timeout" }],
  [529, { kind: "overloaded" }],
  [598, { kind: "timeout" }],
  [599, { kind: "timeout" }],
]);

/** Numbers a vendor made up or uses in its own sense. */
const VENDOR_STATUSES: Readonly<Record<string, ReadonlyMap<number, Verdict>>> = {
  groq: new Map([[498, { kind: "overloaded" }]]), // flex tier: capacity exceeded
};

/** Undefined for a status that reports no failure (1xx to 3xx) or is none. */
export function verdictOfStatus(status: number | null, provider?: string): Verdict | undefined {
  if (status === null || !(status >= 400 && status <= 599)) return undefined;
  const known = VENDOR_STATUSES[provider ?? ""]?.get(status) ?? STATUSES.get(status);
  if (known !== undefined) return known;
  return { kind: status >= 500 ? "server-error" : "caller-error" };
}

export function isSuccessStatus(status: number | null): boolean {
  return status !== null && status >= 200 && status <= 299;
}
