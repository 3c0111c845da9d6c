import { readdirSync, readFileSync } from "node:fs";
import { loadConfig } from "@recloser/gateway/config";
import { describe, expect, test } from "vitest";

const GUIDE = readFileSync(new URL("../../docs/guide/gateway.md", import.meta.url), "utf8");
const folder = new URL("../../examples/gateway/", import.meta.url);
const EXAMPLES = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

const textOf = (name: string): string => readFileSync(new URL(name, folder), "utf8");

/** A value for each variable that the text asks for; those that are a SHA-256 differ from each other. */
function variablesOf(text: string): Record<string, string> {
  const names = [...text.matchAll(/\$\{(\w+)/g)].flatMap(([, name]) => name ?? []);
  return Object.fromEntries(
    [...new Set(names)].map((name, at) => [
      name,
      name.endsWith("SHA256") ? String(at).padStart(64, "a") : name.endsWith("URL") ? "redis://r" : `v${at}`,
    ]),
  );
}

describe("the examples of a gateway's configuration", () => {
  test.each(EXAMPLES)("%s is right as it stands", (name) => {
    const bytes = Buffer.from(textOf(name));
    const { config, notices } = loadConfig({ file: { name, bytes }, env: variablesOf(textOf(name)) });
    expect(notices).toEqual([]);
    expect(Object.keys(config.targets).length).toBeGreaterThan(0);
    for (const { targets } of config.routes) expect(targets.length).toBeGreaterThan(0);
  });

  test.each(EXAMPLES)("%s has its schema, and no key in it", (name) => {
    expect(textOf(name)).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/\.\.\/packages\/gateway\/config\.schema\.json\n/,
    );
    for (const [, value] of textOf(name).matchAll(/(?:key|value|token|keySha256): *"?([^\s",]+)/g))
      expect(value).toMatch(/^\$\{\w+\}$/);
  });

  test("are in the guide word for word", () => {
    const shown = [...GUIDE.matchAll(/<!-- example (\S+) -->\n\n```yaml\n([^]*?)```/g)];
    expect(new Set(shown.map(([, name]) => name))).toEqual(new Set(EXAMPLES));
    for (const [, name, text] of shown) expect(text, name).toBe(textOf(name ?? ""));
  });
});

test("the guide's example of faults is what such a file is answered with", () => {
  const text = "targets:\n  openai:\n    kye: ${KEY}\n    auth: none\nroutes:\n  - { targets: [opnai], name: chat }\n";
  const [, told = ""] = /```text\n.*\n([^]*?)```/.exec(GUIDE) ?? [];
  const load = (): unknown =>
    loadConfig({ file: { name: "recloser.yaml", bytes: Buffer.from(text) }, env: { KEY: "k" } });
  expect(load).toThrow(told.replaceAll(/^ {2}/gm, "").trimEnd());
});
