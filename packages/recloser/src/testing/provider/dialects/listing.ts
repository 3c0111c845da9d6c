import { NEVER_STREAMED } from "./dialect.ts";
import type { Route } from "./dialect.ts";

/** A GET that names no model, such as the list of models. */
export function listing(path: string, body: Route["body"], failedBody: Route["failedBody"]): Route {
  return {
    method: "GET",
    path,
    ...NEVER_STREAMED,
    read: () => ({ kind: "call", model: null, stream: false, prompt: "", maxTokens: null, request: {} }),
    body,
    failedBody,
  };
}
