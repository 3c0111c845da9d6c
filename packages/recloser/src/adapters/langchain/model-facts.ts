/** Whom a model asks, as its fields tell it. */
import { get, text } from "../../classify/safe.ts";
import type { CallFacts } from "../call-key.ts";
import { providerAt } from "../request-facts.ts";
import { methodOf } from "./view.ts";

// What `getLsParams` says, where the rest of the library says it otherwise.
const NAMES: Readonly<Record<string, string>> = {
  azure: "azure-openai",
  google_genai: "gemini",
  google_vertexai: "vertex",
  amazon_bedrock: "bedrock",
};

/** Whose API a model speaks, in LangChain's words: `ls_provider`, or `_llmType` of older models. */
export function familyOf(model: object): string {
  try {
    const ls = methodOf(model, "getLsParams");
    const said = ls === null ? undefined : get(Reflect.apply(ls, model, [{}]), "ls_provider");
    const kind = methodOf(model, "_llmType");
    return (text(said) || text(kind === null ? undefined : Reflect.apply(kind, model, []))).toLowerCase();
  } catch {
    return "";
  }
}

/** The provider by the URL that the model asks (a host that is not known is its own name), else by its family. */
export function factsOf(model: object, family: string): CallFacts {
  const at = urlOf(model);
  const provider = at === null ? (NAMES[family] ?? family) : providerAt(at);
  return {
    provider: provider || "langchain",
    model: text(get(model, "model") ?? get(model, "modelName")) || undefined,
  };
}

function urlOf(model: object): URL | null {
  const places = [
    get(get(model, "clientConfig"), "baseURL"), // ChatOpenAI
    get(model, "apiUrl"), // ChatAnthropic
    get(model, "baseUrl"), // ChatOllama, ChatGoogleGenerativeAI
    get(get(model, "client"), "baseURL"), // ChatGroq
  ];
  for (const place of places) {
    const url = text(place);
    if (URL.canParse(url)) return new URL(url);
  }
  return null;
}
