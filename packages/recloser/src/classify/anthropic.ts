/** Anthropic's `error.type` and `error.details.error_code`. Source: @anthropic-ai/sdk `error-classes.ts`, `shared.ts`. */

import type { CodeTable } from "./verdict.ts";

export const ANTHROPIC_CODES: CodeTable = {
  overloaded: { kind: "overloaded" },
  billing: { kind: "quota-exhausted" },
  ramp_limit_exceeded: { kind: "rate-limited" },
  permission: { kind: "auth", weak: true }, // OpenRouter sends it for a guardrail's block
  claude_code_key_creator_not_member: { kind: "auth" },
  parent_organization_required: { kind: "auth" },
  organization_type_not_supported: { kind: "auth" },
  linked_organization_billing_unavailable: { kind: "quota-exhausted" },
  // A customer's own encryption key: every call of that workspace fails, nobody else's.
  cmek_key_disabled: { kind: "auth" },
  cmek_key_network_blocked: { kind: "auth" },
  cmek_context_unavailable: { kind: "server-error", scope: "key" },
  cmek_key_unreachable: { kind: "server-error", scope: "key" },
  // The client was slow to send; the name only sounds like a slow server.
  request_body_timeout: { kind: "caller-error" },
  external_key_validation_timed_out: { kind: "caller-error" },
  storage_quota_exceeded: { kind: "caller-error" },
  claude_code_version_too_old: { kind: "caller-error" },
  thread_continue_in_flight: { kind: "caller-error" },
};
