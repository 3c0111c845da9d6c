/** What else is asked of providers than for a word: with tools and a picture, whole and streamed; embeddings; counts. */
import type { ToolSet } from "ai";
import { PLACE, TOOL, VECTOR } from "./rich-answers.ts";
import { load } from "./sdks.ts";
import type { Below } from "./ways.ts";

export interface RichCall {
  readonly name: string;
  /** @param image as base64 @returns what the SDK made of the answer, to be written as JSON */
  readonly ask: (below: Below, image: string) => Promise<unknown>;
  /** What that has in it. */
  readonly has: readonly string[];
}

const CALLED: readonly string[] = [TOOL, PLACE];
const VECTORS: readonly string[] = [JSON.stringify(VECTOR)];
const MODEL = "m";
const QUESTION = "What is the weather in Zürich? 😀 \u2028";
const DESCRIPTION = "The weather at a place";
const PARAMETERS = {
  type: "object" as const,
  properties: { place: { type: "string" as const } },
  required: ["place"],
};
const OF_OPENAI = [
  { type: "function" as const, function: { name: TOOL, description: DESCRIPTION, parameters: PARAMETERS } },
];
const url = (image: string): string => `data:image/png;base64,${image}`;

const chat = (image: string) => ({
  model: MODEL,
  tools: OF_OPENAI,
  messages: [
    {
      role: "user" as const,
      content: [
        { type: "text" as const, text: QUESTION },
        { type: "image_url" as const, image_url: { url: url(image) } },
      ],
    },
  ],
});
const responses = (image: string) => ({
  model: MODEL,
  tools: [{ type: "function" as const, name: TOOL, description: DESCRIPTION, parameters: PARAMETERS, strict: false }],
  input: [
    {
      role: "user" as const,
      content: [
        { type: "input_text" as const, text: QUESTION },
        { type: "input_image" as const, image_url: url(image), detail: "auto" as const },
      ],
    },
  ],
});
const messages = (image: string) => ({
  model: MODEL,
  max_tokens: 64,
  tools: [{ name: TOOL, description: DESCRIPTION, input_schema: PARAMETERS }],
  messages: [
    {
      role: "user" as const,
      content: [
        { type: "text" as const, text: QUESTION },
        { type: "image" as const, source: { type: "base64" as const, media_type: "image/png" as const, data: image } },
      ],
    },
  ],
});

/** What a stream gives. */
export async function all(parts: AsyncIterable<unknown>): Promise<unknown[]> {
  const read: unknown[] = [];
  for await (const part of parts) read.push(part);
  return read;
}

/** Of a stream only what its arguments are, parsed: they come as text. */
const argumentsOf = (text: string): readonly unknown[] => [TOOL, JSON.parse(text)];

async function openai(below: Below) {
  const { OpenAI } = await load("openai");
  return new OpenAI({ apiKey: "sk-test", logLevel: "off", baseURL: `${below.url}/v1`, fetch: below.fetch });
}

const ofOpenAI: readonly RichCall[] = [
  {
    name: "openai: chat.completions.create",
    ask: async (below, image) => {
      const { choices } = await (await openai(below)).chat.completions.create(chat(image));
      const [made] = choices[0]?.message.tool_calls ?? [];
      return made?.type === "function" ? argumentsOf(made.function.arguments) : null;
    },
    has: CALLED,
  },
  {
    name: "openai: chat.completions.stream",
    ask: async (below, image) => {
      const stream = (await openai(below)).chat.completions.stream({ ...chat(image), stream: true });
      const [made] = (await stream.finalMessage()).tool_calls ?? [];
      return made?.type === "function" ? argumentsOf(made.function.arguments) : null;
    },
    has: CALLED,
  },
  {
    name: "openai: responses.create",
    ask: async (below, image) => {
      const [made] = (await (await openai(below)).responses.create(responses(image))).output;
      return made?.type === "function_call" ? argumentsOf(made.arguments) : null;
    },
    has: CALLED,
  },
  {
    name: "openai: responses.stream",
    ask: async (below, image) => {
      const stream = (await openai(below)).responses.stream(responses(image));
      const [made] = (await stream.finalResponse()).output;
      return made?.type === "function_call" ? argumentsOf(made.arguments) : null;
    },
    has: CALLED,
  },
  {
    name: "openai: embeddings.create",
    ask: async (below) =>
      (await (await openai(below)).embeddings.create({ model: MODEL, input: QUESTION })).data[0]?.embedding,
    has: VECTORS,
  },
];

const ofGroq: RichCall = {
  name: "groq-sdk: chat.completions.create",
  ask: async (below, image) => {
    const { Groq } = await load("groq-sdk");
    const client = new Groq({ apiKey: "sk-test", logLevel: "off", baseURL: below.url, fetch: below.fetch });
    const { choices } = await client.chat.completions.create(chat(image));
    return argumentsOf(choices[0]?.message.tool_calls?.[0]?.function.arguments ?? "null");
  },
  has: CALLED,
};

async function anthropic(below: Below) {
  const { Anthropic } = await load("@anthropic-ai/sdk");
  return new Anthropic({ apiKey: "sk-test", logLevel: "off", baseURL: below.url, fetch: below.fetch });
}

