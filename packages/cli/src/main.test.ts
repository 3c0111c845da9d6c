import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
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
    for (const option of ["--scenario", "--speed", "--rps", "--seed", "--json", "--redis", "--stop-redis-at"])
      expect(out).toContain(option);
    expect(out).toContain("RECLOSER_DEMO_SPEED");
    expect(out).toContain("130");
  });
});

// The first of them loads all that checks a configuration.
describe("serve and config", { timeout: 30_000 }, () => {
  test("help of serve leads with examples, and names what is set often, signals and exit codes", async () => {
    expect(await run(["serve", "--help"])).toBe(0);
    expect(out).toMatch(/^Examples:\n {2}recloser serve/);
    for (const word of ["--config", "--port", "RECLOSER_PORT", "--store", "SIGHUP", "SIGTERM", "130"])
      expect(out).toContain(word);
  });

  test.each(["validate", "show", "schema"])("help of config %s leads with an example", async (name) => {
    expect(await run(["config", name, "--help"])).toBe(0);
    expect(out).toMatch(new RegExp(`^Examples:\\n {2}recloser config ${name}`));
  });

  test("every setting is an option, shown or not", async () => {
    expect(await run(["config", "show", "--sources", "--timeouts-first-token", "7s", "--retry-max-attempts=2"])).toBe(
      0,
    );
    expect(out).toMatch(/^timeouts\.firstToken +"7s" +--timeouts-first-token$/m);
    expect(out).toMatch(/^retry\.maxAttempts +2 +--retry-max-attempts$/m);
    expect(err).toBe("");
  });

  test("an option that is true or false needs no value", async () => {
    expect(await run(["config", "show", "--json", "--log-pretty"])).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ log: { pretty: true } });
  });

  test("show is YAML, or JSON with --json, and has no secret in it", async () => {
    const env = { OPENAI_API_KEY: "canary-secret" };
    expect(await run(["config", "show"], env)).toBe(0);
    expect(out).toMatch(/^listen:\n {2}host: 127\.0\.0\.1$/m);
    expect(out).toContain("key: ${OPENAI_API_KEY}");
    out = "";
    expect(await run(["config", "show", "--json", "--sources"], env)).toBe(0);
    expect(JSON.parse(out)).toContainEqual({
      path: "targets.openai.key",
      value: "${OPENAI_API_KEY}",
      source: "OPENAI_API_KEY",
    });
    expect(out + err).not.toContain("canary-secret");
  });

  test("validate ends with 0 and says how much there is", async () => {
    expect(await run(["config", "validate"], { OPENAI_API_KEY: "x" })).toBe(0);
    expect({ out, err }).toEqual({ out: "without a file the configuration is right: 2 targets, 2 routes\n", err: "" });
  });

  test("a recloser.yaml that lies here and is not named is told of: it is not read", async () => {
    const [before, folder] = [process.cwd(), mkdtempSync(join(tmpdir(), "recloser-config-"))];
    onTestFinished(() => {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    });
    process.chdir(folder);
    writeFileSync("recloser.yaml", "nonsense");
    expect(await run(["config", "validate"], { OPENAI_API_KEY: "x" })).toBe(0);
    expect(err).toBe("recloser: recloser.yaml is here, and is not read: --config recloser.yaml\n");
    expect(await run(["config", "validate", "recloser.yaml"])).toBe(1);
  });

  test("validate ends with 1 and tells every fault, on stderr, or as JSON on stdout", async () => {
    const argv = ["config", "validate", "--port", "x", "--workers", "0"];
    expect(await run(argv)).toBe(1);
    expect(out).toBe("");
    expect(err).toMatch(
      /^recloser: the configuration has 2 faults:\n {2}--port {2}listen\.port: .*\n {2}--workers {2}workers: /,
    );
    expect(await run([...argv, "--json"])).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      valid: false,
      issues: [{ path: "listen.port", place: "--port" }, { path: "workers" }],
    });
  });

  test("validate of a file that is not there ends with 1", async () => {
    expect(await run(["config", "validate", "/nowhere/a.yaml"])).toBe(1);
    expect(err).toBe("recloser: /nowhere/a.yaml: there is no such file\n");
  });

  test("a variable that is nearly a setting is told on stderr", async () => {
    expect(await run(["config", "validate"], { RECLOSER_PROT: "1" })).toBe(0);
    expect(err).toBe("recloser: RECLOSER_PROT is no setting: did you mean RECLOSER_PORT?\n");
  });

  test("schema is JSON Schema, on stdout", async () => {
    expect(await run(["config", "schema"])).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ $schema: expect.stringContaining("json-schema.org"), type: "object" });
  });

  test.each([
    [["config", "validat"], "unknown command 'validat'", "Try recloser config --help"],
    [["config", "show", "--prot", "1"], "recloser: unknown option '--prot'", "Try recloser config show --help"],
    [["serve", "--prot", "1"], "recloser: unknown option '--prot'", "Try recloser serve --help"],
    [["serve", "extra"], "too many arguments", "Try recloser serve --help"],
  ])("%j ends with 2 and says where the help is", async (argv, said, hint) => {
    expect(await run(argv)).toBe(2);
    expect(err).toContain(said);
    expect(err.trimEnd().split("\n").at(-1)).toBe(hint);
  });
});

