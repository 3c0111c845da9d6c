/** The arm with a second provider: smaller than the first, always well, and asked where that one does not answer. */
import { AllRoutesFailedError, type Breaker, failover } from "recloser";
import type { FleetPlan } from "./fleet.ts";
import { BASE_ERRORS } from "./scenarios.ts";
import { type MakeCall, ProviderModel, type SimulatedAnswer, type SimulatedProcess, type World } from "./simulation.ts";

/** What the second provider can carry of the load. */
export const SECOND_CARRIES = 0.4;
// Of `latencies.chatAnswer`, on average.
const ANSWER_S = 5.5;

/** @param onTry a call reaches it */
export function secondProvider(world: World, { perSecond, latency }: FleetPlan, onTry: () => void): ProviderModel {
  const concurrent = Math.round(SECOND_CARRIES * perSecond * ANSWER_S);
  const schedule = [{ does: { kind: "capacity", concurrent } } as const, BASE_ERRORS];
  const provider = new ProviderModel(world, { name: "second", latency, schedule });
  const noted: Pick<ProviderModel, "answer"> = {
    answer(process, facts) {
      onTry();
      return provider.answer(process, facts);
    },
  };
  return noted as ProviderModel;
}

/** Answers only. Ends with what a caller would look at: the rejection, or what the last call made was answered with. */
export function withFailover(
  breakers: readonly [Breaker, Breaker],
  providers: readonly [ProviderModel, ProviderModel],
  process: SimulatedProcess,
): MakeCall {
  const [first, second] = breakers.map((breaker, index) => ({
    breaker,
    run: (context: Parameters<ProviderModel["answer"]>[1]): Promise<SimulatedAnswer> =>
      (providers[index] as ProviderModel).answer(process, context),
  })) as [Route, Route];
  return async (signal) => {
    try {
      return await failover([first, second], signal === undefined ? {} : { signal });
    } catch (error) {
      throw AllRoutesFailedError.is(error) ? (error.cause ?? error) : error;
    }
  };
}

interface Route {
  readonly breaker: Breaker;
  readonly run: (context: Parameters<ProviderModel["answer"]>[1]) => Promise<SimulatedAnswer>;
}
