import { beforeEach, describe, expect, test } from "vitest";
import { main } from "./main.ts";

let out: string;
let err: string;
beforeEach(() => {
  out = err = "";
});

function run(argv: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const stdout = { write: (text: string) => void (out += text) } as unknown as NodeJS.WriteStream;
  const stderr = { write: (text: string) => void (err += text) } as unknown as NodeJS.WriteStream;
  return main(argv, { stdout, stderr, env });
}

describe("help", () => {
  test("leads with examples, on stdout", async () => {
    expect(await run(["--help"])).toBe(0);
    expect(out).toMatch(/^Examples:\n {2}recloser demo/);
    expect(err).toBe("");
  });

  test("of the demo names every scenario, option, variable and exit code", async () => {
    expect(await run(["demo", "--help"])).toBe(0);
    expect(out).toMatch(/^Examples:/);
    for (const word of ["503", "hang", "429", "brownout", "flap", "cut-stream"]) expect(out).toContain(`\n  ${word} `);
    for (const option of ["--scenario", "--speed", "--rps", "--seed", "--json"]) expect(out).toContain(option);
    expect(out).toContain("RECLOSER_DEMO_SPEED");
    expect(out).toContain("130");
  });
});

describe("a wrong command line ends with 2 and says what was expected, on stderr", () => {
  test.each([
    [
      ["demo", "--scenario", "nope"],
      '--scenario: expected one of 503, hang, 429, brownout, flap, cut-stream; received "nope"',
    ],
    [["demo", "--speed", "0"], '--speed: expected a number from 0.1 to 20; received "0"'],
    [["demo", "--rps", "many"], '--rps: expected a number from 1 to 100; received "many"'],
    [["demo", "--seed", "-1"], "--seed: expected a whole number from 0 to 4294967295"],
    [["demo", "--rps", "100", "--speed", "20"], "--rps: expected at most 20 at 20× speed"],
    [["demo", "--nope"], "unknown option '--nope'"],
    [["demo", "extra"], "expected one of 503, hang"],
    [["demo", "--speed"], "argument missing"],
    [["dmo"], "unknown command 'dmo'"],
    [[], "Examples:"],
  ])("%j", async (argv, message) => {
    expect(await run(argv)).toBe(2);
    expect(err).toContain(message);
    expect(out).toBe("");
  });
});
