/** What a thrown error means once the caller's signal has been ruled out. */

import { outcomeOf, type Outcome } from "../outcome.ts";
import type { Facts } from "./facts.ts";
import { isSuccessStatus } from "./http.ts";
import { hasTypedEvidence, judge } from "./judge.ts";
import { isCut, verdictOfNetworkCode, verdictOfNetworkWords } from "./network.ts";
import { get, text } from "./safe.ts";
import { namesOf, readThrown, unwrap } from "./thrown.ts";
import type { Verdict } from "./verdict.ts";
import { isBrokenStream } from "./words.ts";

const PROGRAMMING: ReadonlySet<string> = new Set([
  "TypeError",
  "ReferenceError",
  "RangeError",
  "SyntaxError",
  "EvalError",
  "URIError",
  "AssertionError",
]);
/** Thrown while reading an answer that had begun: the answer was not what its format promises. */
const UNREADABLE: ReadonlySet<string> = new Set(["SyntaxError", "ZodError"]);
/** Thrown over an answer that was there to its end: with a 200 it was no answer, not a broken stream. */
const WHOLE_ANSWER: ReadonlySet<string> = new Set([
  "api_call",
  "response_validation",
  "empty_response_body",
  "no_content_generated",
]);
/** An SDK's own base class without a status: it refused before it sent anything. */
const SDK_BASE: ReadonlySet<string> = new Set(["OpenAIError", "AnthropicError", "GroqError", "MistralError"]);

function networkVerdict(nodes: readonly unknown[]): Verdict | undefined {
  for (const node of nodes) {
    const code = get(node, "code");
    const verdict = typeof code === "string" ? verdictOfNetworkCode(code) : undefined;
    if (verdict !== undefined) return verdict;
  }
  // Innermost words first: "fetch failed" hides "bad port".
  for (const node of nodes.toReversed()) {
    const verdict = verdictOfNetworkWords(text(get(node, "message")));
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

function outcomeOfVerdict(verdict: Verdict, midStream: boolean): Outcome {
  const broken = midStream && (verdict.kind === "network" || verdict.kind === "server-error");
  return outcomeOf(broken ? "stream-error" : verdict.kind, verdict.scope === undefined ? {} : { scope: verdict.scope });
}

export function judgeThrown(error: unknown, facts: Facts): Outcome {
  const nodes = unwrap(error);
  readThrown(facts, nodes);
  const names = nodes.flatMap(namesOf);
  const began =
    facts.midStream || isSuccessStatus(facts.status) || nodes.some((node) => isCut(text(get(node, "message"))));
  const wholeAnswer = facts.names.some((name) => WHOLE_ANSWER.has(name));
  // openai and anthropic throw a frame of the stream as APIError without a status.
  facts.midStream = !wholeAnswer && (began || (facts.status === null && facts.names.includes("api")));

  if (hasTypedEvidence(facts)) return judge(facts) ?? outcomeOf("unknown");
  const network = networkVerdict(nodes);
  if (network !== undefined) return outcomeOfVerdict(network, began);
  if (facts.messages.some(isBrokenStream)) return outcomeOf("stream-error");
  if (wholeAnswer && isSuccessStatus(facts.status)) return outcomeOf("server-error");
  if (names.some((name) => SDK_BASE.has(name)))
    return outcomeOf(nodes.some(isUnreadable) ? "stream-error" : "caller-error");
  // The caller's signal is quiet, so this abort was a deadline inside an SDK.
  if (names.includes("AbortError")) return outcomeOf("timeout");
  const typed =
    facts.names.length + facts.plain.length + facts.telling.length > 0 ? judgeByCodesOnly(facts) : undefined;
  if (typed !== undefined) return typed;
  if (began && names.some((name) => UNREADABLE.has(name))) return outcomeOf("stream-error");
  if (PROGRAMMING.has(outerName(error))) return outcomeOf("unknown", { track: "none", scope: "request" });
  return outcomeOf("unknown");
}

// An SDK wraps what it could not read of an answer.
function isUnreadable(node: unknown): boolean {
  return namesOf(node).includes("SyntaxError");
}

/** Class names and family codes; a stranger's words alone prove nothing. */
function judgeByCodesOnly(facts: Facts): Outcome | undefined {
  const messages = facts.messages.splice(0);
  const outcome = judge(facts);
  facts.messages.push(...messages);
  return outcome;
}

function outerName(error: unknown): string {
  const names = namesOf(error);
  return names.find((name) => PROGRAMMING.has(name)) ?? "";
}
