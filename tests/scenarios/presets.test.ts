import { grpcClassifier, httpClassifier, postgresClassifier, redisClassifier } from "recloser/classify";
import { describe, expect, test } from "vitest";

import { driverErrors, thrownBy, type DriverError } from "../support/driver-errors.ts";
import { atFourFailures, rigOf } from "./support.ts";

function recorded(system: DriverError["system"], what: string): unknown {
  const row = driverErrors(system).find((each) => each.case === what);
  if (row === undefined) throw new Error(`nothing was recorded for ${what}`);
  return thrownBy(row);
}

describe("a breaker around PostgreSQL", () => {
  const policy = { ...atFourFailures, classify: postgresClassifier };

  test("trips when the server takes no more connections, and not over unique violations and deadlocks", async () => {
    const rig = rigOf(policy);
    const violation = recorded("postgres", "unique violation");
    expect(await rig.fails(20, violation)).toEqual(Array.from({ length: 20 }, () => violation));
    await rig.fails(20, recorded("postgres", "deadlock"));
    expect(rig.breaker.state).toBe("closed");
    await rig.fails(4, recorded("postgres", "too many connections"));
    expect(rig.breaker.state).toBe("open");
  });

  test("trips when writes meet a standby, and on the network errors that the built-in rules know", async () => {
    for (const what of ["read-only transaction", "refused", "connection cut", "statement timeout"]) {
      const rig = rigOf(policy);
      await rig.fails(4, recorded("postgres", what));
      expect([what, rig.breaker.state]).toEqual([what, "open"]);
    }
  });

  test("without the preset would trip over unique violations", async () => {
    const rig = rigOf(atFourFailures);
    await rig.fails(4, recorded("postgres", "unique violation"));
    expect(rig.breaker.state).toBe("open");
  });
});

test("a breaker around Redis trips while it loads, and not over a wrong type", async () => {
  const rig = rigOf({ ...atFourFailures, classify: redisClassifier });
  await rig.fails(20, recorded("redis", "WRONGTYPE"));
  expect(rig.breaker.state).toBe("closed");
  await rig.fails(4, recorded("redis", "LOADING"));
  expect(rig.breaker.state).toBe("open");
});

test("a breaker around gRPC is held for as long as the server's RetryInfo asks", async () => {
  const rig = rigOf({ ...atFourFailures, classify: grpcClassifier });
  await rig.fails(20, recorded("grpc", "NOT_FOUND"));
  await rig.fails(1, recorded("grpc", "RESOURCE_EXHAUSTED with RetryInfo"));
  expect(rig.breaker.state).toBe("closed");
  const rejection = await rig.rejection();
  expect(rejection).toMatchObject({ reason: "rate-limited", retryAfterMs: 3500 });
});

test("a breaker around plain HTTP counts a 404 as an answer and a 500 as a failure", async () => {
  const rig = rigOf({ ...atFourFailures, classify: httpClassifier });
  await rig.succeeds(20, new Response(null, { status: 404 }));
  expect(rig.breaker.snapshot()).toMatchObject({ state: "closed" });
  await rig.succeeds(4, new Response(null, { status: 500 }));
  expect(rig.breaker.state).toBe("open");
});
