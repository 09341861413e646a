import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";

export interface Program {
  readonly path: string;
  readonly folder: string;
  /** Takes the folder away again. */
  remove(): void;
}

/** A program of the tests as one file, which starts in a fraction of the time. */
export async function bundleProgram(entry: string): Promise<Program> {
  const { path, folder, remove } = makeFolder("program.mjs");
  await build({
    entryPoints: [entry],
    outfile: path,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
  });
  return { path, folder, remove };
}

/**
 * As `bundleProgram`, for programs that are started thousands of times: packages too are in the file, modules whose exports nobody
 * takes are not, and V8's compiled code is kept beside it. Started without arguments the program has to come to its end: that is
 * how its code is compiled.
 */
export async function bundleQuickProgram(entry: string): Promise<Program> {
  const { path, folder, remove } = makeFolder("start.cjs");
  await build({
    entryPoints: [entry],
    outfile: join(folder, "program.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    minify: true,
    external: ["pg-native"],
    plugins: [onlyWhatIsUsed],
  });
  writeFileSync(path, STARTER);
  execFileSync(process.execPath, [path]);
  return { path, folder, remove };
}

const STARTER = `
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { Script } = require("node:vm");
const path = __dirname + "/program.cjs", codePath = __dirname + "/program.code";
const cachedData = existsSync(codePath) ? readFileSync(codePath) : undefined;
const source = "(function (exports, require, module) {" + readFileSync(path, "utf8") + "\\n})";
const script = new Script(source, { filename: path, cachedData });
script.runInThisContext()({}, require, { exports: {} });
if (!cachedData) writeFileSync(codePath, script.createCachedData());
`;

/** Our own modules do nothing when they are loaded: one that nobody takes anything from may be left out. */
const onlyWhatIsUsed: Plugin = {
  name: "only what is used",
  setup(bundler) {
    const asked = Symbol("asked");
    bundler.onResolve({ filter: /^(@\/|\.)/ }, async ({ path, kind, resolveDir, importer, pluginData }) => {
      if (pluginData === asked) return undefined;
      const found = await bundler.resolve(path, { kind, resolveDir, importer, pluginData: asked });
      return found.path.includes("node_modules") ? found : { ...found, sideEffects: false };
    });
  },
};

function makeFolder(file: string): Program {
  // Inside the project, so that the packages are found.
  mkdirSync(".data", { recursive: true });
  const folder = resolve(mkdtempSync(join(".data", "program-")));
  return { path: join(folder, file), folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
