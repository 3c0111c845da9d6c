import { describe, expect, test, vi } from "vitest";
import { COMMANDS } from "./commands.ts";
import { main } from "./main.ts";
import { truthOf } from "./truth-variables.ts";

describe("A variable that is yes or no", () => {
  test.each(["true", "1", "yes", "on", "TRUE", " Yes "])("is yes as %j", (text) =>
    expect(truthOf("RECLOSER_JSON", text)).toBe(true),
  );

  test.each(["false", "0", "no", "off", "", "False"])("is no as %j", (text) =>
    expect(truthOf("RECLOSER_JSON", text)).toBe(false),
  );

  test.each(["y", "2", "json", "null", "constructor"])("is neither as %j, and said to be wrong by its name", (text) =>
    expect(() => truthOf("RECLOSER_JSON", text)).toThrow(
      `RECLOSER_JSON: expected true, 1, yes or on, or false, 0, no, off or nothing; received ${JSON.stringify(text)}`,
    ),
  );
});

const silent = { write: () => true } as unknown as NodeJS.WriteStream;
const TRUTHS = COMMANDS.flatMap((create) => {
  const command = create({ stdout: silent, stderr: silent, env: {}, exitWith: () => {} });
  return [command, ...command.commands].flatMap((each) =>
    each.options
      .filter(({ required, optional, envVar }) => !required && !optional && envVar !== undefined)
      .map(
        ({ envVar, long }) => [each === command ? [each.name()] : [command.name(), each.name()], long, envVar] as const,
      ),
  );
});

// What each command needs before it looks at anything else.
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  hold: ["llm", "open"],
  release: ["llm"],
  reset: ["llm"],
  probe: ["llm"],
  "policy set": ["llm", "mode=observe"],
  "policy unset": ["llm"],
  wait: ["llm"],
};

describe("Of every command", () => {
  test("there are such options", () => expect(TRUTHS.length).toBeGreaterThan(12));

  test.each(TRUTHS)("%j: the variable of %s, %s, is wrong as a word that is neither", async (command, _, variable) => {
    vi.stubEnv(variable as string, "perhaps");
    let err = "";
    const stderr = { write: (text: string) => void (err += text) } as unknown as NodeJS.WriteStream;
    const argv = [...command, ...(ARGUMENTS[command.join(" ")] ?? [])];
    const code = await main(argv, { stdout: silent, stderr, env: { [variable as string]: "perhaps" } });
    vi.unstubAllEnvs();
    expect(code).toBe(command[0] === "check" ? 3 : 2);
    expect(err).toMatch(new RegExp(`^recloser: ${variable}: expected true, 1, yes or on`));
  });

  test.each([
    ["false", [], /^listen:\n/],
    ["0", [], /^listen:\n/],
    ["", [], /^listen:\n/],
    ["on", [], /^\{/],
    ["no", ["--json"], /^\{/],
  ])("a variable of %j with %j on the command line: an option wins", async (value, given, output) => {
    vi.stubEnv("RECLOSER_CONFIG_JSON", value);
    let out = "";
    const stdout = { write: (text: string) => void (out += text) } as unknown as NodeJS.WriteStream;
    const env = { RECLOSER_CONFIG_JSON: value };
    expect(await main(["config", "show", ...given], { stdout, stderr: silent, env })).toBe(0);
    vi.unstubAllEnvs();
    expect(out).toMatch(output);
  });
});
