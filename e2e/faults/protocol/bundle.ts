import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** A program of the tests as one file, which starts in a fraction of the time. `remove` takes its folder away again. */
export async function bundleProgram(
  entry: string,
): Promise<{ readonly path: string; readonly folder: string; remove(): void }> {
  // Inside the project, so that the packages are found.
  mkdirSync(".data", { recursive: true });
  const folder = mkdtempSync(join(".data", "program-"));
  const path = join(folder, "program.mjs");
  await build({
    entryPoints: [entry],
    outfile: path,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
  });
  return { path, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
