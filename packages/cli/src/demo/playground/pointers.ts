/** The lines that point each SDK at the gateway, and at the provider behind it. Each is run by tests/e2e/playground.test.ts. */
import type { DemoPointer } from "@recloser/dashboard";

/** @param gatewayUrl without a slash at its end @param pageUrl with one */
export function pointersTo(gatewayUrl: string, pageUrl: string): readonly DemoPointer[] {
  return [
    {
      name: "OpenAI",
      lines: `export OPENAI_BASE_URL=${gatewayUrl}/v1\nexport OPENAI_API_KEY=anything\n# then start your program: in any language whose SDK reads them`,
    },
    {
      name: "Anthropic",
      lines: `export ANTHROPIC_BASE_URL=${gatewayUrl}/anthropic\nexport ANTHROPIC_API_KEY=anything`,
    },
    {
      name: "Gemini",
      lines: `export GOOGLE_GEMINI_BASE_URL=${gatewayUrl}/gemini\nexport GEMINI_API_KEY=anything`,
    },
    {
      name: "AI SDK",
      lines: `import { createOpenAI } from "@ai-sdk/openai";

const openai = createOpenAI({ baseURL: "${gatewayUrl}/v1", apiKey: "anything" });
const model = openai.chat("gpt-5");`,
    },
    {
      name: "LangChain",
      lines: `import { ChatOpenAI } from "@langchain/openai";

const model = new ChatOpenAI({
  model: "gpt-5",
  apiKey: "anything",
  configuration: { baseURL: "${gatewayUrl}/v1" },
});`,
    },
    {
      name: "curl",
      lines: `curl ${gatewayUrl}/v1/chat/completions -H 'content-type: application/json' \\
  -d '{"model":"gpt-5","messages":[{"role":"user","content":"hello"}]}'

# the switches of this page
curl ${pageUrl}api/v1/demo -H 'content-type: application/json' -H 'recloser-csrf: 1' \\
  -d '{"switch":"503"}'`,
    },
  ];
}
