/**
 * The provider that every gateway is measured in front of: as little work as a server can do, so that what is measured is the
 * gateway. No HTTP library: the end of a request is looked for, and one of two answers that were made beforehand is sent.
 *
 *   node upstream.js <port>
 */
import { createServer, type Socket } from "node:net";
import { EVENTS, wholeAnswer, streamedEvents, streamHead } from "./answers.ts";

const [port = "0"] = process.argv.slice(2);
const HEAD_END = Buffer.from("\r\n\r\n");
const STREAMS = Buffer.from('"stream":true');
const LAST_CHUNK = Buffer.from("\r\n0\r\n\r\n");

const answer = wholeAnswer();
const head = streamHead();
const events = streamedEvents();

const server = createServer({ noDelay: true }, (socket) => {
  let waiting: Buffer | null = null;
  socket.on("data", (chunk: Buffer) => {
    let bytes = waiting === null ? chunk : Buffer.concat([waiting, chunk]);
    for (let end = endOf(bytes); end > 0; end = endOf(bytes)) {
      const request = bytes.subarray(0, end);
      bytes = bytes.subarray(end);
      if (request.includes(STREAMS)) stream(socket);
      else socket.write(answer);
    }
    waiting = bytes.length === 0 ? null : bytes;
  });
  socket.on("error", () => socket.destroy());
});
server.listen(Number(port), "127.0.0.1", () => console.log("ready"));

/** Where the first request in `bytes` ends; 0: it has not come whole. */
function endOf(bytes: Buffer): number {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return 0;
  const body = headEnd + HEAD_END.length;
  const fields = bytes.toString("latin1", 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(fields)?.[1];
  if (length !== undefined) return body + Number(length) <= bytes.length ? body + Number(length) : 0;
  if (!/\r\ntransfer-encoding: *chunked/i.test(fields)) return body;
  // From the line end before the body on: an empty one is its last chunk alone.
  const last = bytes.indexOf(LAST_CHUNK, body - 2);
  return last < 0 ? 0 : last + LAST_CHUNK.length;
}

// Each event by itself, as a provider sends them: one turn of the loop apart, so that none is joined with the next.
function stream(socket: Socket): void {
  let at = 0;
  socket.write(head);
  const next = (): void => {
    if (socket.destroyed) return;
    socket.write(events[at++] as Buffer);
    if (at === EVENTS) return;
    if (socket.writableNeedDrain) socket.once("drain", next);
    else setImmediate(next);
  };
  setImmediate(next);
}
