/**
 * Typed codes, over all families: the families' tables first, then the words that every vendor builds its codes from,
 * so that next year's `project_spend_limit_exceeded` is read right without being listed.
 */

import { ANTHROPIC_CODES } from "./anthropic.ts";
import { BEDROCK_CODES } from "./bedrock.ts";
import { GOOGLE_CODES } from "./google.ts";
import { LOCAL_CODES } from "./local.ts";
import { OPENAI_CODES } from "./openai.ts";
import { OPENROUTER_CODES } from "./openrouter.ts";
import { SDK_CODES } from "./sdk.ts";
import type { CodeTable, Verdict } from "./verdict.ts";

const SHARED_CODES: CodeTable = {
  // Ours, as another breaker's answer carries it: nothing was sent.
  err_circuit_open: { kind: "cancelled" },
  err_shed: { kind: "cancelled" },
  err_call_timeout: { kind: "timeout" },
  invalid_request: { kind: "caller-error", weak: true },
  bad_request: { kind: "caller-error", weak: true },
  not_found: { kind: "caller-error", weak: true },
  cancelled: { kind: "cancelled", weak: true },
};

const TABLE: ReadonlyMap<string, Verdict> = new Map(
  [
    SHARED_CODES,
    SDK_CODES,
    LOCAL_CODES,
    OPENROUTER_CODES,
    BEDROCK_CODES,
    GOOGLE_CODES,
    ANTHROPIC_CODES,
    OPENAI_CODES,
  ].flatMap((table) => Object.entries(table)),
);

const WORDS: readonly (readonly [RegExp, Verdict])[] = [
  [
    /content_(?:policy|filter|management|safety)|safety_|moderation|guardrail|prohibited_content/,
    { kind: "content-filtered" },
  ],
  [
    /insufficient_(?:\w+_)?(?:quota|credit|fund|balance)|(?:spend|usage|billing|credit)\w*_limit|billing|payment|credits?_|(?:quota|budget)_(?:limit_)?(?:exceeded|exhausted)|exceeded_(?:\w+_)?quota|prepay/,
    { kind: "quota-exhausted" },
  ],
  [/rate_?limit|throttl|too_many_requests|slow_down/, { kind: "rate-limited" }],
  [
    /(?:region|country|territory|location)\w*_(?:restricted|blocked|not_supported|unsupported)|unsupported_(?:region|country|location)/,
    { kind: "auth", scope: "provider" },
  ],
  [/overload|capacity|server_busy|queue_(?:full|exceeded)/, { kind: "overloaded" }],
  [
    /auth(?!or)|not_authorized|api_key(?!\w*_limit)|credential|access_denied|(?:access|client|security|expired|invalid)_token|invalid_(?:grant|client|signature)|signature_(?:does_not_match|expired)|suspended|restricted|deactivated|on_hold|key_disabled/,
    { kind: "auth" },
  ],
  [/permission|forbidden/, { kind: "auth", weak: true }],
  [/time(?:d_)?out|deadline/, { kind: "timeout" }],
  [
    /(?:model|deployment)\w*_(?:not_found|decommissioned|deprecated|not_supported|not_available)|(?:unknown|invalid|no_such)_model/,
    { kind: "caller-error", scope: "model" },
  ],
  [
    /^invalid_|^unsupported|_unsupported|not_supported|too_(?:large|long|small|short|many_(?:tools|images|tokens))|not_found|malformed|validation|unprocessable|context_(?:length|window|size)|max_tokens|above_max|below_min|conflict|precondition|not_implemented|method_not_allowed|^missing_|^unknown_(?:parameter|url)/,
    // Guessed from a word: a 401 beside `missing_scope` or a 503 beside `invalid_value` knows better.
    { kind: "caller-error", weak: true },
  ],
  [/service_unavailable/, { kind: "overloaded", weak: true }],
  [/internal|unavailable|bad_gateway|server_error/, { kind: "server-error", weak: true }],
];

/** A provider sends a few dozen codes, and during an outage one of them again and again. */
const normalized = new Map<string, string>();
const MOST_REMEMBERED = 256;

/** `ThrottlingException:http://…`, `com.amazon#ThrottlingException`, `throttling_error` and `Throttling` are one code. */
export function normalizeCode(raw: string): string {
  if (raw.length > 160) return "";
  const known = normalized.get(raw);
  if (known !== undefined) return known;
  if (normalized.size >= MOST_REMEMBERED) normalized.clear();
  const code = normalize(raw);
  normalized.set(raw, code);
  return code;
}

function normalize(raw: string): string {
  const bare = raw.slice(raw.indexOf("#") + 1).split(":", 1)[0] ?? "";
  return bare
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^ai_(?=.)/, "")
    .replace(/_(?:error|exception|fault)$/, "");
}

/** What a class name says: only names that are listed. Anyone may call a class of his own `PaymentDeclinedError`. */
export function verdictOfName(name: string): Verdict | undefined {
  return TABLE.get(name);
}

/** What a normalised code says, if anything. */
export function verdictOfCode(code: string): Verdict | undefined {
  const exact = TABLE.get(code);
  if (exact !== undefined || code.length < 4 || code.startsWith("err_")) return exact;
  return WORDS.find(([pattern]) => pattern.test(code))?.[1];
}
