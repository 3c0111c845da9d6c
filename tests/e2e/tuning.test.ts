/** `recloser simulate` and `recloser replay`, built, as a user runs them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { killAll, run } from "../support/cli.ts";

afterEach(killAll);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "recloser-tuning-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const QUICK = ["simulate", "--outage", "503 from 20s for 20s", "--for", "60s", "--seeds", "1"];

describe("simulate", () => {
  test("takes a configuration, draws, compares and advises, and leaves a picture and a page", async () => {
    const [svg, html] = [join(folder, "o.svg"), join(folder, "o.html")];
    const config = join(folder, "recloser.yaml");
    writeFileSync(config, "breaker:\n  cooldown:\n    max: 20s\n");
    const first = await run([...QUICK, "--config", config, "--svg", svg, "--html", html], {
      OPENAI_API_KEY: "sk-none",
    });
    expect({ code: first.code, stderr: first.stderr }).toEqual({
      code: 0,
      stderr: `recloser: wrote ${svg}\nrecloser: wrote ${html}\n`,
    });
    expect(first.stdout).toMatch(/^provider +─+▒+─+$/m);
    expect(first.stdout).toMatch(/^no breaker +\d+\.\d %/m);
    expect(first.stdout).toMatch(/^(Change|Or trade|Nothing to change)/m);
    expect(first.stdout).not.toContain("\u001B");
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg xmlns=/);
    expect(readFileSync(html, "utf8")).toMatch(/^<!doctype html>/);
  });
});

describe("replay", () => {
  const lines = Array.from({ length: 2_000 }, (_, at) =>
    JSON.stringify({
      ts: 1_767_000_000_000 + at * 100,
      outcome: at >= 500 && at < 1_000 ? 503 : 200,
      duration: "300ms",
    }),
  );

  test("tells of a packed log what would have been rejected, and names bad lines", async () => {
    const log = join(folder, "calls.ndjson.gz");
    writeFileSync(log, gzipSync([...lines.slice(0, 3), "nope", ...lines.slice(3)].join("\n")));
    const { code, stdout, stderr } = await run(["replay", log, "--json"]);
    expect(code).toBe(0);
    expect(stderr).toBe('recloser: line 4: line: expected a JSON object; received "nope"\n');
    const report = JSON.parse(stdout) as {
      lines: number;
      badLines: number;
      calls: number;
      policies: { trips: number; rejected: number; saved: number; falselyRejected: number }[];
    };
    expect(report).toMatchObject({ lines: 2_001, badLines: 1, calls: 2_000 });
    const policy = report.policies[0];
    expect(policy?.trips).toBe(1);
    expect(policy?.saved).toBeGreaterThan(400);
    expect((policy?.saved ?? 0) + (policy?.falselyRejected ?? 0)).toBe(policy?.rejected);
    expect(report.policies.length).toBeGreaterThan(5);
  });
});
