import { expect, test } from "vitest";
import "../../../../tests/support/unhandled-rejections.ts";
import { createBreaker } from "../recloser.ts";
import { breakerMiddleware } from "./ai-sdk.ts";

test("A caller who leaves while the model is being asked leaves no rejection behind", async () => {
  const caller = new AbortController();
  const model = {
    provider: "p",
    modelId: "m",
    doStream: (): Promise<never> => {
      caller.abort(new Error("left"));
      return Promise.reject(new Error("the model's own, which nobody hears"));
    },
  };
  const middleware = breakerMiddleware(createBreaker());
  await expect(middleware.wrapStream({ params: { abortSignal: caller.signal }, model })).rejects.toThrow("left");
});
