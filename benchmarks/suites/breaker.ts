/** What a breaker costs in one process, beside opossum and cockatiel. */
import { timeout, TimeoutStrategy, wrap } from "cockatiel";
import type { Breaker, BreakerKey, PolicyOptions } from "recloser";
import {
  answer,
  BARE,
  COCKATIEL,
  cockatielBreaker,
  contender,
  fail,
  OPOSSUM,
  opossumBreaker,
  OUT_OF_REACH,
  OURS,
  recloserBreaker,
  shutDown,
} from "../contenders.ts";
import type { Case, Contender } from "../measure.ts";
import type { Suite } from "../suite.ts";

const TIMEOUT_MS = 30_000;
const COCKATIEL_TIMEOUT = "cockatiel timeout";
const FOUR_RECORDS: BreakerKey = { provider: "openai", model: "gpt-5", credential: "team-a" };

const bare = contender(
  BARE,
  () => answer,
  (call) => call(),
);
const ours = contender(OURS, recloserBreaker, (breaker) => breaker.execute(answer));

const closed: readonly Contender[] = [
  bare,
  ours,
  contender(COCKATIEL, cockatielBreaker, (breaker) => breaker.execute(answer)),
  contender(
    OPOSSUM,
    () => opossumBreaker(answer),
    (breaker) => breaker.fire(),
    shutDown,
  ),
];

// ---- open --------------------------------------------------------------------------------------------------------

async function tripped(): Promise<Breaker> {
  const breaker = recloserBreaker({ failureThreshold: 1 });
  await breaker.execute(fail).catch(() => {});
  return breaker;
}

const open: readonly Contender[] = [
  contender(OURS, tripped, (breaker) => breaker.execute(answer)),
  contender(
    COCKATIEL,
    async () => {
      const breaker = cockatielBreaker(0.5, 0.001);
      await breaker.execute(fail).catch(() => {});
      return breaker;
    },
    (breaker) => breaker.execute(answer),
  ),
  contender(
    OPOSSUM,
    () => {
      const breaker = opossumBreaker(answer);
      breaker.open();
      return breaker;
    },
    (breaker) => breaker.fire(),
    shutDown,
  ),
];

// ---- failing -----------------------------------------------------------------------------------------------------

/** Few failures beside what the window holds, or the measurement would change its size. */
function failing(held: number, opossumCalls: number): Case {
  const cockatiel = (): ReturnType<typeof cockatielBreaker> => cockatielBreaker(0.99, 0.001);
  // Its action is fixed at construction, so what it does is switched once the window is full.
  const opossum = async (): Promise<ReturnType<typeof opossumBreaker>> => {
    let action = answer;
    const breaker = opossumBreaker(() => action(), { errorThresholdPercentage: 100 });
    await fill(held, () => breaker.fire());
    action = fail;
    return breaker;
  };
  const filled = async <B extends { execute(call: () => Promise<number>): Promise<number> }>(
    breaker: B,
  ): Promise<B> => {
    await fill(held, () => breaker.execute(answer));
    return breaker;
  };
  return {
    id: `failing-${held}`,
    title: `failing call, ${held.toLocaleString("en")} outcomes in the window`,
    ends: "rejects",
    contenders: [
      {
        ...contender(
          OURS,
          () => filled(recloserBreaker(OUT_OF_REACH)),
          (breaker) => breaker.execute(fail),
        ),
        perBuild: held / 10,
      },
      {
        ...contender(
          COCKATIEL,
          () => filled(cockatiel()),
          (breaker) => breaker.execute(fail),
        ),
        perBuild: held / 10,
      },
      { ...contender(OPOSSUM, opossum, (breaker) => breaker.fire(), shutDown), perBuild: opossumCalls },
    ],
  };
}

/** Failing calls of ours alone, by what the window holds: side by side, since growth is to be seen. */
function growing(name: string, window: PolicyOptions["window"], held: number): Contender {
  const create = async (): Promise<Breaker> => {
    const breaker = recloserBreaker({ ...OUT_OF_REACH, window });
    await fill(held, () => breaker.execute(answer));
    return breaker;
  };
  // One success must stay in a window of calls, or the rate trips.
  return { ...contender(name, create, (breaker) => breaker.execute(fail)), perBuild: 900 };
}

const MORE_HELD = `${OURS}, 100,000 outcomes`;
const CALLS = `${OURS}, window of 1,000 calls`;
const MORE_CALLS = `${OURS}, window of 100,000 calls`;
const growth: readonly Contender[] = [
  growing(OURS, "30s", 1_000),
  growing(MORE_HELD, "30s", 100_000),
  growing(CALLS, { calls: 1_000 }, 1_000),
  growing(MORE_CALLS, { calls: 100_000 }, 100_000),
];

async function fill(count: number, call: () => Promise<number>): Promise<void> {
  for (let i = 0; i < count; i++) await call();
}

// ---- with a timeout or a signal ----------------------------------------------------------------------------------

const aggressive = (): ReturnType<typeof timeout> => timeout(TIMEOUT_MS, TimeoutStrategy.Aggressive);
const readSignal = async (context: { readonly signal: AbortSignal }): Promise<number> => Number(context.signal.aborted);

