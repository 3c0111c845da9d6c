import { describe, expect, it } from "vitest";
import { CallTimeoutError, CircuitOpenError, type RejectReason, ShedError, StreamTruncatedError } from "../errors.ts";
import { AllRoutesFailedError, type TriedRoute } from "../failover-error.ts";
import { type OutcomeKind, outcomeOf } from "../outcome.ts";
import { problemResponse } from "./problem.ts";

function open(reason: RejectReason, retryAfterMs = 1_500): CircuitOpenError {
  return new CircuitOpenError({
    ...{ key: "secret-tenant", state: "open", reason, retryAfterMs },
    ...{ openedAtMs: 1, generation: 1, lastFailure: null, evidence: null },
  });
}

const route = { route: "r", index: 0, durationMs: 1 };

function refused(error: unknown): TriedRoute {
  return { ...route, made: false, outcome: null, error };
}

function made(kind: OutcomeKind): TriedRoute {
  return { ...route, made: true, outcome: outcomeOf(kind), error: new CallTimeoutError("x", "total", 1) };
}

async function told(response: Response | null): Promise<[number, string | null, unknown]> {
  if (response === null) throw new Error("no response");
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(response.headers.get("cache-control")).toBe("no-store");
  return [response.status, response.headers.get("retry-after"), await response.json()];
}

describe("a problem", () => {
  it.each<[unknown, number, string | null, number | undefined]>([
    [open("open"), 503, "2", 1_500],
    [open("rate-limited"), 429, "2", 1_500],
    [open("ramping", 0), 503, "1", 0],
    [new Error("wrapped", { cause: open("override") }), 503, "2", 1_500],
    [new ShedError("x", null, { reason: "paced", retryAfterMs: 2_100, detail: "" }), 429, "3", 2_100],
    [new ShedError("x", null, { reason: "queue-full", retryAfterMs: 900, detail: "" }), 503, "1", 900],
    [new ShedError("x", 1), 503, null, undefined],
    [new CallTimeoutError("x", "total", 1_000), 504, null, undefined],
    [new StreamTruncatedError("x"), 502, null, undefined],
    [new AllRoutesFailedError("x", [refused(open("open")), refused(open("auth", 9_000))]), 503, "2", 1_500],
    [new AllRoutesFailedError("x", [refused(open("open")), made("server-error")]), 502, null, undefined],
    [new AllRoutesFailedError("x", [made("timeout"), refused(open("open"))]), 504, null, undefined],
  ])("of %s has its status and says when to come back, if that is known", async (error, status, retry, ms) => {
    const [gaveStatus, gaveRetry, body] = await told(problemResponse(error));
    expect([gaveStatus, gaveRetry]).toEqual([status, retry]);
    expect(body).toMatchObject({ type: "about:blank", status, title: expect.any(String) as string });
    expect((body as { retryAfterMs?: number }).retryAfterMs).toBe(ms);
  });

  it("says what it is told to say, and nothing of the circuit", async () => {
    const [, retryAfter, body] = await told(
      problemResponse(new CallTimeoutError("secret-tenant", "total", 1_000), {
        ...{ type: "https://example.com/busy", title: "Zu viel los", detail: "Bitte später.", instance: "/jobs/1" },
        retryAfter: "30s",
      }),
    );
    expect(retryAfter).toBe("30");
    expect(body).toEqual({
      ...{ type: "https://example.com/busy", title: "Zu viel los", detail: "Bitte später.", instance: "/jobs/1" },
      ...{ status: 504, code: "ERR_CALL_TIMEOUT", retryAfterMs: 30_000 },
    });
    expect(JSON.stringify((await told(problemResponse(open("open"))))[2])).not.toContain("secret-tenant");
  });

  it("is none of any other error", () => {
    for (const error of [new Error("x"), null, undefined, "text"]) expect(problemResponse(error)).toBe(null);
  });

  it("is not made of a bad option, which is named", () => {
    expect(() => problemResponse(open("open"), { detail: " " })).toThrow("detail: expected a text that is not empty");
    expect(() => problemResponse(open("open"), { status: 500 } as never)).toThrow(
      "status: expected one of the options",
    );
    expect(() => problemResponse(open("open"), { retryAfter: -1 })).toThrow("retryAfter: expected a duration");
  });
});
