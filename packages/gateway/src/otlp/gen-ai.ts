/** Names of OpenTelemetry's conventions for generative AI ("Semantic conventions for generative AI systems"). */
import type { Addressed } from "../formats/addressed.ts";

// Where a provider is called otherwise there than in breaker keys.
const PROVIDERS: Readonly<Record<string, string>> = {
  "azure-openai": "azure.ai.openai",
  bedrock: "aws.bedrock",
  gemini: "gcp.gemini",
  mistral: "mistral_ai",
  vertex: "gcp.vertex_ai",
  xai: "x_ai",
};

/** `gen_ai.provider.name` */
export function providerName(provider: string): string {
  return Object.hasOwn(PROVIDERS, provider) ? (PROVIDERS[provider] as string) : provider;
}

/** `gen_ai.operation.name`; null: the conventions have no name for it. */
export function operationName({ dialect, operation }: Addressed): string | null {
  if (operation.kind === "embed") return "embeddings";
  if (operation.kind !== "generate") return null;
  if (dialect.name === "gemini") return "generate_content";
  return operation.ownPath("") === "/completions" ? "text_completion" : "chat";
}
