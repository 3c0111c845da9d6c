/** `npm start` with its live page: what it prints, what can be pointed at it, and that it leaves nothing behind. */
import { execFile, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { createOpenAI } from "@ai-sdk/openai";
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { ChatOpenAI } from "@langchain/openai";
import { generateText } from "ai";
import OpenAI from "openai";
import { afterEach, expect, onTestFinished, test } from "vitest";
import type { DemoView } from "@recloser/dashboard";
import { BIN, killAll, recorded, run, type Running, start } from "../support/cli.ts";
import { onPath } from "../support/servers/server-process.ts";

const PAGE = ["demo", "--page", "--json", "--port", "0", "--gateway-port", "0", "--rps", "40"];
const WRITE = { "content-type": "application/json", "recloser-csrf": "1" };

afterEach(killAll);

interface Places {
  readonly pageUrl: string;
  readonly gatewayUrl: string;
}

async function listening(demo: Running): Promise<Places> {
  let text = "";
  demo.child.stdout?.on("data", (more: string) => (text += more));
  await recorded(demo, "stdout")('"listening"');
  return JSON.parse(text.split("\n")[0] ?? "") as Places;
}

async function turned(pageUrl: string, wish: object): Promise<void> {
  const body = JSON.stringify(wish);
  expect((await fetch(`${pageUrl}api/v1/demo`, { method: "POST", headers: WRITE, body })).status).toBe(200);
}

test("it says where it is, every SDK can be pointed at it, an outage by hand is told, and Ctrl-C ends all of it", async () => {
  const demo = start(PAGE);
  const told = recorded(demo, "stdout");
  const { pageUrl, gatewayUrl } = await listening(demo);
  expect(await (await fetch(pageUrl)).text()).toContain("<title>Recloser</title>");
  const { demo: view } = (await (await fetch(`${pageUrl}api/v1/demo`)).json()) as { demo: DemoView };
  const lines = Object.fromEntries(view.pointers.map(({ name, lines: text }) => [name, text]));
  for (const [name, answer] of Object.entries(await askedBy(lines)))
    expect({ name, answer }).toMatchObject({ answer: expect.stringContaining("simulated answer") });
  await turned(pageUrl, { switch: "503" });
  await told('"to":"open"');
  demo.child.kill("SIGINT");
  expect(await demo.ended).toMatchObject({ code: 130, stderr: "" });
  await expect(fetch(gatewayUrl)).rejects.toThrow("fetch failed");
});

/** By the SDK itself, made as the lines on the page make it. */
async function askedBy(lines: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const variable = (name: string): string =>
    new RegExp(`^export ${name}=(.*)$`, "m").exec(Object.values(lines).join("\n"))?.[1] ?? "";
  const inCode = (name: string): string => /baseURL: "([^"]+)"/.exec(lines[name] ?? "")?.[1] ?? "";
  const hello = [{ role: "user" as const, content: "hello" }];
  const apiKey = "anything";
  const openai = new OpenAI({ baseURL: variable("OPENAI_BASE_URL"), apiKey });
  const anthropic = new Anthropic({ baseURL: variable("ANTHROPIC_BASE_URL"), apiKey });
  const google = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: variable("GOOGLE_GEMINI_BASE_URL") } });
  const langchain = new ChatOpenAI({ model: "gpt-5", apiKey, configuration: { baseURL: inCode("LangChain") } });
  const ai = createOpenAI({ baseURL: inCode("AI SDK"), apiKey });
  const answers = {
    OpenAI: openai.chat.completions.create({ model: "gpt-5", messages: hello }),
    Anthropic: anthropic.messages.create({ model: "claude", max_tokens: 400, messages: hello }),
    Gemini: google.models.generateContent({ model: "gemini-pro", contents: "hello" }),
    "AI SDK": generateText({ model: ai.chat("gpt-5"), prompt: "hello" }).then(({ text }) => text),
    LangChain: langchain.invoke("hello"),
    ...(onPath("curl") === null ? {} : { curl: curled(lines["curl"] ?? "") }),
  };
  expect(Object.keys(lines)).toEqual(expect.arrayContaining(Object.keys(answers)));
  const asked = Object.entries(answers).map(async ([name, answer]) => [name, JSON.stringify(await answer)] as const);
  return Object.fromEntries(await Promise.all(asked));
}

// The first command; the second one is a switch, which the test turns by itself.
async function curled(lines: string): Promise<string> {
  const [first = ""] = lines.split("\n\n");
  return (await promisify(execFile)("sh", ["-c", first.replace("curl ", "curl -s ")])).stdout;
}

test("a port that was asked for and is taken ends it, and says so; where none was asked for any other is taken", async () => {
  const taken = createServer();
  onTestFinished(() => void taken.close());
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as AddressInfo;
  const { code, stderr } = await run(["demo", "--page", "--port", String(port), "--gateway-port", "0"]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `recloser: cannot listen: 127.0.0.1:${port} is in use; without --port and --gateway-port any other is taken\n`,
  });
  const usual = createServer();
  onTestFinished(() => void usual.close());
  // Somebody else may have it already.
  await new Promise<void>((resolve) => usual.once("error", () => resolve()).listen(8788, "127.0.0.1", resolve));
  const { pageUrl } = await listening(start(["demo", "--page", "--json"]));
  expect(new URL(pageUrl).port).not.toBe("8788");
});

test("on a terminal it tells a story with the page beside it, until somebody takes a switch there, and q ends both", async () => {
  const command = [process.execPath, BIN, "demo", "--port", "0", "--gateway-port", "0"]
    .map((part) => `'${part}'`)
    .join(" ");
  const child = spawn("script", ["-qec", `stty cols 120 rows 40; ${command}`, "/dev/null"], {
    env: { ...process.env, CI: "false", TERM: "xterm", NO_COLOR: "1" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = new Promise((resolve) => child.once("close", resolve));
  let all = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (all += text));
  const told = recorded({ child }, "stdout");
  await told("live page with the switches: http");
  const pageUrl = /http:\/\/127\.0\.0\.1:\d+\//.exec(all)?.[0] ?? "";
  const { demo } = (await (await fetch(`${pageUrl}api/v1/demo`)).json()) as { demo: DemoView };
  expect(demo.now.story).toContain("The terminal tells of an outage");
  await turned(pageUrl, { callsPerSecond: 40, switch: "503" });
  await told(`Somebody has taken the switches. ${pageUrl}`);
  await told("provider ▒ answers every call with 503");
  await told("✖ open for");
  child.stdin.write("q");
  expect(await ended).toBe(0);
});
