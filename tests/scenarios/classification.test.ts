import type { Classifier } from "recloser";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { atFourFailures, down, httpError, rigOf } from "./support.ts";

const domException = (name: string): DOMException => new DOMException(`the ${name}`, name);

describe("the user's rules", () => {
  class NotFound extends Error {}
  class RowNotFound extends NotFound {}

  test("C1 a rule by type excuses its subclasses and leaves the rest to the built-in rules", async () => {
    const classify: Classifier = ({ error }) => (error instanceof NotFound ? "caller-error" : undefined);
    const rig = rigOf({ ...atFourFailures, classify });
    await rig.fails(10, new RowNotFound("no such row"));
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(4, new Error("db down"));
    expect(rig.breaker.state).toBe("open");
  });

  test("C1 a rule by result makes a bad answer count, and the caller still gets it", async () => {
    const classify: Classifier = ({ result }) => (result === "bad" ? "server-error" : undefined);
    const rig = rigOf({ ...atFourFailures, classify });
    expect(await rig.succeeds(3, "bad")).toEqual(["bad", "bad", "bad"]);
    await rig.succeeds(1, "good");
    expect(rig.breaker.state).toBe("closed");
    expect(await rig.succeeds(1, "bad")).toEqual(["bad"]);
    expect(rig.breaker.state).toBe("open");
  });

  test("C1 a rule that names a success makes a thrown thing a success", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1, classify: () => "success" });
    const error = down();
    expect(await rig.fails(3, error)).toEqual([error, error, error]);
    expect(rig.breaker.state).toBe("closed");
  });

  test("C1 a whole outcome is taken as it is", async () => {
    const rig = rigOf({
      ...atFourFailures,
      classify: () => ({ kind: "server-error", track: "none", retryAfterMs: null, scope: "request" }),
    });
    await rig.fails(10);
    expect(rig.breaker.state).toBe("closed");
  });

  test("C1 a call's own rule stands before the policy's", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1, classify: () => "server-error" });
    const failing = (): never => {
      throw down();
    };
    await rig.breaker.execute(failing, { classify: () => "caller-error" }).catch(() => {});
    expect(rig.breaker.state).toBe("closed");
    await rig.breaker.execute(failing).catch(() => {});
    expect(rig.breaker.state).toBe("open");
  });

  test("a result is a success unless the classifier says otherwise", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    await rig.succeeds(1, { error: { message: "looks bad" } });
    await rig.succeeds(1, null);
    await rig.succeeds(1, undefined);
    await rig.succeeds(1, new Error("returned, not thrown"));
    expect(rig.breaker.state).toBe("closed");
  });
});

describe("a rule that throws", () => {
  const warnings: unknown[] = [];
  const onWarning = (warning: unknown): void => void warnings.push(warning);
  beforeEach(() => {
    warnings.length = 0;
    process.on("warning", onWarning);
  });
  afterEach(() => process.off("warning", onWarning));

  test("C3 changes no call's result, leaves the count to the built-in rules, and is reported once", async () => {
    const rig = rigOf({
      ...atFourFailures,
      classify: () => {
        throw new Error("a bug in the classifier");
      },
    });
    const error = down();
    expect(await rig.succeeds(2, "fine")).toEqual(["fine", "fine"]);
    expect(await rig.fails(3, error)).toEqual([error, error, error]);
    await rig.fails(3, httpError(400));
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1, error);
    expect(rig.breaker.state).toBe("open");
    await rig.clock.advance(0);
    expect(warnings).toHaveLength(1);
  });

  test.each([["nonsense"], [42], [{}], [{ kind: "nonsense" }], [null], [Promise.resolve("server-error")]])(
    "C3 one that answers %j is no better than silent",
    async (answer) => {
      const rig = rigOf({ ...atFourFailures, classify: () => answer as never });
      const error = down();
      expect(await rig.succeeds(1, "fine")).toEqual(["fine"]);
      expect(await rig.fails(4, error)).toEqual([error, error, error, error]);
      expect(rig.breaker.state).toBe("open");
    },
  );
});

