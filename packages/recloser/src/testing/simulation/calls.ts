/** How a simulated caller calls: through a breaker or without one, for one answer or for a stream read to its end. */
import type { Breaker } from "../../api.ts";
import type { SimulatedProcess } from "./process.ts";
import type { CallFacts, ProviderModel } from "./provider-model.ts";
import type { SimulatedChunk } from "./streamed-call.ts";
import type { SimulatedAnswer } from "./unary-call.ts";
import type { MakeCall } from "./workload.ts";

const isEnd = (chunk: SimulatedChunk): boolean => chunk.isEnd;
const isContent = (chunk: SimulatedChunk): boolean => !chunk.isEnd;

/** Calls through `breaker.execute`. */
export function executeThrough(breaker: Breaker, provider: ProviderModel, process: SimulatedProcess): MakeCall {
  const call = (context: CallFacts): Promise<SimulatedAnswer> => provider.answer(process, context);
  return (signal) => breaker.execute(call, signal === undefined ? undefined : { signal });
}

/** Calls through `breaker.stream`, reading to the end. */
export function streamThrough(breaker: Breaker, provider: ProviderModel, process: SimulatedProcess): MakeCall {
  const call = (context: CallFacts): AsyncIterable<SimulatedChunk> => provider.stream(process, context);
  return (signal) => readToEnd(breaker.stream(call, { isEnd, isContent, signal }));
}

/** Calls without a breaker, which is what others are compared with. */
export function unguarded(
  provider: ProviderModel,
  process: SimulatedProcess,
  asks: "answer" | "stream" = "answer",
): MakeCall {
  return (signal) => {
    const facts = signal === undefined ? {} : { signal };
    return asks === "answer" ? provider.answer(process, facts) : readToEnd(provider.stream(process, facts));
  };
}

async function readToEnd(stream: AsyncIterable<SimulatedChunk>): Promise<number> {
  let last: SimulatedChunk | null = null;
  for await (const chunk of stream) last = chunk;
  // Nobody else tells an unguarded caller that half of the answer is missing.
  if (last?.isEnd !== true) throw new Error("the stream ended without its end marker");
  return last.index;
}
