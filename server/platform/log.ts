import pino, { type Logger } from "pino";

export type Log = Logger;

/** Fields that may carry a secret. Log lines are built from named fields; bodies and headers are never passed in. */
const REDACTED_PATHS = [
  "authorization",
  "*.authorization",
  "apiKey",
  "*.apiKey",
  "password",
  "*.password",
  "secret",
  "*.secret",
  "token",
  "*.token",
];

/** Structured JSON logs on standard output. */
export function createLog(level: string): Log {
  return pino({ level, redact: { paths: REDACTED_PATHS, censor: "[redacted]" } });
}
