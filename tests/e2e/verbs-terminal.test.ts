/** The daily commands on a terminal, and as a user installs them. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { BIN, killAll, recorded, run, start } from "../support/cli.ts";
import { startServeProcess } from "../support/serve-process.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CLEAR = "\u001B[K";

afterEach(killAll);

describe.runIf(await hasRedis())("With a store", () => {
  let server: RedisServer;
  const hold = (name: string, reason: string): Promise<unknown> =>
    run(["hold", name, "open", "--reason", reason, "--new", "-s", server.url]);
  beforeAll(async () => {
    server = await startRedis();
    await hold("openai:gpt-5", "maintenance");
  });
  afterAll(() => server.kill());

  test("watch redraws as it changes, greys and says stale while the store hangs, and ends by q", async () => {
    const terminal = onTerminal(["watch", "--store-timeout", "300ms", "-s", server.url]);
    await terminal.shows(/⚑ openai:gpt-5 +held open .*by .*: maintenance/);
    await hold("mistral:large", "quota");
    await terminal.shows(/⚑ mistral:large +held open/);
    await terminal.shows(/\d\d:\d\d:\d\d {2}⚑ mistral:large {2}held open until/);
    server.pause();
    await terminal.shows(/stale for [\d.]+ s: redis:.* did not answer/);
    server.resume();
    await terminal.shows(/2 held open/);
    terminal.types("q");
    expect(await terminal.ended).toBe(0);
    // Back to the page that was there before.
    expect(terminal.all().trimEnd().endsWith("\u001B[?1049l")).toBe(true);
  });

  test("a question is asked before several are touched, and no is the answer to anything but yes", async () => {
    const terminal = onTerminal(["release", "*", "-s", server.url]);
    await terminal.shows(/ {2}openai:gpt-5\r?\n.*recloser: release these 2\? \[y\/N\]/s);
    terminal.types("n\n");
    expect(await terminal.ended).toBe(3);
    expect((await run(["status", "openai", "-s", server.url])).stdout).toContain("held open");

    const again = onTerminal(["release", "*", "-s", server.url]);
    await again.shows(/\[y\/N\]/);
    again.types("y\n");
    expect(await again.ended).toBe(0);
    expect((await run(["status", "openai", "-s", server.url])).stdout).toContain("closed");
  });

  test("something is on the screen while the store lets wait, and gone when it has answered", async () => {
    server.pause();
    onTestFinished(() => server.resume());
    const terminal = onTerminal(["status", "--store-timeout", "10s", "-s", server.url]);
    await terminal.shows(/asking redis:\/\/127\.0\.0\.1:\d+ …/);
    expect(terminal.all()).not.toContain("BREAKER");
    server.resume();
    await terminal.shows(/BREAKER/);
    expect(await terminal.ended).toBe(0);
    expect(terminal.all()).toContain(`…\r${CLEAR}`);
    expect(terminal.all().split(CLEAR).at(-1)).not.toContain("asking");
  });

  test("where there is no screen, watch prints a line for each change, and Ctrl-C ends it", async () => {
    const watching = start(["watch", "-s", server.url]);
    const printed = recorded(watching, "stdout");
    await printed("BREAKER");
    await hold("openai:gpt-5", "again");
    await printed("again");
    watching.child.kill("SIGINT");
    const { code, stdout, stderr } = await watching.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
    expect(stdout).toMatch(/^ {2}BREAKER[^]*\n\d\d:\d\d:\d\d {2}⚑ openai:gpt-5 {2}held open until .*: again\n$/);
    expect(stdout).not.toContain("\u001B");
  });

  test("installed from its tarball, with what it declares and nothing else, it finds the store", async () => {
    const project = installed();
    onTestFinished(() => rmSync(project, { recursive: true }));
    const bin = join(project, "node_modules/@recloser/cli/dist/bin.js");
    const ask = (...args: string[]): string =>
      execFileSync(process.execPath, [bin, ...args, "-s", server.url], { cwd: project, encoding: "utf8" });
    ask("hold", "gemini", "open", "--reason", "installed", "--new");
    expect(ask("status", "gemini")).toMatch(/^⚑ gemini {2}held open since/);
    expect(ask("release", "gemini")).toBe("○ gemini  closed\n");
    expect(ask("audit", "gemini")).toMatch(
      / {2}⚑ gemini {2}held open .*: installed\n.* {2}⚑ gemini {2}released, by .*\n$/,
    );

    await using gateway = await startServeProcess({ store: { url: server.url } });
    const own = (...args: string[]): string =>
      execFileSync(process.execPath, [bin, ...args], { cwd: project, encoding: "utf8" });
    const looked = JSON.parse(own("doctor", "--json", "-s", server.url, "--server", gateway.adminUrl)) as {
      ok: boolean;
      checks: { check: string; level: string }[];
    };
    expect(looked.ok).toBe(true);
    expect(looked.checks.filter(({ check }) => check === "server" || check === "store")).toHaveLength(2);
    expect(own("simulate", "--for", "60s", "--outage", "503 from 20s for 20s", "--figures-only")).toMatch(
      /^no breaker /m,
    );
    expect(own("status", "--json", "--server", gateway.adminUrl)).toContain('"breakers":[');
    expect(own("init", "--yes", "--provider", "ollama")).toBe("recloser.yaml\n");
    expect(own("config", "validate", "recloser.yaml")).toMatch(/^recloser.yaml is right: 1 target,/);
  });

  test("init asks, and takes what was typed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "recloser-asked-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "recloser.yaml");
    const terminal = onTerminal(["init", file, "--store", server.url]);
    await terminal.shows(/Providers \(openai, .*\)\? \[.+\]/);
    terminal.types("groq, ollama\n");
    await terminal.shows(/apart in it\? \[recloser\]/);
    terminal.types("\n");
    await terminal.shows(/Data port.*\[8787\]/);
    terminal.types("9000\n");
    await terminal.shows(/written; set GROQ_API_KEY, then recloser config validate/);
    expect(await terminal.ended).toBe(0);
    expect(readFileSync(file, "utf8")).toMatch(/ port: 9000\n[^]*url: "redis:[^]*\n {2}groq:\n[^]*\n {2}ollama: \{\}/);

    const left = onTerminal(["init", join(folder, "other.yaml")]);
    await left.shows(/Providers/);
    left.types("\u0004"); // Ctrl-D
    expect(await left.ended).toBe(3);
    expect(existsSync(join(folder, "other.yaml"))).toBe(false);
  });
});

interface Terminal {
  readonly ended: Promise<number | null>;
  types(text: string): void;
  /** Resolves when it is, or has been, on the screen since the last call. */
  shows(text: RegExp): Promise<void>;
  all(): string;
}

