/** Classes that SDKs throw without a status, by their names (never by `instanceof`: two copies of a package differ). */

import type { CodeTable } from "./verdict.ts";

export const SDK_CODES: CodeTable = {
  // The caller's own abort, as the SDK words it; its timeouts have classes of their own.
  api_user_abort: { kind: "cancelled" },
  model_abort: { kind: "cancelled" },
  request_aborted: { kind: "cancelled" },
  canceled: { kind: "cancelled" },
  api_connection_timeout: { kind: "timeout" },
  api_connection: { kind: "network" },
  connection: { kind: "network" },
  // AI SDK: refused before any request was sent.
  load_api_key: { kind: "caller-error" },
  load_setting: { kind: "caller-error" },
  no_such_model: { kind: "caller-error" },
  no_such_provider: { kind: "caller-error" },
  unsupported_functionality: { kind: "caller-error" },
  message_conversion: { kind: "caller-error" },
  download: { kind: "caller-error" },
  sdk_validation: { kind: "caller-error" },
  too_many_embedding_values_for_call: { kind: "caller-error" },
  missing_tool_results: { kind: "caller-error" },
  invalid_message_role: { kind: "caller-error" },
  invalid_data_content: { kind: "caller-error" },
  unsupported_model_version: { kind: "caller-error" },
  // LangChain: the prompt does not fit.
  context_overflow: { kind: "caller-error" },
  // LangGraph: our own graph went in circles.
  graph_recursion: { kind: "caller-error" },
  // AI SDK: the provider answered; the model's words did not fit the schema.
  no_object_generated: { kind: "success", scope: "provider" },
  no_such_tool: { kind: "success", scope: "provider" },
  invalid_tool_input: { kind: "success", scope: "provider" },
  tool_call_repair: { kind: "success", scope: "provider" },
  tool_choice_violation: { kind: "success", scope: "provider" },
  // LangChain: likewise.
  output_parser: { kind: "success", scope: "provider" },
  output_parsing_failure: { kind: "success", scope: "provider" },
  // An answer that is no answer.
  empty_response_body: { kind: "server-error" },
  invalid_response_data: { kind: "server-error" },
  response_validation: { kind: "server-error" },
  no_content_generated: { kind: "server-error" },
  no_image_generated: { kind: "server-error" },
  no_speech_generated: { kind: "server-error" },
  no_transcript_generated: { kind: "server-error" },
  no_video_generated: { kind: "server-error" },
  invalid_stream_part: { kind: "stream-error" },
  ui_message_stream: { kind: "stream-error" },
  // @google/generative-ai: the candidate was blocked and has no text.
  google_generative_ai_response: { kind: "content-filtered" },
  json_parse: { kind: "stream-error" },
  type_validation: { kind: "stream-error" },
  no_output_generated: { kind: "stream-error" },
  // The classes that every generated SDK has per status.
  rate_limit: { kind: "rate-limited" },
  too_many_requests: { kind: "rate-limited" },
  unauthorized: { kind: "auth" },
  forbidden: { kind: "auth", weak: true },
  unprocessable_entity: { kind: "caller-error" },
  content_too_large: { kind: "caller-error" },
  timeout: { kind: "timeout" },
  connect_timeout: { kind: "timeout" },
  request_timeout: { kind: "timeout" },
  gateway_timeout: { kind: "timeout" },
  http_timeout: { kind: "timeout" },
  credentials_provider: { kind: "auth" },
  google_auth: { kind: "auth" },
  // Families: the status decides if there is one.
  api: { kind: "server-error", weak: true },
};
