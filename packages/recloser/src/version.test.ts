import { expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { VERSION } from "./version.ts";

it("the version that replicas tell is the package's: write it into version.ts when it changes", () => {
  expect(VERSION).toBe(packageJson.version);
});
