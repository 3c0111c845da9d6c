/** Whether this Node is one that Recloser is made for. */
import { failure, type Finding, well } from "./finding.ts";

const LEAST = [20, 19] as const;

/** @param version as `process.versions.node` has it */
export function nodeCheck(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return well("node", version);
  return failure(
    "node",
    version,
    "it is older than what Recloser is tried with",
    `install Node ${LEAST.join(".")} or later: https://nodejs.org`,
  );
}
