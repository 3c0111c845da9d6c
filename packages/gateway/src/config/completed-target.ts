/** A target with what is known of its provider. */
import type { CheckedTarget } from "./checked-file.ts";
import type { TargetAuth, WireFormat } from "./config.ts";
import { type KnownProvider, knownProvider } from "./providers.ts";

export interface CompletedTarget {
  readonly name: string;
  readonly provider: string;
  readonly format: WireFormat | null;
  readonly baseUrl: string | null;
  /** Null: neither key nor auth, or both. */
  readonly auth: TargetAuth | null;
  readonly allowPrivate: boolean;
  readonly checked: CheckedTarget;
}

export function completed(name: string, checked: CheckedTarget): CompletedTarget {
  const provider = checked.provider ?? name;
  const known = knownProvider(provider);
  const format = checked.format ?? known?.format ?? null;
  return {
    name,
    provider,
    format,
    baseUrl: checked.baseUrl ?? known?.baseUrl ?? null,
    auth: authOf(checked, format, known),
    // Local ones are where they are; a base URL of the user's own is not known to be.
    allowPrivate: checked.allowPrivate ?? (known?.isLocal === true && checked.baseUrl === undefined),
    checked,
  };
}

function authOf({ key, auth }: CheckedTarget, format: WireFormat | null, known?: KnownProvider): TargetAuth | null {
  if (key !== undefined) return auth === undefined ? keyAs(format ?? "openai", key) : null;
  if (auth === undefined) return known?.isLocal === true ? { kind: "none" } : null;
  if (typeof auth === "string") return { kind: auth };
  return auth;
}

/** Where each format's own SDK puts the key. */
function keyAs(format: WireFormat, key: string): TargetAuth {
  switch (format) {
    case "openai":
      return { kind: "bearer", token: key };
    case "anthropic":
      return { kind: "header", name: "x-api-key", value: key };
    case "gemini":
      return { kind: "header", name: "x-goog-api-key", value: key };
  }
}