describe("help by name", () => {
  test.each([
    [["help"], /^Examples:[^]*Commands:\n {2}status/],
    [["help", "demo"], /--scenario/],
  ])("%j is on stdout", async (argv, shown) => {
    expect(await run(argv)).toBe(0);
    expect(out).toMatch(shown);
    expect(err).toBe("");
  });

  test("of a command that there is not ends with 2 and says so", async () => {
    expect(await run(["help", "nope"])).toBe(2);
    expect({ out, err }).toEqual({ out: "", err: 'recloser: no such command "nope"\nTry recloser --help\n' });
  });
});

test.each(["--version", "-V"])("%s says which version it is, on stdout", async (option) => {
  expect(await run([option])).toBe(0);
  expect(out).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
  expect(err).toBe("");
});

describe("a wrong command line says where the help is", () => {
  test.each([
    [["demo", "--nope"], "Try recloser demo --help"],
    [["demo", "--speed", "0"], "Try recloser demo --help"],
    [["demo", "extra"], "Try recloser demo --help"],
    [["dmo"], "Try recloser --help"],
  ])("%j", async (argv, hint) => {
    expect(await run(argv)).toBe(2);
    expect(err.trimEnd().split("\n").at(-1)).toBe(hint);
  });

  test.each(["--nope", "--speed=0", "extra"])("to whom came by npm start: %s", async (argument) => {
    expect(await run(["demo", argument], { npm_lifecycle_event: "start" })).toBe(2);
    expect(err.trimEnd().split("\n").at(-1)).toBe("Try npm start -- --help");
  });
});

describe("a wrong command line ends with 2 and says what was expected, on stderr", () => {
  test.each([
    [
      ["demo", "--scenario", "nope"],
      '--scenario: expected one of 503, hang, 429, brownout, flap, cut-stream; received "nope"',
    ],
    [["demo", "--speed", "0"], '--speed: expected a number from 0.1 to 20; received "0"'],
    [["demo", "--port", "1"], '--port: expected --page beside it, or a terminal; received "1"'],
    [["demo", "--open"], '--open: expected --page beside it, or a terminal; received "true"'],
    [["demo", "--page", "--speed", "2"], '--page: expected no such option beside --speed; received "true"'],
    [["demo", "hang", "--page"], '--page: expected no such option beside --scenario; received "true"'],
    [["demo", "--no-page", "--port", "1"], '--port: expected --page beside it, or a terminal; received "1"'],
    [["demo", "--gateway", "--port", "1"], '--port: expected no such option beside --gateway; received "1"'],
    [["demo", "--redis", "--page"], '--page: expected no such option beside --redis; received "true"'],
    [["demo", "--page", "--rps", "41"], '--rps: expected at most 40 with the live page; received "41"'],
    [["demo", "--rps", "many"], '--rps: expected a number from 1 to 100; received "many"'],
    [["demo", "--seed", "-1"], "--seed: expected a whole number from 0 to 4294967295"],
    [["demo", "--rps", "100", "--speed", "20"], "--rps: expected at most 20 at 20× speed"],
    [["demo", "--redis=localhost"], '--redis: expected redis://host:port, or rediss://… for TLS; received "localhost"'],
    [["demo", "--redis=http://user:secret@host"], 'received "http://…@host"'],
    [["demo", "--redis", "--scenario", "hang"], '--scenario: expected no such option beside --redis; received "hang"'],
    [["demo", "--redis", "--stop-redis-at", "6"], "--stop-redis-at: expected a duration with its unit, such as 6s"],
    [["demo", "--redis", "--stop-redis-at", "6s", "--continue-redis-at", "2s"], "a later moment than --stop-redis-at"],
    [["demo", "--redis", "--continue-redis-at", "2s"], "a later moment than --stop-redis-at"],
    [["demo", "--redis=rediss://host", "--stop-redis-at", "2s"], "--stop-redis-at: expected a server without TLS"],
    [["demo", "--stop-redis-at", "6s"], "--stop-redis-at: expected --redis beside it"],
    [["demo", "--nope"], "unknown option '--nope'"],
    [["demo", "extra"], "expected one of 503, hang"],
    [["demo", "--speed"], "argument missing"],
    [["simulate", "--outage", "503"], "--outage: expected <status>|hang|"],
    [["simulate", "--set", "failureRate=3"], "failureRate: expected a ratio above 0 and at most 1; received 3"],
    [["simulate", "--sweep", "cooldown.max"], "--sweep: expected name=value,value"],
    [["simulate", "--rps", "10000", "--for", "1d"], "--rps: expected at most 2000000 calls in all"],
    [["simulate", "--for", "60s"], "--for: expected no less than the outages last (180s)"],
    [["replay"], "missing required argument 'log'"],
    [["replay", "-", "--set", "nope=1"], "nope"],
    [["dmo"], "unknown command 'dmo'"],
    [[], "Examples:"],
  ])("%j", async (argv, message) => {
    expect(await run(argv)).toBe(2);
    expect(err).toContain(message);
    expect(out).toBe("");
  });
});

