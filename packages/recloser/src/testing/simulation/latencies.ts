/** How long things take at an LLM provider, for want of figures of your own. */
import type { Distribution } from "../provider/latency.ts";

export const latencies: {
  /** Error answers: 50 ms. */
  readonly error: Distribution;
  /** From the call to a stream's first token: 0.3 to 3 s. */
  readonly firstToken: Distribution;
  /** Between two tokens: 20 to 60 ms. */
  readonly interToken: Distribution;
  /** Whole answers of a large model: 8 to 60 s. */
  readonly answer: Distribution;
  /** Whole answers of a chat: 1 to 10 s. */
  readonly chatAnswer: Distribution;
} = {
  error: 50,
  firstToken: { kind: "uniform", minMs: 300, maxMs: 3_000 },
  interToken: { kind: "uniform", minMs: 20, maxMs: 60 },
  answer: { kind: "uniform", minMs: 8_000, maxMs: 60_000 },
  chatAnswer: { kind: "uniform", minMs: 1_000, maxMs: 10_000 },
};
