import { defineConfig } from "vitest/config";

const resolve = { conditions: ["recloser-source"] };
const ssr = { resolve: { conditions: ["recloser-source"] } };

export default defineConfig({
  test: {
    projects: [
      { resolve, ssr, test: { name: "unit", include: ["packages/*/src/**/*.test.ts"], environment: "node" } },
      {
        resolve,
        ssr,
        test: { name: "integration", include: ["tests/integration/**/*.test.ts"], testTimeout: 30_000, hookTimeout: 60_000 },
      },
      { resolve, ssr, test: { name: "e2e", include: ["tests/e2e/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
});
