/** What the admin listener's answers have in common. */
import { Refusal } from "../http/refusal.ts";

// Nothing from elsewhere, nothing inline, in nobody's frame.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** On every answer, whoever made it. */
export const ALWAYS: Readonly<Record<string, string>> = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "x-frame-options": "DENY",
};

/**
 * JSON that stays data wherever it is put: a name from outside can neither end a script element that it is printed into, nor
 * write a control character to a terminal.
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[<>&\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function jsonAnswer(value: unknown, status = 200): Response {
  return new Response(`${safeJson(value)}\n`, {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" },
  });
}

/** As RFC 9457 says it. @param facts more of it, for programs */
export function problem({ status, code, message, headers }: Refusal, facts: object = {}): Response {
  return new Response(`${safeJson({ title: message, status, code, ...facts })}\n`, {
    status,
    headers: { ...headers, "content-type": "application/problem+json; charset=utf-8", "cache-control": "no-store" },
  });
}

/** @param allowed in the words of the `Allow` header */
export function methodNotAllowed(allowed: string): Refusal {
  return new Refusal(405, "method_not_allowed", `only ${allowed} here`, { headers: { allow: allowed } });
}

export function notFound(): Refusal {
  return new Refusal(404, "not_found", "there is nothing at this path");
}
