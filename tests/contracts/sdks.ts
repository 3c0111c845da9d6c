/**
 * The SDKs as their registry has them, in one of two sets: those of the root's package.json, which run on Node 20, and with
 * RECLOSER_SDKS=newest those of `newest/`, whose majors need Node 22. Both are typed as the root's.
 */
import { readFileSync } from "node:fs";

interface Sdks {
  readonly openai: typeof import("openai");
  readonly "@anthropic-ai/sdk": typeof import("@anthropic-ai/sdk");
  readonly "groq-sdk": typeof import("groq-sdk");
  readonly "@google/genai": typeof import("@google/genai");
  readonly ai: typeof import("ai");
  readonly "@ai-sdk/openai": typeof import("@ai-sdk/openai");
  readonly "@ai-sdk/anthropic": typeof import("@ai-sdk/anthropic");
  readonly langchain: typeof import("langchain");
  readonly "@langchain/openai": typeof import("@langchain/openai");
}

export type SdkName = keyof Sdks;

export const SET: "root" | "newest" = process.env["RECLOSER_SDKS"] === "newest" ? "newest" : "root";

const folder = SET === "newest" ? new URL("newest/", import.meta.url) : new URL("../../", import.meta.url);

/** An SDK of this run's set. */
export async function load<K extends SdkName>(name: K): Promise<Sdks[K]> {
  if (SET === "root") return (await import(name)) as Sdks[K];
  const newest = await import("./newest/load.ts");
  return (await newest.load(name)) as Sdks[K];
}

interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function manifest(path: string): Manifest {
  return JSON.parse(readFileSync(new URL(path, folder), "utf8")) as Manifest;
}

/** The version that this run's set pins. */
export function pinned(name: SdkName): string {
  const { dependencies, devDependencies } = manifest("package.json");
  const version = { ...devDependencies, ...dependencies }[name];
  if (version === undefined) throw new Error(`the set "${SET}" has no ${name}`);
  return version;
}