describe("whoever gave up", () => {
  test.each([
    ["an AbortError", () => domException("AbortError")],
    ["a string", () => "user left"],
    ["an error of one's own", () => new Error("tab closed")],
    ["undefined turned into the default reason", () => undefined],
  ])("C5 a caller's abort with %s is neither a failure nor a success", async (_, reasonOf) => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    for (let i = 0; i < 5; i++) {
      const caller = new AbortController();
      const call = await rig.starts({ signal: caller.signal });
      caller.abort(reasonOf());
      await rig.clock.advance(0);
      expect(call.result.status).toBe("rejected");
      expect(call.result.error).toBe(caller.signal.reason);
    }
    expect(rig.breaker.state).toBe("closed");
  });

  test("C5 what the dependency throws because its caller aborted is neutral: undici's code, a closed connection", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    for (const error of [
      domException("AbortError"),
      Object.assign(new Error("aborted"), { name: "AbortError", code: "UND_ERR_ABORTED" }),
      Object.assign(new Error("Premature close"), { code: "ERR_STREAM_PREMATURE_CLOSE" }),
      Object.assign(new Error("Request was aborted."), { name: "APIUserAbortError" }),
    ]) {
      const caller = new AbortController();
      const call = await rig.starts({ signal: caller.signal });
      caller.abort();
      await call.fail(error);
      expect(call.result.status).toBe("rejected");
    }
    expect(rig.breaker.state).toBe("closed");
  });

  test("C5 an aborted call is no success either: it ends no streak", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: false, consecutiveFailures: 3 });
    await rig.fails(2);
    await rig.clock.advance(200);
    const caller = new AbortController();
    await rig.starts({ signal: caller.signal });
    caller.abort();
    await rig.clock.advance(0);
    await rig.fails(1);
    expect(rig.breaker.state).toBe("open");
  });

  test("a caller's TimeoutError counts as a timeout", async () => {
    const rig = rigOf(atFourFailures);
    for (let i = 0; i < 4; i++) {
      expect(rig.breaker.state).toBe("closed");
      const caller = new AbortController();
      const call = await rig.starts({ signal: caller.signal });
      caller.abort(domException("TimeoutError"));
      await rig.clock.advance(0);
      expect(call.result.error).toBe(caller.signal.reason);
    }
    expect(rig.breaker.state).toBe("open");
  });
});

describe("statuses and codes", () => {
  test.each([400, 404, 409, 413, 422])("C9 any number of %i never trips and never holds", async (status) => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    await rig.fails(50, httpError(status));
    expect(rig.breaker.state).toBe("closed");
    expect(rig.invocations).toBe(50);
  });

  test("C9 a content filter's refusal never trips and never holds", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    const filtered = httpError(
      400,
      {},
      { code: "content_filter", error: { code: "content_filter", message: "filtered" } },
    );
    await rig.fails(50, filtered);
    expect(rig.breaker.state).toBe("closed");
    expect(rig.invocations).toBe(50);
  });

  test.each([401, 403])("C9 %i never trips; it only holds its key", async (status) => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    const transitions: unknown[] = [];
    rig.breaker.on("transition", (event) => transitions.push(event));
    const calls = await Promise.all(Array.from({ length: 20 }, () => rig.starts()));
    for (const call of calls) await call.fail(httpError(status));
    expect(rig.breaker.state).toBe("closed");
    expect(transitions).toEqual([]);
  });

  test.each([500, 502, 503, 504, 529])("%i counts", async (status) => {
    const rig = rigOf(atFourFailures);
    await rig.fails(4, httpError(status));
    expect(rig.breaker.state).toBe("open");
  });

  test.each([
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "UND_ERR_SOCKET",
    "UND_ERR_HEADERS_TIMEOUT",
  ])("%s beneath a `fetch failed` counts", async (code) => {
    const rig = rigOf(atFourFailures);
    await rig.fails(4, new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code }) }));
    expect(rig.breaker.state).toBe("open");
  });

  test("a plain error of any external call counts", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(4, new Error("db down"));
    expect(rig.breaker.state).toBe("open");
  });

  test("a programming error does not count", async () => {
    const rig = rigOf({ ...atFourFailures, failureThreshold: 1 });
    await rig.fails(5, new TypeError("Cannot read properties of undefined (reading 'content')"));
    await rig.fails(5, new ReferenceError("x is not defined"));
    expect(rig.breaker.state).toBe("closed");
  });

  test("an error is known by its shape, not by its class: status in other spellings counts", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(1, Object.assign(new Error("x"), { statusCode: 500 }));
    await rig.fails(1, Object.assign(new Error("x"), { status_code: 503 }));
    await rig.fails(1, { name: "APICallError", statusCode: 500 });
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(1, Object.assign(new Error("Request timed out."), { name: "APIConnectionTimeoutError" }));
    expect(rig.breaker.state).toBe("open");
  });

  test("permit.failure classifies what it is given; what it cannot recognise counts", () => {
    const rig = rigOf(atFourFailures);
    for (let i = 0; i < 10; i++) rig.breaker.tryAcquire()?.failure(httpError(400));
    expect(rig.breaker.state).toBe("closed");
    rig.breaker.tryAcquire()?.failure("???");
    rig.breaker.tryAcquire()?.failure(undefined);
    rig.breaker.tryAcquire()?.failure({ odd: true });
    expect(rig.breaker.state).toBe("closed");
    rig.breaker.tryAcquire()?.failure(new Error("?"));
    expect(rig.breaker.state).toBe("open");
  });
});
