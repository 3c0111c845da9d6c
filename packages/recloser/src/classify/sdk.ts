/** Classes that SDKs throw without a status, by their names (never by `instanceof`: two copies of a package differ). */

import type { CodeTable } from "./verdict.ts";

export const SDK_CODES: CodeTable = {
  // The caller's own abort, as the SDK words it; its timeouts have classes of their own.
  api_user_abort: { kind: "cancelled" },
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
  // AI SDK: the provider answered; the model's words did not fit the schema.
  no_object_generated: { kind: "success", scope: "provider" },
  no_such_tool: { kind: "success", scope: "provider" },
  invalid_tool_input: { kind: "success", scope: "provider" },
  // An answer that is no answer.
  empty_response_body: { kind: "server-error" },
  invalid_response_data: { kind: "server-error" },
  response_validation: { kind: "server-error" },
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
  // Families: the status decides if there is one.
  api: { kind: "server-error", weak: true },
};
