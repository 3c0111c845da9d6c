/**
 * The least that a Node gateway can be: node:http in front, undici behind, everything passed on as it comes. Nothing is read,
 * checked, timed or counted, so this is the price of the two libraries.
 *
 *   node pass-through.js <port> <upstream's origin>
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { createRequire } from "node:module";

interface Controller {
  pause(): void;
  resume(): void;
}

interface Handler {
  onRequestStart(controller: Controller): void;
  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void;
  onResponseData(controller: Controller, chunk: Buffer): void;
  onResponseEnd(): void;
  onResponseError(): void;
}

// The gateway's own copy, so that the version is the same; another one lies at the root, with other types.
const { Pool } = createRequire(new URL("../../../../packages/gateway/package.json", import.meta.url))("undici") as {
  Pool: new (origin: string, options: object) => { dispatch(request: object, handler: Handler): boolean };
};
const [port = "0", origin = ""] = process.argv.slice(2);
const pool = new Pool(origin, { connections: 128, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => void chunks.push(chunk));
  request.on("end", () =>
    forward(request, chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), response),
  );
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));

function forward({ method = "", url = "", headers }: IncomingMessage, body: Buffer, response: ServerResponse): void {
  const { host: _host, connection: _connection, "content-length": _length, ...kept } = headers;
  const handler: Handler = {
    onRequestStart: () => {},
    onResponseStart: (_controller, status, { connection: _ours, "keep-alive": _theirs, ...told }) => {
      response.writeHead(status, told);
    },
    onResponseData: (controller, chunk) => {
      if (response.write(chunk)) return;
      controller.pause();
      response.once("drain", () => controller.resume());
    },
    onResponseEnd: () => void response.end(),
    onResponseError: () => void response.destroy(),
  };
  pool.dispatch({ method, path: url, headers: kept, body }, handler);
}
