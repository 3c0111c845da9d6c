/** What a request needs of whoever answers it, read from its body in any of the formats. */
import type { Capability } from "../config/config.ts";
import type { Operation } from "./dialect.ts";

type Json = Readonly<Record<string, unknown>>;

// Kinds of content that are no text: OpenAI's (chat, responses), Anthropic's, Gemini's by its MIME type.
const IMAGE = /^(?:image_url|input_image|image)$/;
const AUDIO = /^(?:input_audio|audio)$/;
// A conversation of more parts is looked at no further: then it is asked for what was seen.
const MOST_PARTS = 10_000;

export function needsOf(operation: Operation, json: Json, streams: boolean): ReadonlySet<Capability> {
  const needs = new Set<Capability>();
  if (operation.kind === "embed") needs.add("embeddings");
  if (operation.kind !== "generate") return needs;
  if (streams) needs.add("streaming");
  if (hasItems(json["tools"]) || hasItems(json["functions"])) needs.add("tools");
  if (wantsSchema(json)) needs.add("json-schema");
  if (wantsReasoning(json)) needs.add("reasoning");
  if (hasItems(json["modalities"]) && (json["modalities"] as unknown[]).includes("audio")) needs.add("audio");
  addContent(json, needs);
  return needs;
}

function wantsSchema(json: Json): boolean {
  const chat = member(json["response_format"], "type");
  const responses = member(member(json["text"], "format"), "type");
  const gemini = json["generationConfig"];
  const own = member(gemini, "responseSchema") ?? member(gemini, "responseJsonSchema");
  return chat === "json_schema" || responses === "json_schema" || own !== undefined;
}

function wantsReasoning(json: Json): boolean {
  const asked = json["reasoning_effort"] ?? json["reasoning"] ?? member(json["generationConfig"], "thinkingConfig");
  const thinking = member(json["thinking"], "type");
  return (asked !== undefined && asked !== null) || (thinking !== undefined && thinking !== "disabled");
}

// Parts may lie in parts (a tool's result with a picture): breadth first, and never more than so many.
function addContent(json: Json, needs: Set<Capability>): void {
  const queue: unknown[] = [json["messages"], json["input"], json["contents"]];
  for (let at = 0; at < queue.length && at < MOST_PARTS; at++) {
    const part = queue[at];
    if (Array.isArray(part)) {
      for (const one of part) if (queue.length < MOST_PARTS) queue.push(one);
      continue;
    }
    if (typeof part !== "object" || part === null) continue;
    const type = member(part, "type");
    const data = member(part, "inlineData") ?? member(part, "inline_data") ?? member(part, "fileData");
    const told = member(data, "mimeType") ?? member(data, "mime_type");
    const mime = typeof told === "string" ? told : "";
    if ((typeof type === "string" && IMAGE.test(type)) || mime.startsWith("image/")) needs.add("images");
    if ((typeof type === "string" && AUDIO.test(type)) || mime.startsWith("audio/")) needs.add("audio");
    queue.push(member(part, "content"), member(part, "parts"));
  }
}

function hasItems(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
