/** Several requests at once on one connection: each has its own answer, in order, and a connection holds no more than a few. */
import { simulatedProvider } from "recloser/testing";
import { describe, expect, test } from "vitest";
import { gatewayConfig, target } from "../../support/gateway-config.ts";
import { plainServer } from "../../support/plain-server.ts";
import { openRaw, post } from "../../support/raw-http.ts";
import { startGateway } from "../../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const ask = (content: string): string => post(PATH, { model: "gpt-5", messages: [{ role: "user", content }] });

describe("Requests that are sent before the one before is answered", () => {
  test("are answered in their order, each with its own answer", async () => {
    const server = await plainServer((response, { body }) => {
      const { messages } = JSON.parse(body.toString()) as { messages: { content: string }[] };
      const content = messages[0]?.content;
      // The first one last, if all are asked at a time.
      setTimeout(() => response.end(JSON.stringify({ content })), content === "one" ? 100 : 0);
    });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    const open = openRaw(gateway.url, ["one", "two", "three"].map(ask).join(""));
    await open.seen('"three"');
    expect(open.text().match(/(?<="content":")\w+/g)).toEqual(["one", "two", "three"]);
    open.socket.destroy();
  });

  test("leave nothing when the connection closes", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "hang" } });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)] }));
    const open = openRaw(gateway.url, ["one", "two", "three"].map(ask).join(""));
    await expect.poll(() => provider.requests.length).toBeGreaterThan(0);
    open.socket.destroy();
    await expect.poll(() => gateway.gateway.inFlight).toBe(0);
    await expect.poll(() => provider.stats().inFlight).toBe(0);
    expect(provider.requests).toHaveLength(1);
    expect(gateway.defects).toEqual([]);
  });

  test("are not taken without end", async () => {
    await using provider = await simulatedProvider({ fault: { kind: "hang" } });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)] }));
    const open = openRaw(gateway.url, "GET /v1/models HTTP/1.1\r\nhost: g\r\n\r\n".repeat(5_000));
    await open.closed;
    expect(provider.requests.length).toBeLessThan(2);
    await expect.poll(() => gateway.gateway.inFlight).toBe(0);
  });

  test("that are no HTTP do not write into the answer of the one before", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 200 } });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", provider.baseUrl)] }));
    const open = openRaw(gateway.url, `${ask("one")}GARBAGE\r\n\r\n`);
    await open.closed;
    expect(open.text()).not.toContain("400 Bad Request");
    await expect.poll(() => gateway.gateway.inFlight).toBe(0);
  });
});
