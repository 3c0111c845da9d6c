/** Providers as `play` takes them: how each call ends. */
import type { End, Traffic } from "./traffic.ts";

type Provider = Traffic["end"];

/** Answers in 8–60 s, but for a share of calls that fail in 50 ms. */
export function llm(failing: number): Provider {
  return (random) => {
    const afterMs = 8_000 + 52_000 * random();
    return random() < failing ? { as: "fails", afterMs: 50 } : { as: "succeeds", afterMs };
  };
}

const fails = (afterMs: number): End => ({ as: "fails", afterMs });

/** Fails every call, after how long it likes. */
export const dead: Readonly<Record<"at 50 ms" | "at 25–75 ms" | "exponentially, mean 1 s", Provider>> = {
  "at 50 ms": () => fails(50),
  "at 25–75 ms": (random) => fails(25 + 50 * random()),
  "exponentially, mean 1 s": (random) => fails(-1_000 * Math.log(1 - random())),
};

/** Fails every call at 50 ms, but for a share that ends sooner and says nothing. */
export function deadBehind(ignored: number, afterMs: number): Provider {
  return (random) => (random() < ignored ? { as: "is ignored", afterMs } : fails(50));
}

/** Fails a share of calls in 50 ms; answers the others within a range, or shows the first content of a stream then. */
export function answering(failing: number, leastMs: number, mostMs: number, streams = false): Provider {
  return (random) => {
    const afterMs = leastMs + (mostMs - leastMs) * random();
    if (random() < failing) return fails(50);
    return {
      as: "succeeds",
      afterMs: streams ? afterMs + 30_000 * random() : afterMs,
      ...(streams && { contentMs: afterMs }),
    };
  };
}

/** Is like `before` until an instant; then it refuses every call in 50 ms, and goes on with those that had begun. */
export function refusesFrom(atMs: number, before: Provider): Provider {
  return (random, nowMs) => (nowMs < atMs ? before(random, nowMs) : fails(50));
}

/** How providers answer that are well, before they refuse. */
export const answers: Readonly<Record<string, (failing: number) => Provider>> = {
  "answers in 0.2–0.4 s": (failing) => answering(failing, 200, 400),
  "streams, first content in 0.3–3 s": (failing) => answering(failing, 300, 3_000, true),
  "answers in 8–60 s": (failing) => answering(failing, 8_000, 60_000),
};

/** Answers, until at an instant it no longer does. */
export function hangsFrom(hangAtMs: number): Provider {
  return (random, atMs) =>
    atMs < hangAtMs ? { as: "succeeds", afterMs: 500 + 500 * random() } : { as: "hangs", afterMs: 0 };
}
