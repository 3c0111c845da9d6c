import type { SimulatedProvider } from "recloser/testing";
import { until } from "../support/guarded-openai.ts";

/** Every request was given up; on a busy machine a short deadline may be over before there is one. */
export async function untilLeft(provider: SimulatedProvider): Promise<void> {
  await until(() => provider.stats().aborted === provider.stats().requests, "the connection closed");
}
