import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * The fault suite: the production build in processes of its own. The long form takes one file after the other, since its figures
 * need the machine; the short one two at once, because half of its time is spent waiting for time-outs to pass.
 * `npm test` runs the short form; `npm run faults` the long one, and writes its figures to README.md.
 */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "") } },
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: ["e2e/faults/**/*.test.ts"],
    globalSetup: ["server/dev/test-database.global.ts"],
    // The long form takes hours on a busy machine; a test of the short one has come to a standstill by then.
    testTimeout: process.env.FAULTS_LONG ? 4 * 3_600_000 : 900_000,
    hookTimeout: 180_000,
    pool: "forks",
    maxWorkers: process.env.FAULTS_LONG ? 1 : 2,
    reporters: ["default", fileURLToPath(new URL("./reporter.ts", import.meta.url))],
  },
});
