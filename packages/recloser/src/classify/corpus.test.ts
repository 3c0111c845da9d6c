import { describe, expect, it } from "vitest";
import {
  confusionTable,
  allOutcomeCases,
  outcomeSets,
  retryHintCases,
  runCorpus,
  type RetryHintCase,
} from "../../../../tests/support/outcome-corpus.ts";
import { classify } from "./index.ts";

describe("the known outcomes", () => {
  it.each(outcomeSets())(
    "of set $name all come out with the kind, track, scope and hint they are known to have",
    ({ cases }) => {
      const report = runCorpus(cases);
      const misses = report.mismatches.map((m) => `${m.id}: expected ${m.wanted}, got ${m.got}`).join("\n");
      if (misses !== "") console.log(confusionTable(report));
      expect(misses).toBe("");
    },
  );

  it("agree with the evidence: exactly the window track counts", () => {
    const disagree = allOutcomeCases().filter((c) => c.expect.counts !== (c.expect.track === "window"));
    expect(disagree).toEqual([]);
  });

  it("have an id each", () => {
    const ids = allOutcomeCases().map((c) => c.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

function responseWith(hint: RetryHintCase) {
  const [place, field] = hint.kind.split(":") as [string, string | undefined];
  if (field === undefined) return { status: 429, headers: { [place]: hint.value } };
  const details: Record<string, unknown> = {
    "RetryInfo.retryDelay": {
      details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: hint.value }],
    },
    "ErrorInfo.quotaResetDelay": {
      details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", metadata: { quotaResetDelay: hint.value } }],
    },
    "availability.retry_after": { availability: { retry_after: Number(hint.value) } },
    message: { message: hint.value },
  };
  return { status: 429, body: { error: details[field] as object } };
}

describe("the recorded retry hints", () => {
  it.each(retryHintCases())("read $kind: $value as $expect_ms ms ($source)", (hint) => {
    const outcome = classify({ response: responseWith(hint), nowMs: Date.parse(hint.now) });
    expect(outcome.retryAfterMs).toBe(hint.expect_ms);
    expect(outcome.track).toBe("hold");
  });
});
