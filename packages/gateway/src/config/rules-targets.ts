/** What must hold of each target. */
import { isPrivateAddress } from "./addresses.ts";
import type { CompletedTarget } from "./completed-target.ts";
import { pointsAt } from "./environment-targets.ts";
import { knownProviders } from "./providers.ts";
import type { Broken } from "./rules.ts";
import type { Sections } from "./sections.ts";

export function targetRules({ targets, listen }: Sections): Broken[] {
  return [...targets.values()].flatMap((target) => {
    if (target === null) return [];
    const at = (field: string): string[] => ["targets", target.name, field];
    return [...missing(target, at), ...wrongAddress(target, at, listen?.port ?? null), ...wrongAuth(target, at)];
  });
}

type At = (field: string) => string[];

function missing({ format, baseUrl }: CompletedTarget, at: At): Broken[] {
  // Its name is not told: it may have come out of a variable, as any text may.
  const unless = `, or a known provider: ${knownProviders().join(", ")}`;
  return [
    ...(format === null
      ? [{ path: at("format"), expected: `openai, anthropic or gemini${unless}`, unlessWrong: [at("provider")] }]
      : []),
    ...(baseUrl === null ? [{ path: at("baseUrl"), expected: `a URL${unless}`, unlessWrong: [at("provider")] }] : []),
  ];
}

function wrongAddress({ baseUrl, allowPrivate }: CompletedTarget, at: At, ownPort: number | null): Broken[] {
  if (baseUrl === null) return [];
  if (ownPort !== null && ownPort !== 0 && pointsAt(baseUrl, ownPort))
    return [{ path: at("baseUrl"), expected: "another address than the gateway's own" }];
  if (!allowPrivate && isPrivateAddress(new URL(baseUrl).hostname))
    return [{ path: at("baseUrl"), expected: "a public address, or allowPrivate: true beside it" }];
  return [];
}

function wrongAuth({ checked: { key, auth }, auth: completed }: CompletedTarget, at: At): Broken[] {
  if (key !== undefined && auth !== undefined)
    return [{ path: at("auth"), expected: "nothing beside key", received: "both" }];
  if (completed === null) {
    const expected = 'its API key, as ${A_VARIABLE} (or auth: "none", auth: "caller", auth: { kind: … })';
    return [{ path: at("key"), expected, unlessWrong: [at("auth"), at("provider")] }];
  }
  return [];
}
