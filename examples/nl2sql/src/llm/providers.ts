/** Who is asked: any server that speaks OpenAI's API. */
import OpenAI from "openai";

export interface ProviderOptions {
  /** What its circuit is called by: `openai`, `groq`, or a name of yours. */
  readonly name: string;
  readonly model: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Told with every answer: no model is behind it. */
  readonly simulated?: boolean;
}

export interface Provider {
  readonly name: string;
  readonly model: string;
  readonly simulated: boolean;
  readonly client: OpenAI;
}

export function providerOf({ name, model, baseUrl, apiKey, simulated = false }: ProviderOptions): Provider {
  // A retry of the client's would be a call that no breaker sees.
  const client = new OpenAI({ baseURL: baseUrl, apiKey, maxRetries: 0, logLevel: "off" });
  return { name, model, simulated, client };
}
