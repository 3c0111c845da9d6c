/**
 * Clients that are no SDK, against a gateway in a process of its own: curl, Python's http.client, and node:http. What they send
 * is spelled as no serializer would, and arrives byte for byte; so does the answer.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oneRouteEach } from "../contracts/gateway.ts";
import { richAnswer } from "../contracts/rich-answers.ts";
import { type PlainServer, startPlainServer } from "../support/plain-server.ts";
import { onPath } from "../support/servers/server-process.ts";
import { type ServedGateway, startServed } from "../support/served-gateway.ts";

const MIB = 1_048_576;
const sha = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A body that changes when it is read and written anew: numbers, escapes, spaces. */
function odd(stream: boolean, bytes = 0): string {
  const filler = "\\u0041".repeat(Math.ceil(bytes / 6));
  return `{ "model":"m",\t"seed" : 12345678901234567890, "n": 1.0, "x":1e2,"text":"Z\\u00fcrich é 😀 \\/",\r\n "user":"a" , "messages":[ ], "filler":"${filler}", "stream" : ${stream} }\n`;
}

const PATHS = {
  openai: "/v1/chat/completions",
  responses: "/v1/responses",
  anthropic: "/v1/messages",
  gemini: "/v1beta/models/m:generateContent",
} as const;
const CASES = Object.entries(PATHS).flatMap(([name, path]) => [
  [name, path, odd(false)] as const,
  [`${name}, streamed`, path.replace(":generate", ":streamGenerate"), odd(true)] as const,
]);

let provider: PlainServer & { close(): void };
let gateway: ServedGateway;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "recloser-clients-"));
  provider = await startPlainServer((response, { path, body }) => {
    const answer = richAnswer({ path, body: body.toString() });
    response.writeHead(200, { "content-type": answer?.type ?? "text/plain" });
    const bytes = Buffer.from(answer?.text ?? "");
    for (let at = 0; at < bytes.length; at += 97) response.write(bytes.subarray(at, at + 97));
    response.end();
  });
  const { url } = provider;
  gateway = await startServed(oneRouteEach({ openai: `${url}/v1`, anthropic: url, gemini: url }));
});
afterAll(async () => {
  await gateway.kill();
  provider.close();
  rmSync(folder, { recursive: true });
});

function expectBytes(path: string, body: string, got: Uint8Array): void {
  const [received, ...more] = provider.received.splice(0);
  expect(more).toEqual([]);
  expect([received?.body.length, sha(received?.body ?? "")]).toEqual([Buffer.byteLength(body), sha(body)]);
  const said = richAnswer({ path, body })?.text ?? "";
  expect(Buffer.from(got).toString()).toBe(said);
}

async function output(command: string, args: readonly string[], input = ""): Promise<Buffer> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end(input);
  const ended = new Promise((resolve) => child.once("close", resolve));
  const [out, errors] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  if ((await ended) !== 0) throw new Error(`${command} failed: ${errors.toString()}`);
  return out;
}

const curl = onPath("curl");

describe.runIf(curl !== null)("curl", () => {
  const send = (path: string, body: string, more: readonly string[] = []): Promise<Buffer> => {
    const file = join(folder, "body.json");
    writeFileSync(file, body);
    const headers = ["-H", "content-type: application/json", "-H", "authorization: Bearer any"];
    return output("curl", ["-sS", "-N", ...headers, "--data-binary", `@${file}`, ...more, gateway.url + path]);
  };

  test.each(CASES)("%s", async (_, path, body) => {
    expectBytes(path, body, await send(path, body));
  });

  test("20 MiB, after asking whether it may", async () => {
    const body = odd(false, 20 * MIB);
    expectBytes(PATHS.openai, body, await send(PATHS.openai, body, ["-H", "expect: 100-continue"]));
  });

  test("8 MiB whose length is not told", async () => {
    const body = odd(false, 8 * MIB);
    expectBytes(PATHS.openai, body, await send(PATHS.openai, body, ["-H", "transfer-encoding: chunked"]));
  });
});

// What a program does that has no SDK: it sends bytes, and reads an answer whole or line by line.
const PYTHON = `
import http.client, json, sys
url, path, chunked = sys.argv[1:4]
body = sys.stdin.buffer.read()
connection = http.client.HTTPConnection(url)
headers = {"content-type": "application/json", "authorization": "Bearer any"}
if chunked == "1":
    pieces = (body[at:at + 65536] for at in range(0, len(body), 65536))
    connection.request("POST", path, body=pieces, headers={**headers, "transfer-encoding": "chunked"}, encode_chunked=True)
else:
    connection.request("POST", path, body=body, headers=headers)
response = connection.getresponse()
assert response.status == 200, response.status
for line in response:
    sys.stdout.buffer.write(line)
`;
const python = onPath("python3");

describe.runIf(python !== null)("Python's http.client", () => {
  const send = (path: string, body: string, chunked = false): Promise<Buffer> =>
    output("python3", ["-c", PYTHON, new URL(gateway.url).host, path, chunked ? "1" : "0"], body);

  test.each(CASES.slice(0, 2))("%s", async (_, path, body) => {
    expectBytes(path, body, await send(path, body));
  });

  test("8 MiB whose length is not told", async () => {
    const body = odd(false, 8 * MIB);
    expectBytes(PATHS.openai, body, await send(PATHS.openai, body, true));
  });
});

describe("node:http", () => {
  const send = async (path: string, body: string): Promise<Buffer> => {
    const headers = { "content-type": "application/json", authorization: "Bearer any" };
    const outgoing = request(gateway.url + path, { method: "POST", headers });
    const answered = new Promise<Buffer>((resolve, reject) => {
      outgoing.on("response", (response) => void buffer(response).then(resolve, reject));
      outgoing.on("error", reject);
    });
    outgoing.end(body);
    return answered;
  };

  test.each(CASES)("%s", async (_, path, body) => {
    expectBytes(path, body, await send(path, body));
  });
});
