/** The SDKs' ways to ask that end at a gateway's paths, and a fetch that counts their tries. */
import type { WireFormat } from "../../packages/gateway/src/config/config.ts";
import { SDK_WAYS, type Way } from "./ways.ts";

/** Azure's client puts its deployments into paths of its own, which the gateway does not serve. */
export const GATEWAY_WAYS: readonly Way[] = SDK_WAYS.filter(({ sdk }) => sdk !== "openai, AzureOpenAI");

export const FORMATS: readonly WireFormat[] = ["openai", "anthropic", "gemini"];

/** A request in each format, for a model by the name of the SDKs' ways. */
export const PLAIN: Readonly<Record<WireFormat, { readonly path: string; readonly body: object }>> = {
  openai: { path: "/v1/chat/completions", body: { model: "m", messages: [{ role: "user", content: "hi" }] } },
  anthropic: {
    path: "/v1/messages",
    body: { model: "m", max_tokens: 64, messages: [{ role: "user", content: "hi" }] },
  },
  gemini: { path: "/v1beta/models/m:generateContent", body: { contents: [{ role: "user", parts: [{ text: "hi" }] }] } },
};

export interface CountedFetch {
  readonly fetch: typeof fetch;
  readonly tries: () => number;
}

/** What an SDK is given for `fetch`: nothing between it and the network but a count. */
export function countedFetch(): CountedFetch {
  let tries = 0;
  return {
    fetch: (...request) => {
      tries++;
      return fetch(...request);
    },
    tries: () => tries,
  };
}

/** Targets, and a route to each, for providers of one format each. */
export function oneRouteEach(baseUrls: Readonly<Record<WireFormat, string>>): { targets: object; routes: object[] } {
  const targets = Object.fromEntries(
    FORMATS.map((format) => [format, { format, baseUrl: baseUrls[format], key: `of-${format}`, allowPrivate: true }]),
  );
  return { targets, routes: FORMATS.map((format) => ({ name: format, format, targets: [format] })) };
}
