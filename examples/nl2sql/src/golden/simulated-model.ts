/** What stands for a model where there is none: it knows the golden questions, and says so of everything else. */
import { normalised } from "../retrieval/normalise.ts";
import { GOLDEN } from "./questions.ts";

const KNOWN: ReadonlyMap<string, string> = new Map(GOLDEN.map(({ question, sql }) => [normalised(question), sql]));

/** The `answer` of a simulated provider. */
export function simulatedModel({ prompt }: { readonly prompt: string }): string | null {
  const messages = messagesIn(prompt);
  const task = /^Task: (\w+)/.exec(messages.find(({ role }) => role === "system")?.content ?? "")?.[1];
  const question = /^Question: (.*)$/m.exec(messages.findLast(({ role }) => role === "user")?.content ?? "")?.[1] ?? "";
  if (task === "sql" || task === "repair") return JSON.stringify(replyTo(question));
  return task === "explanation" ? `Simulated explanation: the table answers “${question}”.` : null;
}

function replyTo(question: string): object {
  const key = normalised(question);
  const sql = KNOWN.get(key);
  if (sql !== undefined) return { sql, tables: [], assumptions: [] };
  if (key === "best customers")
    return {
      ambiguous: "Best by what?",
      readings: ["Top 10 customers by revenue", "Which customers ordered more than 40 times?"],
    };
  return { unknown: "The simulated provider only knows the sample questions. Set OPENAI_API_KEY for a real one." };
}

interface Said {
  readonly role?: unknown;
  readonly content?: string;
}

function messagesIn(prompt: string): readonly Said[] {
  try {
    const messages: unknown = JSON.parse(prompt);
    return Array.isArray(messages) ? (messages as Said[]) : [];
  } catch {
    return [];
  }
}
