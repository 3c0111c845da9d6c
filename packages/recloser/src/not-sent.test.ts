import { describe, expect, it } from "vitest";
import { wasNotSent } from "./not-sent.ts";

const error = (fields: object = {}, message = "x"): Error => Object.assign(new Error(message), fields);
const failed = (cause: unknown): Error => new TypeError("fetch failed", { cause });

describe("what proves that nothing was sent", () => {
  it.each([
    ["a refused connection", error({ code: "ECONNREFUSED", syscall: "connect" })],
    ["a name without an address", error({ code: "ENOTFOUND", syscall: "getaddrinfo" })],
    ["a name server that does not answer", error({ code: "EAI_AGAIN" })],
    ["undici's time to connect", failed(error({ code: "UND_ERR_CONNECT_TIMEOUT" }))],
    ["a connection that took too long", error({ code: "ETIMEDOUT", syscall: "connect" })],
    ["a host that cannot be reached", error({ code: "EHOSTUNREACH", syscall: "connect" })],
    ["a reset while connecting", failed(error({ code: "ECONNRESET", syscall: "connect" }))],
    [
      "a connection closed before TLS",
      failed(
        error(
          { code: "ECONNRESET" },
          "Client network socket disconnected before secure TLS connection was established",
        ),
      ),
    ],
    ["Bun's refused connection", error({ code: "ConnectionRefused" })],
    ["an HTTP/2 session that takes no more", error({ code: "ERR_HTTP2_GOAWAY_SESSION" })],
    ["what an SDK wrapped around it", error({ cause: failed(error({ code: "ECONNREFUSED" })) }, "Connection error.")],
    [
      "every address tried in vain",
      Object.assign(
        new AggregateError([
          error({ code: "ETIMEDOUT", syscall: "connect" }),
          error({ code: "ECONNREFUSED", syscall: "connect" }),
        ]),
        { code: "ETIMEDOUT" },
      ),
    ],
  ])("%s", (_, thrown) => {
    expect(wasNotSent(thrown)).toBe(true);
  });
});

describe("what proves nothing", () => {
  it.each([
    ["a reset connection", error({ code: "ECONNRESET", syscall: "read" })],
    ["a hang-up", error({ code: "ECONNRESET" }, "socket hang up")],
    ["a socket that closed", failed(error({ code: "UND_ERR_SOCKET" }, "other side closed"))],
    ["a pipe that broke while writing", error({ code: "EPIPE", syscall: "write" })],
    ["a host that vanished under a connection", error({ code: "EHOSTUNREACH", syscall: "read" })],
    ["an operating system's time limit", error({ code: "ETIMEDOUT", syscall: "read" })],
    ["the time for the headers", failed(error({ code: "UND_ERR_HEADERS_TIMEOUT" }))],
    ["a certificate that is refused", error({ code: "CERT_HAS_EXPIRED" })],
    ["a plain error", error()],
    ["nothing", undefined],
    ["a text that says so", "connect ECONNREFUSED"],
    ["a message that says so", error({}, "connect ECONNREFUSED 10.0.0.1:443")],
  ])("%s", (_, thrown) => {
    expect(wasNotSent(thrown)).toBe(false);
  });

  it("an answer that speaks of a refused connection: the one behind the server", () => {
    expect(wasNotSent(error({ status: 502, code: "ECONNREFUSED" }))).toBe(false);
    expect(wasNotSent(error({ statusCode: 500, cause: error({ code: "ECONNREFUSED" }) }))).toBe(false);
    expect(wasNotSent(error({ response: { status: 500 }, code: "ECONNREFUSED" }))).toBe(false);
    expect(wasNotSent(error({ cause: error({ status: 500, code: "ECONNREFUSED" }) }))).toBe(false);
  });

  it("several tries of which one may have been sent", () => {
    const refused = error({ code: "ECONNREFUSED", syscall: "connect" });
    const hungUp = error({ code: "ECONNRESET" }, "socket hang up");
    // The AI SDK's RetryError: the last one alone would prove it.
    expect(wasNotSent(error({ errors: [hungUp, refused], lastError: refused, code: "ECONNREFUSED" }))).toBe(false);
    expect(wasNotSent(error({ errors: [refused, refused], lastError: refused }))).toBe(true);
    expect(wasNotSent(error({ errors: Array.from({ length: 40 }, () => refused) }))).toBe(false);
  });

  it("what is hostile: endless causes, getters that throw, a revoked Proxy", () => {
    const endless = error();
    endless.cause = endless;
    const throwing = {
      get code() {
        throw new Error("no");
      },
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const thrown of [endless, throwing, proxy, error({ errors: proxy }), null, 7])
      expect(wasNotSent(thrown)).toBe(false);
  });
});
