/** Servers one runs oneself: TGI's `error_type`, llama.cpp's `type`. Source: TGI router, llama.cpp `format_error_response`. */

import type { CodeTable } from "./verdict.ts";

export const LOCAL_CODES: CodeTable = {
  generation: { kind: "server-error", scope: "model" },
  incomplete_generation: { kind: "server-error", scope: "model" },
  healthcheck: { kind: "server-error", scope: "provider" },
  template: { kind: "caller-error" },
  tool: { kind: "caller-error" },
  exceed_context_size: { kind: "caller-error" },
  not_supported: { kind: "caller-error" },
};
