import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { simulatedProvider } from "recloser/testing";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { killAll, run, type Running, start } from "../support/cli.ts";
import { HISTORY_KINDS } from "../support/history-stores.ts";

const KEY = "canary-key-1234567890";
const folder = mkdtempSync(join(tmpdir(), "recloser-serve-"));
// Nothing of the machine that the tests run on.
const NO_KEYS = {
  OPENAI_API_KEY: "",
  ANTHROPIC_API_KEY: "",
  GEMINI_API_KEY: "",
  OPENAI_BASE_URL: "",
  RECLOSER_PORT: "0",
  RECLOSER_ADMIN_PORT: "0",
  RECLOSER_LOG_LEVEL: "silent",
};
afterEach(killAll);

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

interface Serving {
  readonly running: Running;
  readonly url: string;
  /** All of stderr that has come. */
  readonly said: () => string;
  /** Resolves once stderr has it, from where the last one was found. */
  readonly heard: (text: RegExp) => Promise<RegExpExecArray>;
}

async function serving(args: readonly string[], env: Record<string, string> = {}): Promise<Serving> {
  const running = start(["serve", ...args], { ...NO_KEYS, ...env });
  let stderr = "";
  let from = 0;
  const { child } = running;
  const heard = (text: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = text.exec(stderr.slice(from));
        if (found === null) return;
        from += found.index + found[0].length;
        child.stderr?.off("data", look);
        resolve(found);
      };
      child.stderr?.on("data", look);
      child.once("close", () => reject(new Error(`it ended without saying ${text}: ${stderr}`)));
      look();
    });
  child.stderr?.on("data", (more: string) => (stderr += more));
  const [, url = ""] = await heard(/listening on (http:\/\/\S+?)[ ,]/);
  return { running, url, said: () => stderr, heard };
}

