import { defineConfig } from "vitest/config";

// What scripts/mutation.ts runs on each mutant: the tests of one file of the core.
export default defineConfig({
  test: {
    include: (process.env["RECLOSER_MUTATION_TESTS"] ?? "packages/recloser/src/*.test.ts").split(","),
    setupFiles: ["tests/mutation/setup.ts"],
    testTimeout: 60_000,
  },
});
