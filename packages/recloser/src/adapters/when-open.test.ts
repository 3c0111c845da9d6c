/** What a shed call looks like to an SDK above `fetch`. */
import { describe, expect, it } from "vitest";
import { ShedError } from "../errors.ts";
import { answerWhenOpen } from "./when-open.ts";

const paced = new ShedError("llm", null, { reason: "paced", retryAfterMs: 1_200.5, detail: "wait" });

describe("a shed call answered as a response", () => {
  it("says when to come back where that is known, and what it was", async () => {
    const response = answerWhenOpen("response", new Headers(), paced) as Response;
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("2");
    expect(response.headers.get("retry-after-ms")).toBe("1201");
    expect(response.headers.get("x-should-retry")).toBe("false");
    const facts = { code: "ERR_SHED", type: "shed", key: "llm", reason: "paced", retryAfterMs: 1_201 };
    expect(await response.json()).toMatchObject({ error: facts });
  });

  it("says no time for want of a slot, since nobody knows when there will be one", () => {
    const response = answerWhenOpen("response", new Headers(), new ShedError("llm", 3)) as Response;
    expect(response.headers.get("retry-after")).toBeNull();
  });

  it("says none to LangChain, which would wait for it", () => {
    const agent = new Headers({ "user-agent": "langchainjs-openai/1.0" });
    const response = answerWhenOpen("auto", agent, paced) as Response;
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, null]);
  });
});
