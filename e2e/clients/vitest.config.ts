import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * The clients that people use, unchanged, against the production build. `CLIENTS_REPORT=1` writes the table to README.md.
 */
export default defineConfig({
  resolve: { alias: { "@": fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "") } },
  test: {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    include: ["e2e/clients/**/*.test.ts"],
    testTimeout: 30_000,
    hookTimeout: 180_000,
    pool: "forks",
    fileParallelism: false,
    reporters: ["default", fileURLToPath(new URL("./reporter.ts", import.meta.url))],
  },
});
