import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LineBlocks } from "./line-blocks.ts";

const SIZES = { most: 100, everyMs: 5, mostWaiting: 1_000 };

describe("Lines in blocks", () => {
  let folder: string;
  let fd: number;
  const path = (): string => join(folder, "log");
  const written = (): string => readFileSync(path(), "utf8");

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "line-blocks-"));
    fd = openSync(path(), "a");
  });
  afterEach(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });

  test("are written soon, in order, none lost and none twice", async () => {
    const blocks = new LineBlocks(fd, { ...SIZES, mostWaiting: 100_000 });
    const lines = Array.from({ length: 500 }, (_, index) => `{"n":${index},"text":"é${"x".repeat(index % 150)}"}\n`);
    for (const line of lines) blocks.write(line);
    await vi.waitFor(() => expect(written()).toBe(lines.join("")));
  });

  test("are written when the process ends", () => {
    const blocks = new LineBlocks(fd, SIZES);
    blocks.write("first\n");
    blocks.write("second\n");
    blocks.end();
    expect(written()).toBe("first\nsecond\n");
    blocks.end();
    expect(written()).toBe("first\nsecond\n");
  });

  test("are lost rather than kept where nobody reads", () => {
    const blocks = new LineBlocks(fd, { ...SIZES, most: 10_000 });
    for (let n = 0; n < 100; n++) blocks.write(`${"x".repeat(99)}\n`);
    blocks.end();
    expect(written().length).toBe(SIZES.mostWaiting);
  });

  test("end at once where they cannot be written", () => {
    const readOnly = openSync(path(), "r");
    const blocks = new LineBlocks(readOnly, SIZES);
    blocks.write("nobody reads it\n");
    blocks.end();
    blocks.write("nor this\n");
    blocks.end();
    closeSync(readOnly);
    expect(written()).toBe("");
  });
});
