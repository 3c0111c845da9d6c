/**
 * `@recloser/gateway/config`: reads and checks the configuration of a gateway, without the gateway.
 *
 * @example
 * import { readFile } from "node:fs/promises";
 * import { ConfigError, loadConfig } from "@recloser/gateway/config";
 *
 * const file = { name: "recloser.yaml", bytes: await readFile("recloser.yaml") };
 * try {
 *   const { config } = loadConfig({ file, env: process.env });
 *   console.log(Object.keys(config.targets));
 * } catch (error) {
 *   if (!(error instanceof ConfigError)) throw error;
 *   console.error(error.message); // every fault, one a line
 * }
 */
export { loadConfig } from "./load.ts";
export { ConfigError, placeText } from "./issue.ts";
export { pathText } from "./path.ts";
export { publishedJsonSchema } from "./json-schema.ts";
export { keySourcesOf } from "./key-sources.ts";
export { shownText, shownTree, shownValues, sourceText } from "./shown.ts";
export type { ConfigIssue, Place } from "./issue.ts";
export type { GivenFlag } from "./layers.ts";
export type { LoadedConfig, LoadOptions } from "./load.ts";
export type { Path } from "./path.ts";
export type { ShownValue } from "./shown.ts";
export type * from "./config.ts";
