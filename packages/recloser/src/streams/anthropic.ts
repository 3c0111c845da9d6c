/** Anthropic's messages: typed events between `message_start` and `message_stop`. Source: sdk-typescript `RawMessageStreamEvent`. */
import { get, text } from "../classify/safe.ts";
import type { StreamFormat } from "./inspector.ts";
import { isFilled } from "./progress.ts";

const EVENTS = /^(?:message_(?:start|delta|stop)|content_block_(?:start|delta|stop)|ping)$/;
const EMPTY_AT_START: ReadonlySet<unknown> = new Set(["text", "thinking"]);

export const anthropicMessages: StreamFormat = {
  name: "anthropic",
  alwaysEnds: true,
  recognises: (event) => EVENTS.test(text(get(event, "type"))),
  hasContent: (event) => {
    const type = get(event, "type");
    if (type === "content_block_delta") return carriesMore(get(event, "delta"));
    // A tool call begins with its name, which the model has chosen.
    return type === "content_block_start" && !EMPTY_AT_START.has(get(get(event, "content_block"), "type"));
  },
  // The reason to stop says that the message is whole; `message_stop` follows it.
  progress: () => (event) => get(event, "type") === "message_stop" || isFilled(get(get(event, "delta"), "stop_reason")),
};

// A delta is its type and what it adds, under a name of its own for each kind.
function carriesMore(delta: unknown): boolean {
  if (typeof delta !== "object" || delta === null) return false;
  return Object.keys(delta).some((key) => key !== "type" && isFilled(get(delta, key)));
}