async function ask(url: string, body: object = {}): Promise<Response> {
  return fetch(`${url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5", messages: [{ role: "user", content: "hi" }], ...body }),
  });
}

const READ_ONLY = "read-only-token-1234567890";
const OPERATOR = "operator-token-1234567890";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the dashboard on the admin port", () => {
  test("shows what the gateway's circuits are, and follows them", async () => {
    const { running, url, heard } = await serving(["--admin-port", "0"]);
    const [, admin = ""] = await heard(/dashboard on (http:\/\/\S+)\//);
    const page = await fetch(`${admin}/`);
    expect([page.status, page.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    const [, script = ""] = /src="\.?\/?([^"]+\.js)"/.exec(await page.text()) ?? [];
    expect((await fetch(`${admin}/${script}`)).status).toBe(200);
    const stream = await fetch(`${admin}/api/v1/stream`);
    const told = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await ask(`${url}/sim/v1`)).status).toBe(200);
    let text = "";
    while (!text.includes("sim")) text += (await told?.read())?.value ?? "";
    const { breakers } = (await (await fetch(`${admin}/api/v1/breakers`)).json()) as { breakers: { key: string }[] };
    expect(breakers.map(({ key }) => key)).toContainEqual(expect.stringContaining("sim"));
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
  });

  test("lets an operator act, by the name of his token, and a reader only look", async () => {
    const config = fileOf(
      "dashboard.yaml",
      `admin: { port: 0, readOnlyTokens: [${sha256(READ_ONLY)}], operatorTokens: [${sha256(OPERATOR)}] }\n`,
    );
    const { running, url, heard } = await serving(["--config", config]);
    const [, admin = ""] = await heard(/dashboard on (http:\/\/\S+)\//);
    await ask(`${url}/sim/v1`);
    const as = (user: string, token: string) => ({
      authorization: `Basic ${Buffer.from(`${user}:${token}`).toString("base64")}`,
      "recloser-csrf": "1",
      "content-type": "application/json",
      "if-match": "*",
    });
    expect((await fetch(`${admin}/api/v1/breakers`)).status).toBe(401);
    const listed = await fetch(`${admin}/api/v1/breakers`, { headers: as("rita", READ_ONLY) });
    const { breakers } = (await listed.json()) as { breakers: { key: string }[] };
    const key = encodeURIComponent(breakers.find((one) => one.key.startsWith("sim"))?.key ?? "");
    const hold = (headers: Record<string, string>) =>
      fetch(`${admin}/api/v1/breakers/${key}/override`, {
        method: "POST",
        headers,
        body: JSON.stringify({ mode: "force-open", reason: "drill", by: "somebody else" }),
      });
    expect((await hold(as("rita", READ_ONLY))).status).toBe(403);
    expect((await hold(as("olga", OPERATOR))).status).toBe(200);
    const audit = await fetch(`${admin}/api/v1/audit`, { headers: as("rita", READ_ONLY) });
    expect(await audit.text()).toContain('"olga"');
    expect((await ask(`${url}/sim/v1`)).status).toBe(503);
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
  });
});

// On Redis the dashboard shows the same by the same interface (tests/stores/history.test.ts); one of them is enough here.
describe.each(HISTORY_KINDS.filter(({ kind }) => kind === "PostgreSQL"))("gateways that share $kind", (store) => {
  test.runIf(store.canRun)(
    "show each other on the admin port, and what was done before one of them was there",
    async () => {
      const server = await store.start();
      onTestFinished(() => server.close());
      const config = fileOf(
        `${store.kind}.yaml`,
        `{ admin: { port: 0 }, store: { url: "${server.url}", namespace: shared } }\n`,
      );
      const gateway = async () => {
        const { url, heard } = await serving(["--config", config]);
        const [, admin = ""] = await heard(/dashboard on (http:\/\/\S+)\//);
        return { url, api: `${admin}/api/v1` };
      };
      const got = async (url: string): Promise<string> => (await fetch(url)).text();
      const first = await gateway();
      await ask(`${first.url}/sim/v1`);
      const { breakers } = JSON.parse(await got(`${first.api}/breakers`)) as { breakers: { key: string }[] };
      const key = encodeURIComponent(breakers.find((one) => one.key.startsWith("sim"))?.key ?? "");
      const held = await fetch(`${first.api}/breakers/${key}/override`, {
        method: "POST",
        headers: { "recloser-csrf": "1", "content-type": "application/json", "if-match": "*" },
        body: JSON.stringify({ mode: "force-open", reason: "drill of olga", by: "olga" }),
      });
      expect(held.status).toBe(200);
      const second = await gateway();
      await vi.waitFor(
        async () => {
          expect(await got(`${second.api}/audit`)).toContain("drill of olga");
          const { replicas } = JSON.parse(await got(`${second.api}/replicas`)) as { replicas: unknown[] };
          expect(replicas).toHaveLength(2);
        },
        { timeout: 30_000, interval: 200 },
      );
      expect((await ask(`${second.url}/sim/v1`)).status).toBe(503);
    },
  );
});

describe("without a configuration", () => {
  test("it answers by the simulated provider, and says what is missing for a real one", async () => {
    const { running, url, said } = await serving([]);
    const answer = await ask(`${url}/sim/v1`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ object: "chat.completion" });
    // Nobody may take a simulated answer for a real one.
    expect((await ask(`${url}/v1`)).status).toBe(404);
    expect(said()).toContain(`export OPENAI_BASE_URL=${url}/sim/v1`);
    expect(said()).toMatch(/missing:\n {2}a provider: set OPENAI_API_KEY/);
    running.child.kill("SIGTERM");
    expect(await running.ended).toMatchObject({ code: 0, stdout: "" });
  });

  test("it takes the keys of the environment, and shows none", async () => {
    const { running, url, said } = await serving([], { OPENAI_API_KEY: KEY, ANTHROPIC_API_KEY: KEY });
    expect(said()).toMatch(/openai {2}openai format, api\.openai\.com, key from OPENAI_API_KEY/);
    expect(said()).toContain(`export OPENAI_BASE_URL=${url}/v1`);
    expect(said()).toContain(`export ANTHROPIC_BASE_URL=${url}/anthropic`);
    expect(said()).not.toContain("missing");
    running.child.kill("SIGINT");
    const { code, stderr } = await running.ended;
    expect(code).toBe(130);
    expect(stderr).not.toContain(KEY);
  });

  test("npm start -- --gateway shows it with the simulated provider: the printed curl makes an outage", async () => {
    const running = start(["demo", "--gateway"], NO_KEYS);
    let stderr = "";
    running.child.stderr?.on("data", (text: string) => (stderr += text));
    await expect.poll(() => stderr, { timeout: 60_000 }).toContain("missing:");
    const [, url = ""] = /OPENAI_BASE_URL=(\S+)/.exec(stderr) ?? [];
    const [, csrf = "", body = "", fault = ""] = /curl -X PUT -H '([^']+)' -d '([^']+)' (\S+)/.exec(stderr) ?? [];
    expect((await ask(url)).status).toBe(200);
    const [name = "", value = ""] = csrf.split(": ");
    expect((await fetch(fault, { method: "PUT", headers: { [name]: value }, body })).status).toBe(200);
    expect((await ask(url)).status).toBe(503);
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
  });

  test("the log is on stdout, a line of JSON for each request", async () => {
    const { running, url } = await serving([], { RECLOSER_LOG_LEVEL: "info" });
    expect((await ask(`${url}/sim/v1`)).status).toBe(200);
    running.child.kill("SIGTERM");
    const { stdout } = await running.ended;
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { event: string; target?: string });
    expect(lines.map(({ event }) => event)).toEqual(["listening", "request", "stopping", "stopped"]);
    expect(lines[1]).toMatchObject({ target: "sim", status: 200 });
  });

  test("--json says it on one line of stdout", async () => {
    const running = start(["serve", "--json"], { ...NO_KEYS, OPENAI_API_KEY: KEY });
    const line = await new Promise<string>((resolve) => running.child.stdout?.once("data", resolve));
    const said = JSON.parse(line) as { type: string; url: string; targets: { name: string; keyFrom: string | null }[] };
    expect(said.type).toBe("listening");
    expect(said.targets.map(({ name, keyFrom }) => [name, keyFrom])).toEqual([
      ["openai", "OPENAI_API_KEY"],
      ["sim", null],
    ]);
    expect((await ask(`${said.url}/sim/v1`)).status).toBe(200);
    running.child.kill("SIGTERM");
    const { stdout } = await running.ended;
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).not.toContain(KEY);
  });
});

describe("with a file", () => {
  test("every fault is told at once, and nothing is started", async () => {
    const file = fileOf("bad.yaml", `lisen: {}\nretry: { perTarget: x }\ntargets: { openai: { auth: ${KEY} } }\n`);
    const { code, stdout, stderr } = await run(["serve", "--config", file], NO_KEYS);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /the configuration has 3 faults:\n.*:1:1 {2}lisen: .*\n.*:2:21 {2}retry\.perTarget: .*\n.*:3:28 {2}targets\.openai\.auth: /,
    );
    expect(stderr).not.toContain("listening");
    expect(stderr).not.toContain(KEY);
  });

  test("that is not there, it says so", async () => {
    const { code, stderr } = await run(["serve", "--config", join(folder, "none.yaml")], NO_KEYS);
    expect(code).toBe(1);
    expect(stderr).toMatch(/none\.yaml: there is no such file/);
  });

  test("a port that is taken is told with what to do", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await run(["serve", "--port", String(port)], NO_KEYS);
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${port} (--port) is in use`);
    expect(stderr).toMatch(/stop that one, or choose another port: --port \d+/);
  });

  test("so is that of the admin listener", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await run(["serve", "--admin-port", String(port)], NO_KEYS);
    taken.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`127\\.0\\.0\\.1:${port} \\(--admin-port\\) is in use.*: --admin-port \\d+`));
  });
});

