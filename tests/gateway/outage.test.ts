/** The replay of `npm run outage:gateway`, short: what docs/reference/gateway-outage.md has at length. */
import { expect, test } from "vitest";
import { playGatewayOutage } from "../../benchmarks/outage/gateway.ts";

test("While the first provider hangs nobody gets an error, and few calls go there", async () => {
  const outage = await playGatewayOutage({
    perSecond: 30,
    beforeMs: 1_000,
    faultMs: 6_000,
    afterMs: 1_000,
    config: { timeouts: { headers: "1500ms", firstToken: "1500ms" }, breaker: { cooldown: { initial: "30s" } } },
    patienceMs: 20_000,
  });
  expect([outage.errors, outage.errorsOutside]).toEqual([0, 0]);
  // About 45 begin until the first has shown nothing for a second and a half; a busy machine takes longer.
  expect(outage.deadCalls).toBeGreaterThan(0);
  expect(outage.deadCalls).toBeLessThan(outage.asked / 2);
}, 60_000);