const withTimeout: readonly Contender[] = [
  contender(OURS, recloserBreaker, (breaker) => breaker.execute(answer, { timeout: TIMEOUT_MS })),
  contender(
    `${OURS}, timeout in the policy`,
    () => recloserBreaker({ timeouts: { total: TIMEOUT_MS } }),
    (breaker) => breaker.execute(answer),
  ),
  contender(`${OURS}, callback reads its signal`, recloserBreaker, (breaker) =>
    breaker.execute(readSignal, { timeout: TIMEOUT_MS }),
  ),
  contender(COCKATIEL_TIMEOUT, aggressive, (policy) => policy.execute(answer)),
  contender(
    `${COCKATIEL} breaker and timeout`,
    () => wrap(cockatielBreaker(), aggressive()),
    (policy) => policy.execute(answer),
  ),
  contender(
    OPOSSUM,
    () => opossumBreaker(answer, { timeout: TIMEOUT_MS }),
    (breaker) => breaker.fire(),
    shutDown,
  ),
];

const { signal } = new AbortController();

const withSignal: readonly Contender[] = [
  bare,
  contender(OURS, recloserBreaker, (breaker) => breaker.execute(answer, { signal })),
  contender(COCKATIEL, cockatielBreaker, (breaker) => breaker.execute(answer, signal)),
];

// ---- the suite ---------------------------------------------------------------------------------------------------

export const breakerSuite: Suite = {
  name: "breaker",
  title: "A breaker in one process",
  about: [
    "The callback is `async () => 1` (for a failing call it throws one error object that exists already), the key is one string, there is no timeout unless a case says so, and the store is memory. Every promise is awaited.",
    "Windows are 30 s long. Rules that trip are armed but out of reach, except where the circuit is to be open.",
    "cockatiel hands the caller's signal on and does not listen to it; we end the call when it aborts. opossum takes no signal per call. Neither has anything like `tryAcquire`.",
    "“cockatiel timeout” is its timeout policy alone, without a breaker; ours is a breaker with a timeout.",
    "Idle breakers are weighed with the map or registry that keeps them by key, without the key's text.",
  ],
  packages: ["opossum", "cockatiel"],
  ours: OURS,
  control: BARE,
  idle: true,
  cases: [
    { id: "closed", title: "closed", contenders: closed },
    { id: "open", title: "open: rejection", ends: "rejects", contenders: open },
    {
      id: "permit",
      title: "tryAcquire, admitted and settled",
      ends: "atOnce",
      contenders: [contender(OURS, recloserBreaker, (breaker) => breaker.tryAcquire()?.success())],
    },
    {
      id: "permit-rejected",
      title: "tryAcquire, rejected",
      ends: "atOnce",
      contenders: [contender(OURS, tripped, (breaker) => breaker.tryAcquire())],
    },
    failing(1_000, 100),
    failing(100_000, 10),
    { id: "growth", title: "failing call, as the window fills", ends: "rejects", contenders: growth },
    { id: "timeout", title: "closed, with a timeout", contenders: withTimeout },
    { id: "signal", title: "closed, with an AbortSignal", contenders: withSignal },
    {
      id: "structured",
      title: "closed, structured key",
      contenders: [
        ours,
        contender(
          `${OURS}, four records`,
          () => recloserBreaker({}, FOUR_RECORDS),
          (breaker) => breaker.execute(answer),
        ),
      ],
    },
    // By now the compiler has seen permits, rejections, guards and several records, as it has in an application.
    { id: "closed-late", title: "closed, after all of the above", contenders: closed },
  ],
  targets: [
    { kind: "ratio", text: "closed: at most cockatiel", of: "closed", to: COCKATIEL, limit: 1 },
    { kind: "ratio", text: "closed: at most half of opossum", of: "closed", to: OPOSSUM, limit: 0.5 },
    { kind: "ratio", text: "rejection: at most a third of cockatiel", of: "open", to: COCKATIEL, limit: 1 / 3 },
    { kind: "ratio", text: "rejection: at most a third of opossum", of: "open", to: OPOSSUM, limit: 1 / 3 },
    { kind: "ns", text: "tryAcquire, admitted and settled: under 100 ns", of: "permit", limit: 100 },
    { kind: "ns", text: "tryAcquire, rejected: under 100 ns", of: "permit-rejected", limit: 100 },
    {
      kind: "ratio",
      text: "failing call: 100 times the outcomes cost no more",
      of: "growth",
      ours: MORE_HELD,
      to: OURS,
      limit: 1.25,
    },
    {
      kind: "ratio",
      text: "failing call in a window of calls: 100 times the calls cost no more",
      of: "growth",
      ours: MORE_CALLS,
      to: CALLS,
      limit: 1.25,
    },
    {
      kind: "ratio",
      text: "with a timeout: at most a tenth of cockatiel's timeout policy",
      of: "timeout",
      to: COCKATIEL_TIMEOUT,
      limit: 0.1,
    },
    { kind: "bytes", text: "idle breaker: at most 300 B", of: "unused", limit: 300 },
    { kind: "timers", text: "idle breakers never used: no timer", of: "unused", limit: 0 },
    { kind: "timers", text: "idle breakers used once: one timer for all", of: "used", limit: 1 },
  ],
};