describe("the official SDKs, pointed at it by the lines that it prints", () => {
  const FILE = `targets:
  o: { provider: simulated }
  a: { provider: simulated, format: anthropic }
  g: { provider: simulated, format: gemini }
routes:
  - { name: o, targets: [o] }
  - { name: a, targets: [a] }
  - { name: g, targets: [g] }
`;
  // Each in a process of its own: the variable is read there, and nowhere else.
  const PROGRAMS = {
    OPENAI_BASE_URL: `import OpenAI from "openai";
const { choices } = await new OpenAI({ apiKey: "any" }).chat.completions.create({ model: "m", messages: [{ role: "user", content: "hi" }] });
console.log(choices[0].message.content);`,
    ANTHROPIC_BASE_URL: `import Anthropic from "@anthropic-ai/sdk";
const { content } = await new Anthropic({ apiKey: "any" }).messages.create({ model: "m", max_tokens: 9, messages: [{ role: "user", content: "hi" }] });
console.log(content[0].text);`,
    GOOGLE_GEMINI_BASE_URL: `import { GoogleGenAI } from "@google/genai";
const { text } = await new GoogleGenAI({ apiKey: "any" }).models.generateContent({ model: "m", contents: "hi" });
console.log(text);`,
  };

  test.each(Object.entries(PROGRAMS))("%s", async (variable, program) => {
    const { said } = await serving(["--config", fileOf("sdks.yaml", FILE)]);
    const [, value = ""] = new RegExp(`export ${variable}=(\\S+)`).exec(said()) ?? [];
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      env: { ...process.env, ...NO_KEYS, [variable]: value },
    });
    expect(stdout).toMatch(/simulated answer/);
  });
});