const ofAnthropic: readonly RichCall[] = [
  {
    name: "@anthropic-ai/sdk: messages.create",
    ask: async (below, image) => (await anthropic(below)).messages.create(messages(image)),
    has: CALLED,
  },
  {
    name: "@anthropic-ai/sdk: messages.stream",
    ask: async (below, image) => (await anthropic(below)).messages.stream(messages(image)).finalMessage(),
    has: CALLED,
  },
  {
    name: "@anthropic-ai/sdk: messages.countTokens",
    ask: async (below, image) => {
      const { model, messages: asked } = messages(image);
      return (await anthropic(below)).messages.countTokens({ model, messages: asked });
    },
    has: ['"input_tokens":7'],
  },
];

async function google({ fetch, url: baseUrl }: Below) {
  const { GoogleGenAI } = await load("@google/genai");
  return new GoogleGenAI({ apiKey: "test", httpOptions: { baseUrl, fetch } });
}
const content = (image: string) => ({
  model: MODEL,
  contents: [{ role: "user", parts: [{ text: QUESTION }, { inlineData: { mimeType: "image/png", data: image } }] }],
  config: {
    tools: [{ functionDeclarations: [{ name: TOOL, description: DESCRIPTION, parametersJsonSchema: PARAMETERS }] }],
  },
});

const ofGoogle: readonly RichCall[] = [
  {
    name: "@google/genai: models.generateContent",
    ask: async (below, image) => (await (await google(below)).models.generateContent(content(image))).functionCalls,
    has: CALLED,
  },
  {
    name: "@google/genai: models.generateContentStream",
    ask: async (below, image) => all(await (await google(below)).models.generateContentStream(content(image))),
    has: CALLED,
  },
  {
    name: "@google/genai: models.embedContent",
    ask: async (below) => (await google(below)).models.embedContent({ model: MODEL, contents: QUESTION }),
    has: VECTORS,
  },
  {
    name: "@google/genai: models.countTokens",
    ask: async (below, image) => {
      const { model, contents } = content(image);
      return (await google(below)).models.countTokens({ model, contents });
    },
    has: ['"totalTokens":7'],
  },
];

async function aiCall(image: string) {
  const { jsonSchema, tool } = await load("ai");
  const inputSchema = jsonSchema<{ place: string }>(PARAMETERS);
  // Its types do not hold with exactOptionalPropertyTypes.
  const tools = { [TOOL]: tool({ description: DESCRIPTION, inputSchema }) } as unknown as ToolSet;
  return {
    tools,
    messages: [
      {
        role: "user" as const,
        content: [
          { type: "text" as const, text: QUESTION },
          { type: "file" as const, data: image, mediaType: "image/png" },
        ],
      },
    ],
  };
}

async function aiModel(kind: "openai" | "anthropic", { fetch, url: base }: Below) {
  const settings = { apiKey: "sk-test", baseURL: `${base}/v1`, fetch };
  return kind === "anthropic"
    ? (await load("@ai-sdk/anthropic")).createAnthropic(settings)(MODEL)
    : (await load("@ai-sdk/openai")).createOpenAI(settings)(MODEL);
}

const ofAi: readonly RichCall[] = [
  ...(["openai", "anthropic"] as const).flatMap((kind): RichCall[] => [
    {
      name: `ai: generateText, @ai-sdk/${kind}`,
      ask: async (below, image) => {
        const { generateText } = await load("ai");
        return (await generateText({ model: await aiModel(kind, below), ...(await aiCall(image)) })).toolCalls;
      },
      has: CALLED,
    },
    {
      name: `ai: streamText, @ai-sdk/${kind}`,
      ask: async (below, image) => {
        const { streamText } = await load("ai");
        return streamText({ model: await aiModel(kind, below), ...(await aiCall(image)) }).toolCalls;
      },
      has: CALLED,
    },
  ]),
  {
    name: "ai: embed, @ai-sdk/openai",
    ask: async ({ fetch, url: base }) => {
      const { embed } = await load("ai");
      const { createOpenAI } = await load("@ai-sdk/openai");
      const model = createOpenAI({ apiKey: "sk-test", baseURL: `${base}/v1`, fetch }).embeddingModel(MODEL);
      return (await embed({ model, value: QUESTION })).embedding;
    },
    has: VECTORS,
  },
];

async function langchain({ fetch, url: base }: Below) {
  const { ChatOpenAI } = await load("@langchain/openai");
  const model = new ChatOpenAI({ model: MODEL, apiKey: "sk-test", configuration: { baseURL: `${base}/v1`, fetch } });
  return model.bindTools(OF_OPENAI);
}

const ofLangChain: readonly RichCall[] = [
  {
    name: "@langchain/openai: ChatOpenAI.invoke",
    ask: async (below, image) => (await (await langchain(below)).invoke(chat(image).messages)).tool_calls,
    has: CALLED,
  },
  {
    name: "@langchain/openai: ChatOpenAI.stream",
    ask: async (below, image) => {
      const chunks = await (await langchain(below)).stream(chat(image).messages);
      const read: unknown[] = [];
      for await (const { tool_calls: calls } of chunks) read.push(calls);
      return read;
    },
    has: CALLED,
  },
  {
    name: "@langchain/openai: OpenAIEmbeddings.embedQuery",
    ask: async ({ fetch, url: base }) => {
      const { OpenAIEmbeddings } = await load("@langchain/openai");
      const model = new OpenAIEmbeddings({
        model: MODEL,
        apiKey: "sk-test",
        configuration: { baseURL: `${base}/v1`, fetch },
      });
      return model.embedQuery(QUESTION);
    },
    has: VECTORS,
  },
];

export const RICH_CALLS: readonly RichCall[] = [
  ...ofOpenAI,
  ofGroq,
  ...ofAnthropic,
  ...ofGoogle,
  ...ofAi,
  ...ofLangChain,
];
