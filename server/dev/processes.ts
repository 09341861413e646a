import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (reason) {
    // It lives, and belongs to somebody else.
    return (reason as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The command line of a process, its parts separated by blanks; empty when it is gone or hidden. */
export function commandOf(pid: number): string {
  try {
    if (existsSync("/proc/self/cmdline"))
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return execFileSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
  } catch {
    return "";
  }
}
