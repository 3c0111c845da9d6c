/** What the page shows beside the answers, and its outage switch. Only where the providers are simulated is there a switch. */
import type { Recloser } from "recloser";
import { z } from "zod";
import { GOLDEN } from "../golden/questions.ts";
import { bodyOf, json, type Routes } from "../http/app.ts";
import { SIMULATED_NAMES, type SimulatedStack } from "./simulated-stack.ts";

/** The faults that the page offers, by the words that it has for them. */
const FAULTS = {
  none: null,
  "answers 503": { kind: "status", status: 503 },
  hangs: { kind: "hang" },
  "refuses connections": { kind: "reset" },
  "rate limit": { kind: "rate-limit", limited: "requests", resetMs: 8_000 },
  "answers nonsense": { kind: "html", status: 200 },
} as const;

type FaultName = keyof typeof FAULTS;

const SWITCH = z.strictObject({
  provider: z.enum(SIMULATED_NAMES),
  fault: z.enum(Object.keys(FAULTS) as [FaultName, ...FaultName[]]),
});

export interface Shown {
  readonly recloser: Recloser;
  /** Null: the providers are real. */
  readonly stack: SimulatedStack | null;
  /** For people: database, queue, store. */
  readonly parts: Readonly<Record<string, string>>;
  /** Where the dashboard is; null: nowhere. */
  readonly dashboard: string | null;
}

export function outageRoutes({ recloser, stack, parts, dashboard }: Shown): Routes {
  return {
    "GET /state": async (_request, response) => {
      const providers = stack === null ? [] : SIMULATED_NAMES.map((name) => providerState(stack, name));
      json(response, 200, { parts, dashboard, providers, faults: Object.keys(FAULTS), circuits: circuits(recloser) });
    },
    "GET /samples": async (_request, response) =>
      json(
        response,
        200,
        GOLDEN.map(({ question }) => question),
      ),
    ...(stack !== null && {
      "POST /outage": async (request, response) => {
        const { provider, fault } = await bodyOf(request, SWITCH);
        await stack.setFault(provider, FAULTS[fault]);
        json(response, 200, { provider, fault });
      },
    }),
  };
}

function providerState(stack: SimulatedStack, name: (typeof SIMULATED_NAMES)[number]): object {
  const provider = stack.simulated[name];
  const fault = Object.entries(FAULTS).find(([, each]) => JSON.stringify(each) === JSON.stringify(provider.fault))?.[0];
  return { name, fault: fault ?? "other", calls: provider.stats().requests };
}

function circuits(recloser: Recloser): object[] {
  return [...recloser.breakers()].map((breaker) => {
    const { name, state, evidence, retryAfterMs, load } = breaker.snapshot();
    return { name, state, evidence: evidence?.summary ?? null, retryAfterMs, inFlight: load.inFlight };
  });
}
