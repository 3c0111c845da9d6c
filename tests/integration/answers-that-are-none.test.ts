/** Answers with status 200 that hold no completion. Neither HTTP nor the SDK says so; `createFetch` reads it in the body. */
import type { Classifier } from "recloser";
import { describe, expect, test } from "vitest";
import { CHAT, endsOf, guardedOpenAI, many, tripAtThree, WAYS } from "../support/guarded-openai.ts";

describe.each(WAYS)("Through %s", (way) => {
  test.each([{ kind: "html", status: 200 }, { kind: "ok-with-error" }] as const)(
    "%j is handed on as it came; below the SDK it counts as a failure, above it a result is a success unless a classifier says otherwise",
    async (fault) => {
      const { provider, breaker, client } = await guardedOpenAI(way, tripAtThree);
      await provider.setFault(fault);
      const ask = (): Promise<unknown> =>
        way === "createFetch"
          ? client.chat.completions.create(CHAT)
          : breaker.execute(({ signal }) => client.chat.completions.create(CHAT, { signal }));
      const answer: unknown = await ask();
      expect(JSON.stringify(answer)).toMatch(fault.kind === "html" ? /^"<(!doctype )?html/i : /"type":"server_error"/);
      await endsOf(many(2, ask));
      expect(breaker.snapshot()).toMatchObject(
        way === "createFetch"
          ? { state: "open", inFlight: 0, evidence: { byKind: { "server-error": 3 } } }
          : { state: "closed", inFlight: 0, window: { successes: 3, failures: 0 } },
      );
    },
  );

  test("an HTML page of 502 is a failure", async () => {
    const { provider, breaker, chat } = await guardedOpenAI(way, tripAtThree);
    await provider.setFault({ kind: "html", status: 502 });
    const { errors } = await endsOf(many(3, () => chat()));
    expect(errors).toMatchObject([{ status: 502 }, { status: 502 }, { status: 502 }]);
    expect(breaker.state).toBe("open");
  });
});

test("A classifier of one's own sees the result around the call, and trips on pages and error bodies", async () => {
  const classify: Classifier = ({ result }) =>
    typeof result === "string" || (typeof result === "object" && result !== null && "error" in result)
      ? "server-error"
      : undefined;
  for (const fault of [{ kind: "html", status: 200 }, { kind: "ok-with-error" }] as const) {
    const { provider, breaker, client } = await guardedOpenAI("the breaker", { ...tripAtThree, classify });
    const ask = (): Promise<unknown> =>
      breaker.execute(({ signal }) => client.chat.completions.create(CHAT, { signal }));
    await ask();
    expect(breaker.snapshot().window).toMatchObject({ successes: 1, failures: 0 });
    await provider.setFault(fault);
    expect((await endsOf(many(3, ask))).answered).toBe(3); // the result is the caller's either way
    expect(breaker.state).toBe("open");
    await endsOf(many(10, ask));
    expect(provider.stats().requests).toBe(4);
  }
});
