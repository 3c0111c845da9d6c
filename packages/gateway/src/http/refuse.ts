/** Gives a caller one of our own answers, in the format that it speaks. */
import type { IncomingMessage } from "node:http";
import type { Dialect } from "../formats/dialect.ts";
import { openai } from "../formats/openai.ts";
import { type HeaderList, withHeaders } from "./headers.ts";
import type { Refusal } from "./refusal.ts";
import type { Reply } from "./reply.ts";

// What of a request is still under way when it is refused is read and thrown away for as long: closed at once, the caller's
// machine would throw our answer away with the connection.
const LINGER_MS = 1_000;

/** @param dialect null: nobody could tell; most programs read OpenAI's errors */
export function refuse(
  request: IncomingMessage,
  reply: Reply,
  refusal: Refusal,
  { dialect, id, headers }: { readonly dialect: Dialect | null; readonly id: string; readonly headers: HeaderList },
): void {
  const body = Buffer.from(JSON.stringify((dialect ?? openai).errorBody(refusal, id)));
  const isUnread = !request.complete;
  // The refusal's own headers say more than what is said of any answer.
  const own = { ...refusal.headers, "content-type": "application/json", "x-recloser-request-id": id };
  const list = withHeaders(headers, isUnread ? { ...own, connection: "close" } : own);
  reply.whole(refusal.status, list, body);
  if (!isUnread) return;
  request.resume();
  const { socket } = request;
  const over = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(over));
}
