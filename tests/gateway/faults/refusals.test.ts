/** Refusals whose body does not come: kept for as long as they may be the caller's answer, and then let go of. */
import { simulatedProvider } from "recloser/testing";
import { expect, test } from "vitest";
import { gatewayConfig, target } from "../../support/gateway-config.ts";
import { openRaw, post, sendRaw } from "../../support/raw-http.ts";
import { rawServer } from "../../support/raw-server.ts";
import { startGateway } from "../../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const ask = { model: "m", messages: [{ role: "user", content: "hello" }] };
const unending = (status: number, bytes: number): string =>
  `HTTP/1.1 ${status} X\r\ncontent-length: 999999\r\n\r\n${"a".repeat(bytes)}`;

test.each([
  [false, 100_000],
  [true, 100_000],
  [false, 10],
  [true, 10],
])("It holds no connection when the next target answers (stream: %s, after %i bytes)", async (stream, bytes) => {
  const server = await rawServer((socket) => void socket.write(unending(503, bytes)));
  await using other = await simulatedProvider();
  const targets = [target("one", server.url), target("two", other.baseUrl)];
  await using gateway = await startGateway(gatewayConfig({ targets, retry: { perTarget: 0 } }));
  const open = openRaw(gateway.url, post(PATH, { ...ask, stream }, { connection: "close" }));
  await open.closed;
  expect(open.text()).toContain("x-recloser-target: two");
  await expect.poll(() => server.asked.every((socket) => socket.destroyed)).toBe(true);
});

test("It holds no connection when the same target is asked again", async () => {
  let asked = 0;
  const good = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
  const server = await rawServer((socket) => void socket.write(asked++ === 0 ? unending(503, 100_000) : good));
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
  const open = openRaw(gateway.url, post(PATH, ask, { connection: "close" }));
  await open.closed;
  expect(open.text()).toContain("x-recloser-attempts: 2");
  await expect.poll(() => server.asked[0]?.destroyed).toBe(true);
});

test("Where nobody else answers better, its status is the caller's, in words of ours", async () => {
  const server = await rawServer((socket) => void socket.write(unending(503, 100_000)));
  const second = await rawServer((socket) => socket.resetAndDestroy());
  const targets = [target("one", server.url), target("two", second.url)];
  await using gateway = await startGateway(gatewayConfig({ targets, retry: { perTarget: 0 } }));
  const answer = await sendRaw(gateway.url, post(PATH, ask));
  expect([answer.status, answer.body]).toEqual([503, expect.stringContaining('"code":"upstream_unreadable"')]);
});
