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

/** Answers, until at an instant it no longer does. */
export function hangsFrom(hangAtMs: number): Provider {
  return (random, atMs) =>
    atMs < hangAtMs ? { as: "succeeds", afterMs: 500 + 500 * random() } : { as: "hangs", afterMs: 0 };
}
