/** What must hold of webhooks: their secrets are in no file, and they are not inside the network unless that is meant. */
import { isPrivateAddress } from "./addresses.ts";
import { pathKey, type Path } from "./path.ts";
import type { Broken } from "./rules.ts";
import type { Sections } from "./sections.ts";

/** @param originals by path key: the texts that a variable was put into */
export function alertRules({ webhooks }: Sections, originals: ReadonlyMap<string, string>): Broken[] {
  const names = new Set<string>();
  return webhooks.flatMap((webhook, at) => {
    if (webhook === null) return [];
    const path = (field: string): Path => ["alerts", "webhooks", at, field];
    const broken: Broken[] = [];
    if (names.has(webhook.name)) broken.push({ path: path("name"), expected: "each name once" });
    names.add(webhook.name);
    for (const field of ["url", "secret"] as const)
      if (webhook[field] !== undefined && !originals.has(pathKey(path(field))))
        broken.push({ path: path(field), expected: "${A_VARIABLE}: it is a secret, and a file is read by many" });
    if (!webhook.allowPrivate) broken.push(...insideOf(webhook.url, path("url")));
    return broken;
  });
}

function insideOf(url: string, path: Path): Broken[] {
  const { protocol, hostname } = new URL(url);
  if (isPrivateAddress(hostname)) return [{ path, expected: "a public address, or allowPrivate: true beside it" }];
  if (protocol === "http:") return [{ path, expected: "https://, or allowPrivate: true beside it" }];
  return [];
}
