// Prints what failed, or passed only when tried again, and then `N passed, N failed`, from what .ci/test left in
// .data/test-report: whoever keeps only the end of a long log still reads why. A check that failed without a failed test of
// its own (lint, types, a crash of a runner) counts as one failure. Exits non-zero unless everything passed.
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const report = ".data/test-report";
const EXPECTED_STEPS = 9;
const MOST_LINES = 40;

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
  const failures = result.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    // A file that cannot even be loaded has no tests that could fail.
    if (status === "failed" && failed.length === 0) return [{ title: name, text: message }];
    return failed.map((test) => ({
      title: `${name} › ${test.fullName}`,
      text: test.failureMessages.join("\n"),
    }));
  });
  return { passed: result.numPassedTests, failures, flaky: [] };
}

function specsOf({ title, specs = [], suites = [] }) {
  return [
    ...specs.map((spec) => ({ ...spec, title: `${title} › ${spec.title}` })),
    ...suites.flatMap(specsOf),
  ];
}

function countPlaywright(result) {
  if (!result) return null;
  const { expected, flaky } = result.stats;
  const toFailure = (title, errors) => ({ title, text: errors.map(({ message }) => message).join("\n") });
  const tests = result.suites.flatMap(specsOf).flatMap(({ title, tests }) =>
    tests.map(({ projectName, status, results }) => ({
      status,
      failure: toFailure(
        `[${projectName}] ${title}`,
        results.flatMap(({ errors }) => errors),
      ),
    })),
  );
  const having = (status) => tests.filter((test) => test.status === status).map(({ failure }) => failure);
  return {
    passed: expected + flaky,
    failures: [...having("unexpected"), ...result.errors.map((error) => toFailure("the run", [error]))],
    flaky: having("flaky"),
  };
}

function readSteps() {
  try {
    return readFileSync(`${report}/steps`, "utf8").trim().split("\n");
  } catch {
    return [];
  }
}

function print(verdict, { title, text }) {
  const lines = stripVTControlCharacters(text ?? "")
    .split("\n")
    .filter((line) => !/^\s+at .*node_modules/.test(line))
    .slice(0, MOST_LINES);
  process.stdout.write(
    `${verdict}: ${title.replace(`${process.cwd()}/`, "")}\n${lines.map((line) => `    ${line}\n`).join("")}`,
  );
}

const runners = {
  unit: countVitest(readJson("vitest.json")),
  faults: countVitest(readJson("faults.json")),
  clients: countVitest(readJson("clients.json")),
  browser: countPlaywright(readJson("playwright.json")),
};
const steps = readSteps();
let passed = 0;
let failed = Math.max(0, EXPECTED_STEPS - steps.length);
for (const counts of Object.values(runners)) {
  for (const test of counts?.flaky ?? []) print("passed when tried again", test);
  for (const test of counts?.failures ?? []) print("failed", test);
  passed += counts?.passed ?? 0;
  failed += counts?.failures.length ?? 0;
}
for (const step of steps) {
  const [verdict, name] = step.split(" ");
  if (verdict === "failed" && !runners[name]?.failures.length) failed += 1;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
