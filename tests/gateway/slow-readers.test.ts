/** What callers who do not read cost a gateway in a process of its own, while their providers go on and on. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type OpenRequest, openRaw, post } from "../support/raw-http.ts";
import { rawServer } from "../support/raw-server.ts";
import { servedGateway } from "../support/served-gateway.ts";

// What the process itself grows by with its first ones is not theirs.
const FIRST = 20;
const READERS = 50;
const MIB = 1_048_576;

function residentBytes(pid: number): number {
  const [, kilobytes = "NaN"] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) * 1_024;
}

test.runIf(process.platform === "linux")(
  "A caller who does not read costs a mebibyte at most",
  async () => {
    const event = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "w".repeat(60_000) } }] })}\n\n`;
    const block = `${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`;
    let sentBytes = 0;
    const provider = await rawServer((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
      const more = (): void => {
        let takes = true;
        while (takes && !socket.destroyed) {
          takes = socket.write(block);
          sentBytes += block.length;
        }
        socket.once("drain", more);
      };
      more();
    });
    const gateway = await servedGateway({
      targets: { one: { format: "openai", baseUrl: provider.url, key: "any", allowPrivate: true } },
    });
    const ask = post("/v1/chat/completions", { model: "m", messages: [], stream: true });
    const begin = async (): Promise<OpenRequest> => {
      const open = openRaw(gateway.url, ask);
      await open.seen("www");
      open.socket.pause();
      return open;
    };
    const readers: OpenRequest[] = [];
    const withReaders = async (count: number): Promise<number> => {
      while (readers.length < count) readers.push(await begin());
      // It goes on until every buffer on the way is full.
      let seen = -1;
      await expect.poll(() => seen === (seen = sentBytes), { interval: 500, timeout: 40_000 }).toBe(true);
      return residentBytes(gateway.pid);
    };
    const before = await withReaders(FIRST);
    const costBytes = ((await withReaders(READERS)) - before) / (READERS - FIRST);
    const [cost, sent] = [costBytes, sentBytes / READERS].map((bytes) => Math.round(bytes / 1_024));
    console.log(`a reader who does not read costs ${cost} KiB of ${sent} KiB sent`);
    expect(costBytes).toBeLessThan(MIB);
    for (const { socket } of readers) socket.destroy();
    // And the provider is told, for each of them.
    await expect.poll(() => provider.asked.every((socket) => socket.destroyed), { timeout: 10_000 }).toBe(true);
  },
  60_000,
);
