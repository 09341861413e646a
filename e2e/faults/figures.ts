import type { TestContext } from "vitest";

/** What one fault test counted. A row of the table in README.md. */
export interface Figures {
  /** The test of MONEY §4.8, or where the bad inputs are listed. */
  readonly name: string;
  readonly injected: number;
  readonly requests: number;
  /** Requests that a provider was called for, and that have no record of how they ended or what they cost. */
  readonly lost: number;
  /** Requests with more than one usage record or log row. */
  readonly doubled: number;
  /** Spent above what was ever credited, nano-USD. */
  readonly overspentNanoUsd: bigint;
  readonly note?: string;
}

declare module "vitest" {
  interface TaskMeta {
    figures?: Omit<Figures, "overspentNanoUsd"> & { readonly overspentNanoUsd: string };
  }
}

/** Hands figures to the reporter, which is another process: bigint as text. */
export function recordFigures(context: TestContext, figures: Figures): void {
  // Field by field: a caller's object may carry more, and a report in JSON takes no bigint.
  const { name, injected, requests, lost, doubled, overspentNanoUsd, note } = figures;
  context.task.meta.figures = {
    ...{ name, injected, requests, lost, doubled, note },
    overspentNanoUsd: overspentNanoUsd.toString(),
  };
}

/** A size from the environment, so that the long form is the short one with other numbers. */
export function size(name: string, short: number, long: number): number {
  return Number(process.env[`FAULTS_${name}`] ?? (process.env.FAULTS_LONG ? long : short));
}