// It loads what the command is made of, which a busy machine takes its time for.
describe("a server that cannot be meant", () => {
  test.each([
    [["--server", "redis://h"], /--server: expected the admin port's http:/],
    [["--server", "http://me:canary@h:1"], /--server: expected a URL without a token: that is in RECLOSER_TOKEN/],
    [["--server", "http://h:1/?token=canary"], /--server: expected the admin port's http:/],
    [["--server", "http://h:1", "-s", "redis://h"], /--server: expected either a server or a store/],
    [["--server", "http://h:1", "--token-file", "/nowhere"], /--token-file: "\/nowhere" cannot be read \(ENOENT\)/],
    [["--server", "http://h:1", "--server-timeout", "5"], /--server-timeout: expected a duration/],
  ])("%j is a wrong command line, and no token in it is repeated", async (args, message) => {
    expect(await run(["status", ...args])).toBe(2);
    expect(out).toBe("");
    expect(err).toMatch(message);
    expect(err).not.toContain("canary");
  });

  test("by its variable is told by that name, and an option for a store wins over it", async () => {
    expect(await run(["status"], { RECLOSER_SERVER: "nowhere", RECLOSER_STORE: "redis://h" })).toBe(2);
    expect(err).toMatch(/^recloser: RECLOSER_SERVER: expected the admin port's/);
    err = "";
    expect(await run(["status", "-s", "nonsense"], { RECLOSER_SERVER: "http://h:1" })).toBe(2);
    expect(err).toMatch(/^recloser: --store: expected redis:/);
  });

  test.each([
    ["policy", "show"],
    ["policy", "unset", "llm"],
  ])("%s %s says that it does not take one", async (...args) => {
    expect(await run(args, { RECLOSER_SERVER: "http://h:1" })).toBe(2);
    expect(err).toMatch(/^recloser: this command asks the store .*, and not a gateway \(RECLOSER_SERVER\)/);
  });
});

describe("a daily command without what it needs", { timeout: 30_000 }, () => {
  test.each([
    [["status"], 2, "where are the circuits?"],
    [["hold", "llm", "open", "-s", "redis://h"], 2, "--reason: expected why it is held"],
    [["hold", "llm", "ajar", "-s", "redis://h"], 2, "Allowed choices are open, closed"],
    [["hold", "llm", "open", "--for", "soon", "--reason", "x"], 2, "--for: expected a duration"],
    [["wait", "llm", "--for", "ever"], 2, "--for: expected one of closed, open, half-open"],
    [["status", "-s", "memory:"], 2, "only its own process can say"],
    [["status", "-s", "http://u:secret@h"], 2, 'received "http://…@h"'],
    [["status", "-s", "redis://h", "--password-file", "/nowhere"], 2, '"/nowhere" cannot be read (ENOENT)'],
  ])("%j ends with %d", async (args, expected, said) => {
    expect(await run(args)).toBe(expected);
    expect(out).toBe("");
    expect(err).toContain(said);
    expect(err).not.toContain("secret");
  });

  test("check says UNKNOWN, for a monitor", async () => {
    expect(await run(["check"])).toBe(3);
    expect(out).toMatch(/^RECLOSER UNKNOWN: where are the circuits\?/);
    out = "";
    expect(await run(["check", "--nope"])).toBe(3);
    expect(out).toBe("RECLOSER UNKNOWN: the command line is wrong\n");
  });
});

test.each(["status", "watch", "events", "hold", "release", "reset", "probe", "wait", "check"])(
  "help of %s leads with an example, and ends with the exit codes",
  async (name) => {
    expect(await run([name, "--help"])).toBe(0);
    expect(out).toMatch(new RegExp(`^Examples:\\n {2}recloser ${name}`));
    expect(out).toMatch(/\nExit codes: 0 [^]*$/);
    for (const option of ["--store", "RECLOSER_STORE", "--namespace", "--password-file", "--store-timeout"])
      expect(out).toContain(option);
  },
);
