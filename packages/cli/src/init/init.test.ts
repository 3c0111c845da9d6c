import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@recloser/gateway/config";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { main } from "../main.ts";
import { template, variablesIn } from "./template.ts";
import { KEY_VARIABLES, type Wishes, wishesOf } from "./wishes.ts";

const PROVIDERS = [...KEY_VARIABLES.keys()];
const WISHES: Wishes = {
  providers: PROVIDERS,
  storeUrl: "memory:",
  namespace: "recloser",
  port: 8_787,
  adminPort: 8_788,
};

function loaded(text: string): ReturnType<typeof loadConfig> {
  // A SHA-256 is taken for a key, too; each is another one.
  const env = Object.fromEntries(variablesIn(text).map((name, at) => [name, String(at).padStart(64, "0")]));
  return loadConfig({ file: { name: "recloser.yaml", bytes: new TextEncoder().encode(text) }, env });
}

describe("What init writes", () => {
  test.each([...PROVIDERS.map((one) => [one]), PROVIDERS])(
    "is right with %s, and with all its examples",
    (...providers) => {
      const text = template({ ...WISHES, providers }, "recloser.yaml");
      expect(Object.keys(loaded(text).config.targets)).toEqual(
        expect.arrayContaining(providers.map((name) => (name === "simulated" ? "sim" : name))),
      );
      // One route for models of one format, which all providers together are not.
      const examples = template({ ...WISHES, providers: providers.slice(0, 1) }, "recloser.yaml", true);
      expect(loaded(examples).config.clients).toHaveLength(1);
    },
  );

  test("has no more in force than was wished for", () => {
    const { config } = loaded(
      template({ ...WISHES, providers: ["openai"], storeUrl: "redis://h", port: 9_000 }, "x.yaml"),
    );
    expect(config).toMatchObject({ listen: { port: 9_000 }, store: { url: "redis://h" }, clients: [], breaker: {} });
  });
});

describe("What is wished for", () => {
  const env = { GROQ_API_KEY: "x", OPENAI_API_KEY: "" };

  test("is found in the environment where nobody is asked", async () => {
    expect(await wishesOf({ env }, {}, null)).toEqual({ ...WISHES, providers: ["groq"] });
    expect((await wishesOf({ env: {} }, {}, null)).providers).toEqual(["openai"]);
  });

  test("is asked for, with what was given left out", async () => {
    const questions: string[] = [];
    const ask = (question: string): Promise<string> => {
      questions.push(question);
      return Promise.resolve(
        question.startsWith("Providers") ? "openai, groq" : question.startsWith("Data") ? "8788" : "",
      );
    };
    const wishes = await wishesOf({ env }, { store: "redis://h" }, ask);
    expect(wishes).toMatchObject({
      providers: ["openai", "groq"],
      storeUrl: "redis://h",
      port: 8_788,
      adminPort: 8_789,
    });
    expect(questions.map((question) => question.split(" ")[0])).toEqual(["Providers", "A", "Data"]);
    expect(questions[0]).toMatch(/\[groq\] $/);
  });
});

describe("recloser init", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "recloser-init-"));
    file = join(folder, "recloser.yaml");
    onTestFinished(() => rmSync(folder, { recursive: true }));
  });

  async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    let [out, err] = ["", ""];
    const stdout = { write: (text: string) => void (out += text) } as unknown as NodeJS.WriteStream;
    const stderr = { write: (text: string) => void (err += text) } as unknown as NodeJS.WriteStream;
    const code = await main(["init", file, ...args], { stdout, stderr, env: {} });
    return { code, out, err };
  }

  test("writes the file, prints its name, and says which variables it needs", async () => {
    const { code, out, err } = await run("--provider", "openai", "groq");
    expect({ code, out }).toEqual({ code: 0, out: `${file}\n` });
    expect(err).toContain("set OPENAI_API_KEY, GROQ_API_KEY, then recloser config validate");
    expect(readFileSync(file, "utf8")).toMatch(/^ {2}groq:\n {4}key: \$\{GROQ_API_KEY\}$/m);
  });

  test("leaves a file that is there as it is, unless it is told to overwrite it", async () => {
    writeFileSync(file, "mine");
    const { code, err } = await run();
    expect(code).toBe(1);
    expect(err).toContain("is there already, and is left as it is: --force overwrites it");
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect((await run("--force")).code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("OPENAI_API_KEY");
  });

  test.each([
    [["--provider", "opnai"], "--provider: expected some of openai, "],
    [["--store", "nonsense"], "--store: expected memory:, redis://host:port"],
    [["--store", "redis://me:canary@h"], "--store: expected a URL without a password"],
    [["--namespace", "it's so"], "--namespace: expected a name of letters"],
    [["--port", "0"], "--port: expected a whole number from 1 to 65535"],
    [["--port", "8788", "--admin-port", "8788"], "--admin-port: expected "],
  ])("%j is a wrong command line, and nothing is written", async (args, message) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain("canary");
    expect(existsSync(file)).toBe(false);
  });
});
