import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "./issue.ts";
import { fileJsonSchema, forms, type JsonSchema } from "./json-schema.ts";
import { loadConfig } from "./load.ts";
import { shownText, shownValues } from "./shown.ts";

const CANARY = "canaryCanary9";

/** Errors or a configuration, and nothing else; whatever can be shown has no secret in it. */
function taken(name: string, bytes: Uint8Array, env: Record<string, string> = {}): boolean {
  const { said, isTaken } = outcomeOf(name, bytes, env);
  expect(said).not.toContain(CANARY);
  return isTaken;
}

function outcomeOf(name: string, bytes: Uint8Array, env: Record<string, string>): { said: string; isTaken: boolean } {
  try {
    const loaded = loadConfig({ file: { name, bytes }, env });
    return { said: `${shownText(loaded)}${JSON.stringify(shownValues(loaded))}`, isTaken: true };
  } catch (error) {
    if (!(error instanceof ConfigError) || error.issues.length === 0) throw error;
    return { said: error.message, isTaken: false };
  }
}

const NAMES = ["a.yaml", "a.json", "a.jsonc"] as const;
const name = fc.constantFrom(...NAMES);

/** Values as the schema has them, and now and then something else. */
function valueOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const right = fc.oneof(...forms(schema).map(rightOf));
  return fc.oneof({ weight: 40, arbitrary: right }, { weight: 1, arbitrary: odd });
}

const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    "${FUZZ}",
    "${MISSING}",
    "${FUZZ:-1}",
    "${",
    -0,
    1e308,
    Number.MAX_SAFE_INTEGER,
    "",
    "\u0000",
    "__proto__",
  ),
);

const TEXTS = [
  "20s",
  "1MiB",
  "a",
  "openai",
  "https://api.example.com/v1",
  "/a/{model}",
  "gpt-*",
  "${FUZZ}",
  "b".repeat(64),
];

function rightOf(form: JsonSchema): fc.Arbitrary<unknown> {
  if (form.const !== undefined) return fc.constant(form.const);
  if (form.enum !== undefined) return fc.constantFrom(...form.enum);
  switch (form.type ?? "any") {
    case "object":
      return objectOf(form);
    case "array":
      return fc.array(valueOf(form.items ?? {}), { maxLength: 2 });
    case "string": {
      const { pattern } = form;
      const fitting = pattern === undefined ? TEXTS : TEXTS.filter((text) => new RegExp(pattern, "u").test(text));
      return fitting.length === 0 ? odd : fc.constantFrom(...fitting);
    }
    case "number":
    case "integer":
      return fc.integer({ min: form.minimum ?? 1, max: Math.min(form.maximum ?? 20, 100_000) });
    case "boolean":
      return fc.boolean();
    default:
      return odd;
  }
}

/** What it must have and a few more, for with all of them something is always wrong. */
function objectOf({ properties = {}, additionalProperties, required = [] }: JsonSchema): fc.Arbitrary<unknown> {
  if (typeof additionalProperties === "object")
    return fc.dictionary(fc.constantFrom("openai", "anthropic", "groq", "a*"), valueOf(additionalProperties), {
      maxKeys: 2,
    });
  const optional = Object.keys(properties).filter((field) => !required.includes(field));
  return fc
    .subarray(optional, { maxLength: Math.min(3, optional.length) })
    .chain((fields) =>
      fc.record(Object.fromEntries([...required, ...fields].map((field) => [field, valueOf(properties[field] ?? {})]))),
    );
}

const MARKS = Array.from("{}[]:,-?&*!|>'\"%@`#~ \n\t\\/a1$");

// Much work on a busy machine; no hang is shown by their ending at all.
const LONGEST = { timeout: 60_000 };

describe("any bytes are errors or a configuration", LONGEST, () => {
  test("at random", () => {
    fc.assert(
      fc.property(name, fc.uint8Array({ maxLength: 200 }), (file, bytes) => void taken(file, bytes)),
      { numRuns: 200 },
    );
  });

  test("of the characters that the languages are made of", () => {
    const text = fc.string({
      unit: fc.constantFrom(...MARKS, "${A}", "listen", "targets"),
      maxLength: 80,
    });
    fc.assert(
      fc.property(name, text, (file, written) => void taken(file, Buffer.from(written), { A: CANARY })),
      { numRuns: 600 },
    );
  });

  test("as JSON of any shape", () => {
    fc.assert(
      fc.property(name, fc.json(), (file, written) => void taken(file, Buffer.from(written))),
      { numRuns: 200 },
    );
  });

  test("almost as the schema has them, with a secret in a variable", () => {
    let right = 0;
    fc.assert(
      fc.property(valueOf(fileJsonSchema()), (value) => {
        const written = JSON.stringify(value) ?? "null";
        if (taken("a.json", Buffer.from(written), { FUZZ: CANARY })) right += 1;
      }),
      { numRuns: 300 },
    );
    // Some of them must be right, or the rules between values were never reached.
    expect(right).toBeGreaterThan(5);
  });
});

test("a configuration that is cut off anywhere is errors or a configuration", LONGEST, () => {
  const whole = `listen: { port: 1 }\ntargets:\n  openai: &a\n    key: ${CANARY}\n  b: *a\nroutes:\n  - { name: x, targets: [openai] }\n`;
  for (let length = 0; length <= whole.length; length++) taken("a.yaml", Buffer.from(whole.slice(0, length)));
  expect(taken("a.yaml", Buffer.from(whole.replace("b: *a", "groq: *a")))).toBe(true);
});
