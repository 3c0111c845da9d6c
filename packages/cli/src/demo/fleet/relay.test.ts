import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { openRelay } from "./relay.ts";

async function turnsOfIo(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

test("a stopped relay keeps its connections and passes nothing, until it goes on", async () => {
  const echo = createServer((socket) => void socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const relay = await openRelay("127.0.0.1", (echo.address() as { port: number }).port);
  const client: Socket = connect(relay.port, "127.0.0.1");
  client.setEncoding("utf8");
  let heard = "";
  client.on("data", (text: string) => (heard += text));
  client.write("a");
  await once(client, "data");
  relay.stop();
  client.write("b");
  await turnsOfIo(200);
  expect(heard).toBe("a");
  relay.continue();
  await once(client, "data");
  expect(heard).toBe("ab");
  await relay.close();
  await once(client, "close");
  echo.close();
});
