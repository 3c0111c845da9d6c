/** Retries as applications make them: the control of the replay, and what stands around a breaker in the other arms. */
import { CircuitOpenError, CallTimeoutError, ShedError } from "recloser";
import type { MakeCall, SimulatedProcess } from "./simulation.ts";

const TRIES = 3;
const FIRST_WAIT_MS = 500;
const LONGEST_HINT_MS = 60_000;

/**
 * Three tries, each after half a second at first and twice as long the next time, jittered by up to a quarter downwards, or
 * after what the provider asked for if that is no more than a minute: the rule of the official SDKs of openai and anthropic.
 * What a breaker rejected is not tried again.
 */
export function withRetries(call: MakeCall, process: SimulatedProcess, tries: number = TRIES): MakeCall {
  const random = process.world.random(`${process.name}: retries`);
  return async (signal) => {
    for (let made = 1; ; made++) {
      try {
        return await call(signal);
      } catch (error) {
        if (made >= tries || !isWorthwhile(error) || signal?.aborted === true) throw error;
        const backoffMs = FIRST_WAIT_MS * 2 ** (made - 1) * (1 - random() / 4);
        await process.clock.sleep(hintMs(error) ?? backoffMs, signal === undefined ? {} : { signal });
      }
    }
  };
}

function isWorthwhile(error: unknown): boolean {
  return !(error instanceof CircuitOpenError || error instanceof ShedError || error instanceof CallTimeoutError);
}

function hintMs(error: unknown): number | null {
  const { headers } = error as { headers?: Readonly<Record<string, string>> };
  const hint = Number(headers?.["retry-after-ms"]);
  return hint > 0 && hint <= LONGEST_HINT_MS ? hint : null;
}
