/**
 * What a model of the AI SDK gives, whole or in parts (specifications 2 to 4). Source: `@ai-sdk/provider`,
 * `LanguageModelV4StreamPart` and `LanguageModelV4FinishReason`.
 */
import { hasError } from "../classify/answer.ts";
import { NO_HEADERS } from "../classify/headers.ts";
import { classify } from "../classify/index.ts";
import { get, text } from "../classify/safe.ts";
import { judgeErrorDocument } from "../classify/stream.ts";
import { outcomeOf, type Outcome } from "../outcome.ts";
import type { Sight, StreamInspector } from "./inspector.ts";
import { isFilled } from "./progress.ts";

// With these the model has not said anything yet. An unknown part is content: a kind of it that a later version has.
const WORDLESS: ReadonlySet<string> = new Set([
  "stream-start",
  "response-metadata",
  "text-start",
  "text-end",
  "reasoning-start",
  "reasoning-end",
  "tool-input-end",
  "raw",
  "ping",
]);
const CONTENT_FILTERED: Outcome = Object.freeze(outcomeOf("content-filtered"));
const MODEL_FAILED: Outcome = Object.freeze(outcomeOf("server-error", { scope: "model" }));

/** Watches the parts of a stream. An error part is a failure, though the stream goes on and ends like any other. */
export class AiSdkParts implements StreamInspector {
  readonly #provider: string | undefined;
  #end: "whole" | "cut" | Outcome = "cut";

  constructor(provider: string | undefined) {
    this.#provider = provider;
  }

  see(part: unknown): Sight {
    if (typeof this.#end === "object") return "opening"; // it was told
    const type = text(get(part, "type"));
    if (type === "error") return (this.#end = outcomeOfPart(get(part, "error"), this.#provider));
    if (type === "finish") {
      this.#end = endOf(part);
      return typeof this.#end === "object" && this.#end !== CONTENT_FILTERED ? this.#end : "end";
    }
    return WORDLESS.has(type) || (type.endsWith("-delta") && !isFilled(get(part, "delta"))) ? "opening" : "content";
  }

  end(): "whole" | "cut" | Outcome {
    return this.#end;
  }
}

/** What a whole answer counts as; null for a success. */
export function outcomeOfWhole(result: unknown): Outcome | null {
  const end = endOf(result);
  return typeof end === "object" ? end : null;
}

/**
 * Whether a finish was made up by the SDK's provider because the stream had ended without one: then it has no reason of the
 * model's. Version 7 says `interrupted`, version 6 `other`, specification 2 `unknown`.
 */
export function isMadeUp(part: unknown): boolean {
  if (get(part, "type") !== "finish") return false;
  const raw = get(get(part, "finishReason"), "raw");
  const reason = reasonOf(part);
  return (
    reason === "interrupted" || reason === "unknown" || (reason === "other" && (raw === undefined || raw === null))
  );
}

function endOf(finished: unknown): "whole" | Outcome {
  const reason = reasonOf(finished);
  return reason === "error" ? MODEL_FAILED : reason === "content-filter" ? CONTENT_FILTERED : "whole";
}

// An object since specification 3.
function reasonOf(finished: unknown): string {
  const reason = get(finished, "finishReason");
  return text(typeof reason === "string" ? reason : get(reason, "unified"));
}

// Providers put what they threw into the part, or the frame as it came.
function outcomeOfPart(error: unknown, provider: string | undefined): Outcome {
  if (error instanceof Error) return classify({ provider, error });
  const document = hasError(error) ? error : { error };
  return judgeErrorDocument(document, { provider, nowMs: undefined, headers: NO_HEADERS });
}
