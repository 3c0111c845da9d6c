/** Google's canonical statuses and `ErrorInfo` reasons (Gemini API, Vertex). Source: google.rpc.Code, cloud error model. */

import type { CodeTable } from "./verdict.ts";

export const GOOGLE_CODES: CodeTable = {
  invalid_argument: { kind: "caller-error", weak: true },
  failed_precondition: { kind: "caller-error", weak: true },
  out_of_range: { kind: "caller-error", weak: true },
  already_exists: { kind: "caller-error" },
  aborted: { kind: "caller-error", weak: true },
  unimplemented: { kind: "caller-error" },
  unauthenticated: { kind: "auth" },
  permission_denied: { kind: "auth", weak: true }, // also regions, firewalls, guardrails
  resource_exhausted: { kind: "rate-limited", weak: true },
  unavailable: { kind: "overloaded", weak: true },
  deadline_exceeded: { kind: "timeout", scope: "model" },
  internal: { kind: "server-error", weak: true },
  unknown: { kind: "server-error", weak: true },
  data_loss: { kind: "server-error", weak: true },
  service_disabled: { kind: "auth" },
  consumer_suspended: { kind: "auth" },
  consumer_invalid: { kind: "auth" },
  validation_required: { kind: "auth" },
  billing_disabled: { kind: "quota-exhausted" },
  rate_limit_exceeded: { kind: "rate-limited" },
  // Says which quota only through its id: per minute is a rate limit, see quota.ts.
  quota_exceeded: { kind: "quota-exhausted", scope: "model" },
  quota_exhausted: { kind: "quota-exhausted", scope: "model" },
  model_capacity_exhausted: { kind: "overloaded" },
};