describe("SIGHUP", () => {
  const text = (baseUrl: string, name: string): string =>
    `targets: { ${name}: { provider: openai, key: k, baseUrl: "${baseUrl}", allowPrivate: true } }\n`;

  test("takes over a good file, and a request under way ends as it began", async () => {
    await using before = await simulatedProvider({ latency: { answer: 700 } });
    await using after = await simulatedProvider();
    const file = fileOf("reloaded.yaml", text(before.baseUrl, "before"));
    const { running, url, heard } = await serving(["--config", file]);
    const underWay = ask(`${url}/v1`);
    await expect.poll(() => before.stats().requests, { timeout: 5_000 }).toBe(1);

    fileOf("reloaded.yaml", text(after.baseUrl, "after"));
    running.child.kill("SIGHUP");
    await heard(/the configuration was read again: 1 targets?, 1 routes?/);
    const next = await ask(`${url}/v1`);
    expect([next.status, next.headers.get("x-recloser-target")]).toEqual([200, "after"]);
    const first = await underWay;
    expect([first.status, first.headers.get("x-recloser-target")]).toEqual([200, "before"]);
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
  });

  test("keeps the old configuration when the new one is wrong or cannot be followed, and says so", async () => {
    await using provider = await simulatedProvider();
    const file = fileOf("kept.yaml", text(provider.baseUrl, "kept"));
    const { running, url, heard } = await serving(["--config", file]);
    const works = async (): Promise<void> =>
      expect((await ask(`${url}/v1`)).headers.get("x-recloser-target")).toBe("kept");

    fileOf("kept.yaml", "targets: { kept: { provider: openai } }\n");
    running.child.kill("SIGHUP");
    await heard(/the old configuration is kept: the configuration has a fault:\n.*targets\.kept\.key: /);
    await works();
    fileOf("kept.yaml", `${text(provider.baseUrl, "other")}listen: { host: localhost }\n`);
    running.child.kill("SIGHUP");
    await heard(/the old configuration is kept: listen cannot be changed while it runs/);
    await works();
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
  });
});

describe("stopping", () => {
  test("waits for what is under way, and takes nothing more", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 600 } });
    const file = fileOf(
      "drain.yaml",
      `targets: { a: { provider: openai, key: k, baseUrl: "${provider.baseUrl}", allowPrivate: true } }\n`,
    );
    const { running, url, heard } = await serving(["--config", file]);
    const underWay = ask(`${url}/v1`);
    await expect.poll(() => provider.stats().requests, { timeout: 5_000 }).toBe(1);
    running.child.kill("SIGTERM");
    await heard(/stopping; 1 under way, for 30 s at most/);
    await expect(ask(`${url}/v1`)).rejects.toThrow("fetch failed");
    expect((await underWay).status).toBe(200);
    expect((await running.ended).code).toBe(0);
  });

  test("ends at the limit, however long an answer takes", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 60_000 } });
    const file = fileOf(
      "late.yaml",
      `targets: { a: { provider: openai, key: k, baseUrl: "${provider.baseUrl}", allowPrivate: true } }\n`,
    );
    const { running, url } = await serving(["--config", file, "--drain", "200ms"]);
    const underWay = ask(`${url}/v1`).then(
      ({ status }) => status,
      () => "cut",
    );
    await expect.poll(() => provider.stats().requests, { timeout: 5_000 }).toBe(1);
    running.child.kill("SIGTERM");
    expect((await running.ended).code).toBe(0);
    expect(await underWay).not.toBe(200);
  });

  test("ends at the limit for requests of an earlier configuration too", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 60_000 } });
    const text = `targets: { a: { provider: openai, key: k, baseUrl: "${provider.baseUrl}", allowPrivate: true } }\n`;
    const { running, url, heard } = await serving(["--config", fileOf("earlier.yaml", text), "--drain", "200ms"]);
    const underWay = ask(`${url}/v1`).catch(() => null);
    await expect.poll(() => provider.stats().requests, { timeout: 5_000 }).toBe(1);
    running.child.kill("SIGHUP");
    await heard(/the configuration was read again/);
    running.child.kill("SIGTERM");
    await heard(/stopping; 1 under way/);
    expect((await running.ended).code).toBe(0);
    await underWay;
  });

  test("a second signal ends it where it stands", async () => {
    await using provider = await simulatedProvider({ latency: { answer: 60_000 } });
    const file = fileOf(
      "twice.yaml",
      `targets: { a: { provider: openai, key: k, baseUrl: "${provider.baseUrl}", allowPrivate: true } }\n`,
    );
    const { running, url, heard } = await serving(["--config", file]);
    const underWay = ask(`${url}/v1`).catch(() => null);
    await expect.poll(() => provider.stats().requests, { timeout: 5_000 }).toBe(1);
    running.child.kill("SIGINT");
    await heard(/stopping; 1 under way/);
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
    await underWay;
  });
});
