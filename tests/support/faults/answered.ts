/** What a caller got of the gateway, as what its breakers counted it, and how fast: a row for `npm run test:faults`. */
import { expect } from "vitest";
import type { RawAnswer } from "../raw-http.ts";
import type { TestGateway } from "../running-gateway.ts";
import { recordFault } from "./record.ts";
import type { CallRow } from "./rows.ts";

export interface WatchedCall {
  /** Keeps the row. @param of the answer, and words for it where its status says too little */
  record(table: CallRow["table"], of: Pick<RawAnswer, "status" | "headers">, fault?: string, got?: string): void;
}

/** To be called before the request is sent. @param provider of the target that is at fault; all of them where it is left out */
export function watchedCall({ gateway }: TestGateway, provider = ""): WatchedCall {
  const outcomes = new Map<string, number>();
  gateway.recloser.on("call", ({ key, outcome }) => {
    if (!key.startsWith(provider)) return;
    const counted = outcome ?? "nothing";
    outcomes.set(counted, (outcomes.get(counted) ?? 0) + 1);
  });
  const beganMs = performance.now();
  let tookMs = 0;
  return {
    record(table, { status, headers }, fault = firstWords(), got = gotOf(status, headers)) {
      tookMs ||= performance.now() - beganMs;
      const counted = [...outcomes].map(([outcome, times]) => (times === 1 ? outcome : `${outcome} × ${times}`));
      recordFault({ table, fault, got, verdict: counted.join(", ") || "nothing", tookMs });
    },
  };
}

function gotOf(status: number, headers: RawAnswer["headers"]): string {
  const target = headers["x-recloser-target"];
  if (status === 0) return "a closed connection";
  return target === undefined ? `${status}` : `${status} of target ${target}`;
}

/** The outermost name of the running test. */
function firstWords(): string {
  return expect.getState().currentTestName?.split(" > ")[0]?.replace(/:$/, "") ?? "";
}
