/** One question, asked of OpenAI, or of Anthropic where OpenAI cannot answer: for the whole answer, and as its tokens. */
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { type Breaker, createRecloser, failover, type FailoverReport, failoverStream, type Recloser } from "recloser";

export interface Providers {
  /** Both with `maxRetries: 0`: a retry below the breaker would be a call that it does not see. */
  readonly openai: OpenAI;
  readonly anthropic: Anthropic;
}

export class Assistant {
  readonly #providers: Providers;
  readonly #gpt: Breaker;
  readonly #claude: Breaker;
  readonly #onAnswer: (report: FailoverReport) => void;

  constructor(providers: Providers, recloser: Recloser = createRecloser(), onAnswer: typeof logged = logged) {
    this.#providers = providers;
    this.#gpt = recloser.breaker({ provider: "openai", model: "gpt-5" });
    this.#claude = recloser.breaker({ provider: "anthropic", model: "claude-sonnet-5" });
    this.#onAnswer = onAnswer;
  }

  answer(question: string, signal?: AbortSignal): Promise<string> {
    const { openai, anthropic } = this.#providers;
    return failover(
      [
        {
          breaker: this.#gpt,
          run: async (call) => {
            const completion = await openai.chat.completions.create(ofOpenAI(question), { signal: call.signal });
            return completion.choices[0]?.message.content ?? "";
          },
        },
        {
          breaker: this.#claude,
          run: async (call) => {
            const message = await anthropic.messages.create(ofAnthropic(question), { signal: call.signal });
            return message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
          },
        },
      ],
      // A first route that hangs leaves the second one at least twenty seconds.
      { signal, timeout: "60s", routeTimeout: "40s", onAnswer: this.#onAnswer },
    );
  }

  async *tokens(question: string, signal?: AbortSignal): AsyncGenerator<string, void> {
    const { openai, anthropic } = this.#providers;
    const chunks = failoverStream(
      [
        {
          breaker: this.#gpt,
          run: (call) =>
            openai.chat.completions.create({ ...ofOpenAI(question), stream: true }, { signal: call.signal }),
          // Until the first of these the next route may still take over.
          isContent: (chunk) => (chunk.choices[0]?.delta.content ?? "") !== "",
          isEnd: (chunk) => typeof chunk.choices[0]?.finish_reason === "string",
        },
        {
          breaker: this.#claude,
          run: (call) => anthropic.messages.create({ ...ofAnthropic(question), stream: true }, { signal: call.signal }),
          isContent: (event) => event.type === "content_block_delta",
          isEnd: (event) => event.type === "message_stop",
        },
      ],
      { signal, timeout: "2m", firstToken: "20s", onAnswer: this.#onAnswer },
    );
    for await (const chunk of chunks) {
      if ("choices" in chunk) yield chunk.choices[0]?.delta.content ?? "";
      else if (chunk.type === "content_block_delta" && chunk.delta.type === "text_delta") yield chunk.delta.text;
    }
  }
}

function ofOpenAI(content: string): OpenAI.ChatCompletionCreateParamsNonStreaming {
  return { model: "gpt-5", messages: [{ role: "user", content }] };
}

function ofAnthropic(content: string): Anthropic.MessageCreateParamsNonStreaming {
  return { model: "claude-sonnet-5", max_tokens: 1_024, messages: [{ role: "user", content }] };
}

function logged({ route, tried }: FailoverReport): void {
  for (const { route: failed, outcome } of tried) console.log(`${failed}: ${outcome?.kind ?? "rejected"}`);
  console.log(`answered by ${route}`);
}
