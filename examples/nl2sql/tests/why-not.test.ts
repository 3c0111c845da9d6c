import { createBreaker, failover } from "recloser";
import { expect, test } from "vitest";
import { whyNot } from "../src/pipeline/why-not.ts";

const DOWN = Object.assign(new Error("down"), { status: 503 });

async function tried(...names: readonly string[]): Promise<unknown> {
  const breakers = names.map((name) => createBreaker({ name }));
  await breakers[0]?.forceOpen({ by: "ann", reason: "test" });
  const routes = breakers.map((breaker) => ({ name: breaker.name, breaker, run: () => Promise.reject(DOWN) }));
  return failover(routes).then(
    () => null,
    (error: unknown) => error,
  );
}

test("says what became of each provider", async () => {
  const said = whyNot(await tried("primary", "standby"));
  expect(said).toMatch(/^primary was not asked: its circuit is open\. standby failed \(.+\)\.$/);
});

test("says of anything else only that it could not be asked", () => {
  expect(whyNot(new Error("secret"))).toBe("The provider could not be asked.");
});
