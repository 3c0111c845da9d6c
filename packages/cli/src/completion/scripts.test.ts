import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { COMMANDS } from "../commands.ts";
import { main } from "../main.ts";

async function scriptFor(name: string): Promise<string> {
  let out = "";
  const stream = { write: (text: string) => void (out += text) } as unknown as NodeJS.WriteStream;
  expect(await main(["completion", name], { stdout: stream, stderr: stream, env: {} })).toBe(0);
  return out;
}

describe("The completion", () => {
  test.each([
    [["st"], ["status"]],
    [["h"], ["hold", "help"]],
    [["hold", "llm", "o"], ["open"]],
    [["hold", "llm", "open", "--rea"], ["--reason"]],
    [["config", "va"], ["validate"]],
    [["config", "show", "--so"], ["--sources"]],
    [["completion", "f"], ["fish"]],
    [["status", "--password-"], ["--password-file"]],
    [["nope", "--"], []],
  ])("of bash offers after %j %j", async (typed, offered) => {
    const words = ["recloser", ...typed].map((word) => `"${word}"`).join(" ");
    const ask = `COMP_WORDS=(${words}); COMP_CWORD=${typed.length}; _recloser; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const answer = execFileSync("bash", ["--norc", "-c", `${await scriptFor("bash")}\n${ask}`], { encoding: "utf8" });
    expect(answer.split("\n").filter((word) => word !== "")).toEqual(offered);
  });

  test("of fish has a line for every command, and quotes what it says", async () => {
    const script = await scriptFor("fish");
    const shell = { stdout: process.stdout, stderr: process.stderr, env: {}, exitWith: () => {} };
    for (const create of COMMANDS)
      expect(script).toMatch(
        new RegExp(`^complete -c recloser -n __fish_use_subcommand -a ${create(shell).name()} -d '`, "m"),
      );
    expect(script).toContain(String.raw`gateway\'s configuration`);
    for (const line of script.trimEnd().split("\n").slice(1))
      expect(line.replaceAll("\\'", "").split("'").length % 2).toBe(1);
  });

  test("of zsh is that of bash, read by bashcompinit", async () => {
    const script = await scriptFor("zsh");
    expect(script).toContain("bashcompinit");
    expect(script).toContain("complete -o default -F _recloser recloser");
  });
});
