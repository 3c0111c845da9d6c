import { defineConfig } from "vitest/config";

// Workspace imports resolve to source, so a test run needs no build. RECLOSER_TEST_BUILT=1 tests dist, what users get.
const conditions = ["recloser-source"];
const fromSource = { resolve: { conditions }, ssr: { resolve: { conditions } } };
const resolution = process.env["RECLOSER_TEST_BUILT"] === "1" ? {} : fromSource;

// Their files share what a worker has loaded, which is most of the time that a short file takes.
const together = { isolate: false };

// They wait more than they work: more of them at a time than there are cores, after all others. Their bounds are those of
// processes on a machine that others use too: in CI one that is missed is tried again before it counts.
const waiting = { maxWorkers: 4, sequence: { groupOrder: 1 }, retry: process.env["CI"] === "true" ? 2 : 0 };

// It waits as long as alerts do, ten minutes.
const drills = process.env["RECLOSER_ALERTS_DRILL"] === "1" ? ["tests/gateway/*.drill.ts"] : [];

export default defineConfig({
  test: {
    // By itself it leaves a core unused.
    maxWorkers: 2,
    projects: [
      // Neither sleeps nor opens a socket outside the test kit's own server.
      {
        ...resolution,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "tests/{docs,scenarios}/**/*.test.ts"],
          ...together,
          // Some start a process of their own, which takes seconds on a machine that others use too.
          testTimeout: 30_000,
        },
      },
      // Simulated, so it does not sleep either, but long.
      {
        ...fromSource,
        test: { name: "outage", include: ["tests/outage/**/*.test.ts"], testTimeout: 120_000 },
      },
      {
        ...resolution,
        test: {
          name: "integration",
          include: ["tests/integration/**/*.test.ts"],
          ...together,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      // Real sockets: clients, the gateway, simulated providers.
      {
        ...resolution,
        test: {
          name: "gateway",
          include: ["tests/gateway/**/*.test.ts", ...drills],
          ...waiting,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      // A browser, which tests/support/servers finds or fetches, on the built page.
      {
        ...resolution,
        test: {
          name: "dashboard",
          include: ["tests/dashboard/**/*.test.ts"],
          ...waiting,
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      // On real servers, which tests/support/servers finds or fetches.
      {
        ...resolution,
        test: {
          name: "stores",
          include: ["tests/stores/**/*.test.ts"],
          ...waiting,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      // The real SDKs above a guarded fetch. RECLOSER_SDKS=newest takes those of tests/contracts/newest, on Node 22 and later.
      {
        ...resolution,
        test: {
          name: "contracts",
          include: ["tests/contracts/*.test.ts"],
          ...together,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      // Virtual time; long, since many schedules are played. RECLOSER_SIM_SCHEDULES=20000 plays more.
      {
        ...fromSource,
        test: { name: "simulation", include: ["tests/simulation/**/*.test.ts"], testTimeout: 3_600_000 },
      },
      // The reference application, on sql.js and, where one can be had, PostgreSQL.
      {
        ...resolution,
        test: {
          name: "nl2sql",
          include: ["examples/nl2sql/{src,tests}/**/*.test.ts"],
          ...waiting,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...resolution,
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          ...waiting,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
