/** OpenAI and those who speak its dialect (Azure, Groq, Mistral and others). Source: openai-node `ResponseError`, platform error pages. */

import type { CodeTable } from "./verdict.ts";

export const OPENAI_CODES: CodeTable = {
  server_is_overloaded: { kind: "overloaded" },
  engine_overloaded: { kind: "overloaded" },
  slow_down: { kind: "rate-limited" },
  // The limiter's dimension, sent as `type` beside the code.
  requests: { kind: "rate-limited", weak: true },
  tokens: { kind: "rate-limited", weak: true },
  insufficient_quota: { kind: "quota-exhausted" },
  // Alibaba Model Studio: bills are open.
  arrearage: { kind: "quota-exhausted" },
  usage_limit_reached: { kind: "quota-exhausted" },
  unsupported_country_region_territory: { kind: "auth", scope: "provider" },
  organization_restricted: { kind: "auth" },
  account_deactivated: { kind: "auth" },
  bio_policy: { kind: "content-filtered" },
  cyber_policy: { kind: "content-filtered" },
  responsible_ai_policy_violation: { kind: "content-filtered" },
  // Also what a prompt "flagged as potentially violating our usage policy" gets: the words decide.
  invalid_prompt: { kind: "caller-error", weak: true },
  data_residency_mismatch: { kind: "caller-error" },
  failed_to_download_image: { kind: "caller-error" },
  context_length_exceeded: { kind: "caller-error" },
  empty_image_file: { kind: "caller-error" },
  image_parse: { kind: "caller-error" },
  tool_use_failed: { kind: "caller-error" },
  json_validate_failed: { kind: "caller-error" },
  // SDK classes without a status: parse() got an answer it could not use.
  length_finish_reason: { kind: "success", scope: "provider" },
  content_filter_finish_reason: { kind: "content-filtered" },
};
