/** What is known of a provider, so that a target need not say it. */
import type { WireFormat } from "./config.ts";

export interface KnownProvider {
  readonly format: WireFormat;
  /** As its own SDK has it. */
  readonly baseUrl: string;
  /** On this machine, and without a key. */
  readonly isLocal: boolean;
}

const known = (format: WireFormat, baseUrl: string, isLocal = false): KnownProvider => ({ format, baseUrl, isLocal });

/** The provider that the gateway plays itself; a route named `sim` is reached at `/sim/v1`. */
const SIMULATED = "simulated";

const PROVIDERS: ReadonlyMap<string, KnownProvider> = new Map([
  ["openai", known("openai", "https://api.openai.com/v1")],
  ["anthropic", known("anthropic", "https://api.anthropic.com")],
  ["gemini", known("gemini", "https://generativelanguage.googleapis.com")],
  ["groq", known("openai", "https://api.groq.com/openai/v1")],
  ["mistral", known("openai", "https://api.mistral.ai/v1")],
  ["openrouter", known("openai", "https://openrouter.ai/api/v1")],
  ["ollama", known("openai", "http://127.0.0.1:11434/v1", true)],
  [SIMULATED, known("openai", "sim:", true)],
]);

export function knownProvider(name: string): KnownProvider | undefined {
  return PROVIDERS.get(name);
}

export function knownProviders(): string[] {
  return [...PROVIDERS.keys()];
}
