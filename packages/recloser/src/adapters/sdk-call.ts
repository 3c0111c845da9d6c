/** A call of an SDK through a breaker. What comes counts by what it says, not by its having come, whether whole or bit by bit. */
import type { Breaker, StreamOptions } from "../api.ts";
import { FailedAnswer } from "../failed-answer.ts";
import type { StreamInspector } from "../streams/inspector.ts";
import type { Outcome } from "../outcome.ts";
import { Ahead } from "./ahead.ts";

export type SdkCall = Pick<StreamOptions, "signal" | "retry" | "priority">;

// A few hundred words of text, and as many pictures as a process can bear.
const MOST_PARTS = 64;

/**
 * Makes a call that answers whole.
 *
 * @param judge what the answer counts as, null for a success; it is the caller's either way
 */
export async function callWhole<T>(
  breaker: Breaker,
  make: (signal: AbortSignal) => PromiseLike<T>,
  judge: (answer: T) => Outcome | null,
  call: SdkCall,
): Promise<T> {
  try {
    return await breaker.execute(async ({ signal }) => {
      const answer = await make(signal);
      const failure = judge(answer);
      if (failure !== null) throw new FailedAnswer(failure, answer);
      return answer;
    }, call);
  } catch (error) {
    if (FailedAnswer.is(error)) return error.answer as T;
    throw error;
  }
}

/**
 * Makes a call that answers bit by bit; resolves when something has come, so that until then it can be made again.
 *
 * @param inspect makes what watches the parts, anew for each try
 */
export async function callStreamed<P>(
  breaker: Breaker,
  open: (signal: AbortSignal) => AsyncIterable<P>,
  inspect: () => StreamInspector<P>,
  call: SdkCall,
): Promise<Ahead<P>> {
  const pass = breaker.stream<P>(({ signal }) => open(signal), { ...call, inspect });
  const ahead = new Ahead(pass[Symbol.asyncIterator](), { most: MOST_PARTS });
  await ahead.begun();
  return ahead;
}
