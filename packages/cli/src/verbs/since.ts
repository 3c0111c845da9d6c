/** Since when, as somebody types it: a duration back from now, or an instant. */
import { durationUpTo } from "../option-values.ts";
import { UsageError } from "../usage-error.ts";

/** `agoMs`: on the store's clock. `atMs`: on everybody's. */
export type Since = { readonly agoMs: number } | { readonly atMs: number };

const LONGEST = "365d";
// A date alone would mean another instant to each reader; with a time, one without a zone is the reader's own.
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;

/** @throws UsageError */
export function sinceIn(option: string, text: string): Since {
  const trimmed = text.trim();
  if (INSTANT.test(trimmed)) {
    const atMs = Date.parse(trimmed);
    if (!Number.isNaN(atMs)) return { atMs };
  }
  try {
    return { agoMs: durationUpTo(option, LONGEST)(trimmed) };
  } catch {
    throw new UsageError(
      option,
      `a duration such as 30m or 7d, up to ${LONGEST}, or an instant such as 2026-11-25T14:00Z`,
      text,
    );
  }
}
