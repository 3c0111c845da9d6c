/** The process warnings of a test, by code: what an operator would see in the log. */
import { setImmediate as turn } from "node:timers/promises";
import { onTestFinished } from "vitest";

/** Collects from now on, until the test is over. Gives the texts of one code, when what is on its way has come. */
export function warningsHeard(): (code: string) => Promise<readonly string[]> {
  const heard: { readonly code: string; readonly text: string }[] = [];
  const hear = (warning: Error & { readonly code?: string }): void => {
    heard.push({ code: warning.code ?? warning.name, text: warning.message });
  };
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  return async (code) => {
    await turn();
    return heard.filter((warning) => warning.code === code).map(({ text }) => text);
  };
}
