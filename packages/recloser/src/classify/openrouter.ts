/** OpenRouter's `error_type`: the one field that is the same in all its skins. Source: its "Errors and Debugging" page. */

import type { CodeTable } from "./verdict.ts";

export const OPENROUTER_CODES: CodeTable = {
  authentication: { kind: "auth" },
  payment_required: { kind: "quota-exhausted" },
  provider_overloaded: { kind: "overloaded", scope: "model" },
  provider_unavailable: { kind: "server-error", scope: "model" },
  // Many paid requests at once for the balance: it settles. One that is dearer than the whole budget never fits.
  in_flight_budget_exhausted: { kind: "rate-limited", scope: "key" },
  weight_exceeds_budget: { kind: "caller-error" },
  content_policy_violation: { kind: "content-filtered" },
  refusal: { kind: "content-filtered" },
  payload_too_large: { kind: "caller-error" },
  unprocessable: { kind: "caller-error" },
  image_download_failed: { kind: "caller-error" },
  token_limit_exceeded: { kind: "caller-error" },
  server: { kind: "server-error", weak: true },
  unmapped: { kind: "server-error", weak: true },
};
