import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { claim, release } from "./only-one";

const folder = mkdtempSync(join(tmpdir(), "deeptoken-claim-"));
const file = join(folder, "dev.json");
const mine = { pid: process.pid, url: "http://localhost:1" };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the second to come is told who was first", () => {
  const first = spawn("sleep", ["60"]);
  const theirs = { pid: first.pid ?? 0, url: "http://localhost:2" };
  writeFileSync(file, JSON.stringify(theirs));
  expect(claim(file, mine, "sleep")).toEqual(theirs);
  release(file);
  expect(existsSync(file)).toBe(true);
  first.kill();
});

test.each([
  ["a process that is gone", JSON.stringify({ pid: 2 ** 22 + 1, url: "http://localhost:2" })],
  ["another program that got its number", JSON.stringify({ pid: 1, url: "http://localhost:2" })],
  ["half a note", "{"],
])("a note of %s is in nobody's way", (_, note) => {
  writeFileSync(file, note);
  expect(claim(file, mine, "server/dev/main")).toBeNull();
  release(file);
  expect(existsSync(file)).toBe(false);
});
