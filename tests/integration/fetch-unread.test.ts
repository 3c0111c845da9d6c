import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
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