function onTerminal(args: readonly string[]): Terminal {
  const command = [process.execPath, BIN, ...args].map((part) => `'${part}'`).join(" ");
  const child = spawn("script", ["-qec", `stty cols 120 rows 40; ${command}`, "/dev/null"], {
    env: { ...process.env, CI: "false", TERM: "xterm", NO_COLOR: "1" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let all = "";
  let from = 0;
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    all += text;
    for (const look of [...waiting]) look();
  });
  return {
    ended: new Promise((resolve) => child.once("close", resolve)),
    types: (text) => void child.stdin.write(text),
    all: () => all,
    shows: (text) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${text} was not shown: ${all.slice(-800)}`)), 20_000);
        const look = (): void => {
          const found = text.exec(all.slice(from));
          if (found === null) return;
          from += found.index + found[0].length;
          clearTimeout(late);
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A project with the packed packages of this repository, and only those others that they declare. */
function installed(): string {
  const project = mkdtempSync(join(tmpdir(), "recloser-installed-"));
  const modules = join(project, "node_modules");
  const folders = readdirSync(join(ROOT, "packages"))
    .map((name) => join(ROOT, "packages", name))
    .filter((folder) => existsSync(join(folder, "package.json")));
  const packed = execFileSync(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", project, ...folders],
    {
      encoding: "utf8",
    },
  );
  for (const { name, filename } of JSON.parse(packed) as { name: string; filename: string }[]) {
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", join(project, filename), "--strip-components=1"], { cwd: target });
    const { dependencies = {} } = JSON.parse(readFileSync(join(target, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    for (const other of Object.keys(dependencies)) linkOther(modules, other);
  }
  return project;
}

function linkOther(modules: string, name: string): void {
  const link = join(modules, name);
  if (/^(@recloser\/|recloser$)/.test(name) || existsSync(link)) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(ROOT, "node_modules", name), link);
}
