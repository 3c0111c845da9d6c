/** What the load sends: the questions of a program that talks to a model. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const MESSAGES = [
  { role: "system", content: "You answer in one paragraph, and say where you are not sure. ".repeat(6).trim() },
  {
    role: "user",
    content: "Why does a circuit breaker help a service that fails? Mind that its callers try again. ".repeat(4).trim(),
  },
] as const;
const QUESTION = { model: "gpt-5-mini", messages: MESSAGES, temperature: 0.2, max_completion_tokens: 400 };
const STREAM = { ...QUESTION, stream: true, stream_options: { include_usage: true } };
// What is refused before a provider hears of it.
const REFUSED = { ...QUESTION, model: 7 };

/** Of every caller: a gateway that reads it must take it off. */
export const CALLERS_HEADERS = ["authorization: Bearer sk-of-the-caller", "user-agent: OpenAI/JS 6.49.0"] as const;
export const PATH = "/v1/chat/completions";

export type Kind = "json" | "stream" | "mixed";

/** Files of them, one request a line. */
export function writeRequests(folder: string): Readonly<Record<Kind, string>> {
  const line = (value: object): string => `${JSON.stringify(value)}\n`;
  const contents: Readonly<Record<Kind, string>> = {
    json: line(QUESTION),
    stream: line(STREAM),
    mixed: line(QUESTION).repeat(18) + line(STREAM) + line(REFUSED),
  };
  const file = (kind: Kind): string => {
    const path = join(folder, `${kind}.txt`);
    writeFileSync(path, contents[kind]);
    return path;
  };
  return { json: file("json"), stream: file("stream"), mixed: file("mixed") };
}

export const QUESTION_BYTES: number = JSON.stringify(QUESTION).length;
