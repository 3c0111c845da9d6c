import { getEventListeners } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createRecloser } from "recloser";
import { createFetch } from "recloser/fetch";
import { afterEach, expect, test } from "vitest";

let server: Server | null = null;

async function serving(answer: RequestListener): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/`;
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

test("responses that are looked at for their status only give their slots back", async () => {
  const url = await serving((_, response) => response.end(JSON.stringify({ ok: true })));
  const guarded = createFetch(createRecloser({ defaults: { shed: { maxInFlight: 1 } } }), { key: "k" });
  for (let i = 0; i < 5; i++) {
    expect((await guarded(url)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 20)); // the body of a few bytes is read ahead meanwhile
  }
});

test("the caller's abort ends an error's body that hangs", async () => {
  const url = await serving((_, response) => {
    response.writeHead(500, { "content-type": "application/json" });
    response.write('{"error":');
  });
  const guarded = createFetch(createRecloser(), { key: "k" });
  const caller = new AbortController();
  const response = await guarded(url, { signal: caller.signal });
  expect(response.status).toBe(500);
  const text = response.text();
  caller.abort(new Error("enough"));
  await expect(text).rejects.toThrow("enough");
});

test("an error's body that nobody reads lets go of its connection, and of the caller's signal, with its response", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  const open = new Set<object>();
  const url = await serving((_, response) => {
    open.add(response);
    response.on("close", () => open.delete(response));
    response.writeHead(503);
    response.write("x".repeat(200_000)); // and no end
  });
  const guarded = createFetch(createRecloser(), { key: "k" });
  const caller = new AbortController();
  // The promise is gone with its turn; a variable of this function would not be.
  await guarded(url, { signal: caller.signal }).then(() => {});
  expect(open.size).toBe(1);
  for (let i = 0; i < 200 && open.size > 0; i++) {
    await sleep(10);
    gc();
  }
  expect([open.size, getEventListeners(caller.signal, "abort").length]).toEqual([0, 0]);
});

test("what had arrived before a reset is delivered to a slow reader too, and then the error", async () => {
  const url = await serving((_, response) => {
    for (let i = 0; i < 8; i++) response.write(`data: ${i}\n\n`);
    setTimeout(() => response.destroy(), 50);
  });
  const response = await createFetch(createRecloser(), { key: "k" })(url);
  await new Promise((resolve) => setTimeout(resolve, 150)); // the reset is long here when the reader begins
  let got = "";
  const read = async (): Promise<void> => {
    for await (const chunk of response.body as ReadableStream<Uint8Array>) got += new TextDecoder().decode(chunk);
  };
  await expect(read()).rejects.toThrow(/terminated|closed|reset/);
  expect(got.match(/data/g)).toHaveLength(8);
});

test("an SDK's time limit ends with the head: stopping to read later is no timeout, and no listener stays", async () => {
  const url = await serving((request, response) => {
    response.write("data: 1\n\n");
    if (request.url === "/whole") response.end();
  });
  const recloser = createRecloser();
  const guarded = createFetch(recloser, { key: "k" });
  const headers = { "x-stainless-timeout": "1" };
  const caller = new AbortController();
  const response = await guarded(url, { headers, signal: caller.signal });
  const reader = response.body!.getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 1_050));
  caller.abort(new Error("seen enough"));
  await expect(reader.read()).rejects.toThrow("seen enough");
  expect(recloser.breaker("k").snapshot().window.failures).toBe(0);

  const shared = new AbortController();
  for (let i = 0; i < 15; i++) await (await guarded(`${url}whole`, { headers, signal: shared.signal })).text();
  expect(getEventListeners(shared.signal, "abort")).toHaveLength(0);
});
