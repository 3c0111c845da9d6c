/** Watches what a model streams: chunks of its answer, or the events of the newer protocol (`streamEvents`). */
import { isFiltered } from "../../classify/answer.ts";
import { get, items, text } from "../../classify/safe.ts";
import { outcomeOf, type Outcome } from "../../outcome.ts";
import type { Sight, StreamInspector } from "../../streams/inspector.ts";
import { allFinished, isFilled } from "../../streams/progress.ts";
import { finishOf } from "./finish.ts";

const CONTENT_FILTERED = Object.freeze(outcomeOf("content-filtered"));
const FAILED = Object.freeze(outcomeOf("stream-error"));

// What a message has beside its content that is a piece of the answer.
const KWARGS = ["reasoning_content", "refusal", "audio", "function_call", "tool_calls", "tool_outputs"];
// The text of a part, by its type; parts of other types (a picture, a tool's input) are there only when they say something.
const TEXTS: Readonly<Record<string, string>> = { text: "text", thinking: "thinking", reasoning: "reasoning" };
const MOST_PARTS = 64;

abstract class Inspector implements StreamInspector {
  readonly #alwaysEnds: boolean;
  #whole = false;
  #filtered = false;
  #failed = false;

  /** @param alwaysEnds whether an answer without a reason for its end was cut */
  constructor(alwaysEnds: boolean) {
    this.#alwaysEnds = alwaysEnds;
  }

  abstract see(chunk: unknown): Sight;

  protected judge(reason: unknown, ended: boolean, hasContent: boolean): Sight {
    if (this.#failed) return "opening"; // it was told
    // OpenRouter puts an error there that came after the 200.
    if (reason === "error") {
      this.#failed = true;
      return FAILED;
    }
    this.#filtered ||= isFiltered({ finish_reason: reason });
    this.#whole ||= ended;
    if (ended) return "end";
    return hasContent ? "content" : "opening";
  }

  end(): "whole" | "cut" | Outcome {
    if (this.#failed) return FAILED;
    if (this.#filtered) return CONTENT_FILTERED;
    return this.#whole || !this.#alwaysEnds ? "whole" : "cut";
  }
}

/** For what `_streamResponseChunks` yields, and for a whole generation. */
export class ChunkInspector extends Inspector {
  readonly #ended = allFinished((chunk) => [
    { index: get(get(chunk, "generationInfo"), "completion"), finished: finishOf(chunk) !== undefined },
  ]);

  see(chunk: unknown): Sight {
    return this.judge(finishOf(chunk), this.#ended(chunk), saysSomething(chunk));
  }
}

/** For what `_streamChatModelEvents` yields. */
export class EventInspector extends Inspector {
  see(event: unknown): Sight {
    const kind = get(event, "event");
    const reason = kind === "message-finish" ? get(event, "reason") : undefined;
    const isPiece = kind === "content-block-delta" || (kind === "content-block-start" && isPart(get(event, "content")));
    return this.judge(reason, isFilled(reason), isPiece);
  }
}

function saysSomething(chunk: unknown): boolean {
  const message = get(chunk, "message");
  if (isFilled(get(chunk, "text")) || isFilled(get(message, "tool_call_chunks"))) return true;
  const content = get(message, "content");
  if (typeof content === "string" ? content !== "" : items(content, MOST_PARTS).some(isPart)) return true;
  const kwargs = get(message, "additional_kwargs");
  // Of the Responses API `reasoning` is an object, which comes before there is any text.
  return KWARGS.some((key) => isFilled(get(kwargs, key))) || text(get(kwargs, "reasoning")) !== "";
}

function isPart(part: unknown): boolean {
  const type = get(part, "type");
  if (typeof type !== "string") return typeof part === "string";
  const key = Object.hasOwn(TEXTS, type) ? TEXTS[type] : undefined;
  return key === undefined || isFilled(get(part, key));
}
