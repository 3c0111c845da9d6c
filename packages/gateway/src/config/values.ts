/** The kinds of values a configuration has, each with the words an error says was expected. */
import * as z from "zod";
import type { DurationText, SizeText } from "./checked-file.ts";

const DURATION = /^\d+(?:\.\d+)?(?:ms|s|m|h)$/;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const SIZE = /^\d+(?:KiB|MiB)$/;
const UNIT_BYTES: Readonly<Record<string, number>> = { KiB: 1_024, MiB: 1_048_576 };
/** What a timer can wait: 2^31 − 1 ms. */
const LONGEST_MS = 2_147_483_647;

const DURATION_WORDS =
  'a duration above 0 and below 25 days, such as "250ms", "20s", "5m" or "2h", or a number of milliseconds';

/** A length of time, above 0: `"20s"`, or milliseconds. */
export const duration: z.ZodType<DurationText, DurationText> = z.union(
  [
    z.number().gt(0, DURATION_WORDS).max(LONGEST_MS, DURATION_WORDS),
    z
      .string()
      .regex(DURATION, { error: DURATION_WORDS, abort: true })
      .refine((text) => milliseconds(text) > 0 && milliseconds(text) <= LONGEST_MS, DURATION_WORDS),
  ],
  { error: DURATION_WORDS },
);

/** A duration that has been checked, in milliseconds. */
export function milliseconds(value: DurationText): number {
  if (typeof value === "number") return value;
  const [, amount = "", unit = ""] = /^([\d.]+)([a-z]+)$/.exec(value) ?? [];
  return Number(amount) * (UNIT_MS[unit] ?? Number.NaN);
}

/** A number of bytes: `"32KiB"`, `"32MiB"`, or the number. */
export function size(least: number, most: number): z.ZodType<SizeText, SizeText> {
  const words = `a number of bytes from ${least} to ${most}, or a size such as "32KiB" or "8MiB"`;
  const isWithin = (value: SizeText): boolean => bytes(value) >= least && bytes(value) <= most;
  return z.union(
    [
      z.int().min(least, words).max(most, words),
      z.string().regex(SIZE, { error: words, abort: true }).refine(isWithin, words),
    ],
    { error: words },
  );
}

/** A size that has been checked, in bytes. */
export function bytes(value: SizeText): number {
  if (typeof value === "number") return value;
  const [, amount = "", unit = ""] = /^(\d+)(\w+)$/.exec(value) ?? [];
  return Number(amount) * (UNIT_BYTES[unit] ?? Number.NaN);
}

export function count(least: number, most: number): z.ZodNumber {
  const error = `a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

export function number(least: number, most: number): z.ZodNumber {
  const error = `a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
}

export const truth: z.ZodBoolean = z.boolean({ error: "true or false" });

/** 0 takes whichever is free. */
export const port: z.ZodNumber = count(0, 65_535);

export const text: z.ZodString = z.string({ error: "a text" }).min(1, { error: "a text that is not empty" });

/** A name that stands in headers, paths and metrics. */
export const name: z.ZodString = z.string({ error: "a name" }).regex(/^[A-Za-z0-9](?:[\w.-]{0,62}[A-Za-z0-9])?$/, {
  error: "a name of letters, digits, dots, dashes and underscores, at most 64",
});

/** `*` stands for any run of characters; nothing else does. */
export const glob: z.ZodString = z
  .string({ error: "a name, in which * stands for any characters" })
  .regex(/^(?!.*\*\*)[^\s\p{Cc}?[\]{}]{1,200}$/u, {
    error: "a name of at most 200 characters, in which * stands for any characters (no ?, [], {} or **)",
  });

/** RFC 9110, section 5.6.2. */
export const headerName: z.ZodString = z
  .string({ error: "the name of a header" })
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/, { error: "the name of a header" });

/** Visible characters, spaces and tabs; RFC 9110, section 5.5. @param least how many at least */
export function headerValue(what: string, least = 0): z.ZodString {
  return z
    .string({ error: what })
    .regex(/^(?! )[\t\x20-\x7e\x80-\xff]{0,8192}(?<! )$/, {
      error: `${what}, on one line and without spaces around it`,
      abort: true,
    })
    .min(least, { error: `${what} that is not empty` });
}

export const sha256: z.ZodString = z
  .string({ error: "a SHA-256 as 64 hexadecimal digits" })
  .regex(/^[0-9a-f]{64}$/i, { error: 'a SHA-256 as 64 hexadecimal digits: printf %s "$KEY" | sha256sum' })
  // Of nothing: a variable that was empty when it was made.
  .regex(/^(?!e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855)/i, {
    error: "the SHA-256 of a key (this one is of an empty text)",
  });

/** `https://…` or `http://…`: where a target is, without what must not stand there. */
export const baseUrl: z.ZodString = z
  .string({ error: "a URL that begins with https:// or http://" })
  .superRefine((value, issues) => {
    const expected = wrongUrl(value, ["https:", "http:"]);
    if (expected !== null) issues.addIssue({ code: "custom", message: expected });
  });

/** What is expected of a URL that has something else, or null if it is right. */
export function wrongUrl(value: string, protocols: readonly string[]): string | null {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || !protocols.includes(url.protocol) || url.hostname === "")
    return `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(" or ")}`;
  if (url.username !== "" || url.password !== "")
    return "a URL without user and password (keys are set with key or auth)";
  if (url.search !== "" || value.includes("?")) return "a URL without a query (query has a field of its own)";
  if (value.includes("#")) return "a URL without a fragment";
  if (/(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)/i.test(value) || /[\s\\]/.test(value))
    return "a URL without .., spaces and backslashes";
  return null;
}
