// Prints `N passed, N failed` from what .ci/test left in .data/test-report. A check that failed without a failed test of
// its own (lint, types, a crash of a runner) counts as one failure. Exits non-zero unless everything passed.
import { readFileSync } from "node:fs";

const report = ".data/test-report";
const EXPECTED_STEPS = 9;

/** Null when the runner did not get as far as writing its report. */
function readJson(name) {
  try {
    return JSON.parse(readFileSync(`${report}/${name}`, "utf8"));
  } catch {
    return null;
  }
}

function countVitest(result) {
  if (!result) return null;
  // A file that cannot even be loaded has no tests that could fail.
  const unloaded = result.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  return { passed: result.numPassedTests, failed: result.numFailedTests + unloaded.length };
}

function countPlaywright(result) {
  if (!result) return null;
  const { expected, flaky, unexpected } = result.stats;
  return { passed: expected + flaky, failed: unexpected + result.errors.length };
}

function readSteps() {
  try {
    return readFileSync(`${report}/steps`, "utf8").trim().split("\n");
  } catch {
    return [];
  }
}

const runners = {
  unit: countVitest(readJson("vitest.json")),
  faults: countVitest(readJson("faults.json")),
  browser: countPlaywright(readJson("playwright.json")),
};
const steps = readSteps();
let passed = 0;
let failed = Math.max(0, EXPECTED_STEPS - steps.length);
for (const counts of Object.values(runners)) {
  passed += counts?.passed ?? 0;
  failed += counts?.failed ?? 0;
}
for (const step of steps) {
  const [verdict, name] = step.split(" ");
  if (verdict === "failed" && !runners[name]?.failed) failed += 1;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
