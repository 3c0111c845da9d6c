import { describe, expect, test } from "vitest";
import { main } from "../main.ts";

async function explained(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ["", ""];
  const stdout = { write: (text: string) => void (out += text) } as unknown as NodeJS.WriteStream;
  const stderr = { write: (text: string) => void (err += text) } as unknown as NodeJS.WriteStream;
  const code = await main(["explain", ...args], { stdout, stderr, env: {} });
  return { code, out, err };
}

describe("explain", () => {
  test.each(["ERR_CIRCUIT_OPEN", "circuit-open", "err_circuit_open"])(
    "%s says what happened and what to do",
    async (code) => {
      const { out } = await explained(code);
      expect(out).toMatch(/^ERR_CIRCUIT_OPEN\n\nCircuitOpenError\. The call was not made: /);
      expect(out).toMatch(/^What to do: answer with something else/m);
      expect(out).toMatch(/^ {2}probing +a probe is under way/m);
      expect(out).not.toMatch(/[`|]|\]\(/);
    },
  );

  test("a word that comes with a code is explained alone", async () => {
    const { out } = await explained("queue-full");
    expect(out).toMatch(/^ERR_SHED\n/);
    expect(out).toMatch(/\n\n {2}queue-full {2}as many callers wait as may [^\n]*\n$/);
  });

  test("without a code there is a line for each", async () => {
    const { out } = await explained();
    expect(out).toMatch(/^ERR_CIRCUIT_OPEN +The call was not made/m);
    expect(out).toMatch(/^RECLOSER_STORE_ACCESS +Redis does not let this process in/m);
  });

  test("what is no code is told with what was meant", async () => {
    const { code, out, err } = await explained("STORE\u001B");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe('recloser: no code "STORE\\u{1b}"\nrecloser explain lists them.\n');
    expect((await explained("quarantine")).err).toContain("Did you mean RECLOSER_STORE_QUARANTINE?");
  });

  test("--json has a line for each", async () => {
    const { out } = await explained("ERR_STORE", "--json");
    expect(JSON.parse(out)).toMatchObject({ code: "ERR_STORE", words: [] });
  });
});
