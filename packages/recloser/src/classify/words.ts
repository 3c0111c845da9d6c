/**
 * Words in messages: the last resort, where a vendor sends one code for different things. Short, general patterns over
 * the first few kilobytes, without nested repetition.
 */

import type { OutcomeKind } from "../outcome.ts";
import type { Verdict } from "./verdict.ts";

interface WordRule {
  /** What the codes or the status said. */
  readonly from: readonly OutcomeKind[];
  /** Also when a typed code said so; otherwise only a family name or the status is overruled. */
  readonly always?: true;
  readonly words: RegExp;
  readonly to: Verdict;
}

/** `Limit 30000, Requested 30601`: asked for more than the bucket ever holds, so no waiting helps. */
const ASKED = /\blimit:? (\d{1,12})\b[^\n]{0,80}?\brequested:? (\d{1,12})\b/i;

function neverFits(message: string): boolean {
  const m = ASKED.exec(message);
  return m !== null && Number(m[2]) > Number(m[1]);
}

const RULES: readonly WordRule[] = [
  {
    from: ["rate-limited"],
    always: true,
    words: /\brequest (?:is )?too large\b/i,
    to: { kind: "caller-error" },
  },
  // Only long prompts are refused: holding the key would stop the healthy short ones.
  {
    from: ["rate-limited", "caller-error"],
    always: true,
    words: /\b(?:usage|credits?|billing) (?:is|are) required\b[^\n]{0,40}\blong[ -]context\b/i,
    to: { kind: "quota-exhausted", track: "none", scope: "request" },
  },
  // "You have exceeded your usage limits. Please try again later": a rate, if it comes back by itself.
  {
    from: ["rate-limited"],
    words: /\busage limits?\b[^\n]{0,10}\b(?:please )?try again (?:later|shortly|soon)\b/i,
    to: { kind: "rate-limited" },
  },
  {
    from: ["rate-limited", "caller-error", "auth"],
    words:
      /\bcredit balance\b|\bcredits? (?:is|are|has been|have been) (?:depleted|exhausted|used up|too low)|\b(?:insufficient|out of|not enough|no) (?:credits?|funds|balance|quota)\b|\b(?:does ?n[o']t|do ?n[o']t|do(?:es)? not) have (?:any|enough|sufficient) (?:credits?|funds|balance|quota)\b|\b(?:billing|spend(?:ing)?|usage) (?:hard )?limits?\b|\bbudget\b[^\n]{0,40}\b(?:exceeded|exhausted|reached|spent)\b|\b(?:exceeded|over) (?:your |the )?budget\b|\bout of (?:\w{1,12} ){0,3}quota\b|\bbilling\b[^\n]{0,30}\b(?:disabled|not (?:been )?enabled|inactive)\b|\bregain access\b|\bprepay(?:ment)?\b/i,
    to: { kind: "quota-exhausted" },
  },
  // The account, not what was asked of it, whatever policy is named as the reason.
  {
    from: ["caller-error", "auth"],
    words:
      /\b(?:the|your|this) (?:account|resource|organi[sz]ation|project|subscription|team|workspace)\b[^\n]{0,40}\b(?:has been|is|was) (?:\w{1,12} ){0,2}(?:suspended|blocked|disabled|deactivated|banned|restricted|locked|terminated)\b/i,
    to: { kind: "auth" },
  },
  {
    from: ["caller-error", "auth"],
    words:
      /\bflagged\b|\bviolat\w{1,6} [^\n]{0,40}\bpolic|\bcontent (?:management |filtering |safety )?polic|\bcontent[ _-]filter|\bmoderation\b|\bblocked\b[^\n]{0,40}\b(?:prompt|content|input|injection|guardrail)|\bsafety (?:system|filter|reasons)\b/i,
    to: { kind: "content-filtered" },
  },
  {
    from: ["caller-error", "auth"],
    always: true,
    words:
      /\b(?:country|region|location|territory)\b[^\n]{0,30}\bnot (?:supported|available|allowed)\b|\bnot (?:supported|available) in your (?:country|region|location)\b|\bvirtual network\b|\bfirewall\b|\bprivate (?:endpoint|link)\b|\bpublic (?:network )?access\b/i,
    to: { kind: "auth", scope: "provider" },
  },
  {
    from: ["caller-error"],
    words:
      /\bapi[ _-]?key\b[^\n]{0,30}\b(?:not valid|invalid|expired|revoked|missing|leaked)\b|\b(?:invalid|incorrect|expired) (?:api[ _-]?key|credentials|token)\b/i,
    to: { kind: "auth" },
  },
  {
    from: ["rate-limited"],
    words:
      /\bhigh (?:demand|traffic|load)\b|\bcapacity\b|\boverloaded\b|\bresource exhausted\b[^\n]{0,12}\btry again\b|\brate-limited upstream\b|\bserver (?:is )?busy\b/i,
    to: { kind: "overloaded" },
  },
  // One of a host's models is cold; where a server has but one, it says "Loading model".
  {
    from: ["overloaded"],
    words: /\bmodel\b[^\n]{0,80}\b(?:is|still)\b[^\n]{0,20}\bloading\b/i,
    to: { kind: "server-error", scope: "model" },
  },
  {
    from: ["overloaded"],
    words: /\bloading\b|\bstarting up\b|\bwarming up\b|\binitiali[sz]ing\b/i,
    to: { kind: "server-error", scope: "provider" },
  },
  {
    from: ["caller-error"],
    words:
      /\b(?:models?|deployment)\b[^\n]{0,80}\b(?:not found|not exist|not accessible|unknown|isn'?t supported|not supported|not available|unavailable|decommissioned|deprecated|retired|requires? allowlist\w*)|\b(?:unknown|no such|invalid|resolve the \w{1,20}) model\b|\bmodel (?:identifier|id|name) (?:\w{1,12} )?(?:is )?invalid\b|\bnot (?:a valid|allowed to (?:use|access)(?: \w{1,12}){0,2}) model\b|^model: |\bno endpoints found\b/im,
    to: { kind: "caller-error", scope: "model" },
  },
  { from: ["rate-limited"], always: true, words: /\byour account\b/i, to: { kind: "rate-limited", scope: "key" } },
];

/** A verdict after the words had their say: the first rule that applies wins. */
export function refineByWords(verdict: Verdict, typed: boolean, message: string): Verdict {
  if (message === "") return verdict;
  if (verdict.kind === "rate-limited" && neverFits(message)) return { kind: "caller-error" };
  for (const rule of RULES) {
    if (
      (!typed || rule.always) &&
      verdict.scope === undefined &&
      rule.from.includes(verdict.kind) &&
      rule.words.test(message)
    )
      return rule.to;
  }
  return verdict;
}

const BARE: readonly (readonly [RegExp, Verdict])[] = [
  [/\brate[ -]limit|\btoo many requests\b/i, { kind: "rate-limited" }],
  [/\boverloaded\b|\bserver (?:is )?busy\b|\bhigh demand\b|\bat capacity\b/i, { kind: "overloaded" }],
  [/\bunauthori[sz]ed\b|\binvalid (?:api[ _-]?key|credentials)\b/i, { kind: "auth" }],
  [/\btimed? ?out\b/i, { kind: "timeout" }],
  [/\bcontext (?:length|size|window)\b/i, { kind: "caller-error" }],
];

/** An error body without status or code has only its words. */
export function verdictOfBareWords(message: string): Verdict | undefined {
  return BARE.find(([words]) => words.test(message))?.[1];
}

const BROKEN_STREAM =
  /\b(?:stream|request|response) (?:was |has )?(?:ended|closed|interrupted|finished) (?:without|before|unexpectedly|early|prematurely)\b|\bincomplete json\b|\bunexpected end of (?:json|stream|input|file)\b|\bdid not receive done\b|\bincomplete chunked\b|\bunexpected event order\b/i;

export function isBrokenStream(message: string): boolean {
  return BROKEN_STREAM.test(message);
}
