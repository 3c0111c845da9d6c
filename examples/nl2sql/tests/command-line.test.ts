import { describe, expect, test } from "vitest";
import { answerOnce, commandIn } from "../src/command-line.ts";
import { type Started, started } from "./simulated.ts";

async function said(
  { agent }: Started,
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = commandIn(args);
  if (command.is !== "question") throw new Error(`${args.join(" ")} is no question`);
  const texts = { stdout: "", stderr: "" };
  const terminal = {
    stdout: { write: (text: string) => (texts.stdout += text) },
    stderr: { write: (text: string) => (texts.stderr += text) },
  };
  return { code: await answerOnce(agent, command, terminal), ...texts };
}

test("a question by the command line is a table on stdout, and how it came about on stderr", async () => {
  const { code, stdout, stderr } = await said(await started(), ["Revenue", "by", "category"]);
  expect(code).toBe(0);
  expect(stdout.split("\n")[0]).toMatch(/^category +revenue$/);
  expect(stdout.split("\n")[1]).toMatch(/^Kitchen +1330918\.85$/);
  expect(stderr).toMatch(/^live · \d+ ms · primary \(simulated\)\n/);
});

test("with --json it is the whole answer, and without a provider it says so and ends with 1", async () => {
  const application = await started();
  for (const provider of [application.primary, application.standby])
    await provider.setFault({ kind: "status", status: 503 });
  const whole = await said(application, ["--json", "--max-wait", "5000", "Who reports to whom?"]);
  expect(whole.code).toBe(1);
  expect(JSON.parse(whole.stdout)).toMatchObject({ kind: "unavailable", meta: { mode: "unavailable" } });
  const plain = await said(application, ["Who reports to whom?"]);
  expect(plain).toMatchObject({ code: 1, stdout: "" });
  expect(plain.stderr).toContain("The AI service is not answering. Saved questions still work.");
});

describe("a command", () => {
  test.each([
    [[], { is: "serve" }],
    [["--help"], { is: "help" }],
    [["--json"], { is: "wrong", why: "question: expected one; received nothing" }],
    [["--max-wait", "soon", "a"], { is: "wrong", why: expect.stringContaining("received soon") as string }],
    [["--jsno", "a"], { is: "wrong", why: expect.stringContaining("--jsno") as string }],
    [["a", "b"], { is: "question", question: "a b", json: false, maxWaitMs: undefined }],
  ])("%j", (args, expected) => expect(commandIn(args)).toEqual(expected));
});
