/** AWS exception names, from `x-amzn-errortype`, `__type`, an event-stream's `:exception-type` or the thrown class. */

import type { CodeTable } from "./verdict.ts";

export const BEDROCK_CODES: CodeTable = {
  // A family: its words say whether the request or the model is wrong.
  validation: { kind: "caller-error", weak: true },
  conflict: { kind: "caller-error" },
  resource_not_found: { kind: "caller-error", scope: "model" },
  // The form of one vendor's models is missing; the others answer.
  ftu_form_not_filled: { kind: "caller-error", scope: "model" },
  throttling: { kind: "rate-limited" },
  service_quota_exceeded: { kind: "quota-exhausted" },
  service_unavailable: { kind: "overloaded", weak: true },
  internal_server: { kind: "server-error", weak: true },
  internal_failure: { kind: "server-error", weak: true },
  // 429, but the model is cold, not we too fast.
  model_not_ready: { kind: "server-error", scope: "model" },
  model_timeout: { kind: "timeout", scope: "model" },
  model_error: { kind: "server-error", scope: "model" },
  model_stream_error: { kind: "stream-error", scope: "model" },
  request_expired: { kind: "auth" },
  unrecognized_client: { kind: "auth" },
  incomplete_signature: { kind: "auth" },
  opt_in_required: { kind: "auth" },
};
