import { createHash } from "node:crypto";
import { NoVerdict } from "../contract";

/** What the store needs of a Redis, however it is reached. Answers are checked by the caller. */
export interface RedisRunner {
  /** Runs a script by its hash, sending its text only when the server does not know it. @throws NoVerdict */
  script(text: string, keys: readonly string[], args: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

const hashes = new Map<string, string>();

export function sha1(text: string): string {
  const known = hashes.get(text) ?? createHash("sha1").update(text).digest("hex");
  hashes.set(text, known);
  return known;
}

/** What a client or a server may say of itself. Anything else in a message may be an argument of ours. */
const KINDS =
  /\b(?:NOSCRIPT|READONLY|WRONGTYPE|OOM|LOADING|BUSY|MOVED|CROSSSLOT|CLUSTERDOWN|NOAUTH|WRONGPASS|NOPERM|ECONN[A-Z]+|ETIMEDOUT|EPIPE)\b/;

/** Errors of clients quote the whole command with its arguments: only their kind goes on. */
export function toNoVerdict(reason: unknown): NoVerdict {
  if (NoVerdict.is(reason)) return reason;
  const name = reason instanceof Error ? reason.name : "unknown";
  const code = reason instanceof Error ? (KINDS.exec(reason.message)?.[0] ?? "") : "";
  return new NoVerdict(`counter store: ${name} ${code}`.trim());
}

export function isNoScript(reason: unknown): boolean {
  return reason instanceof Error && reason.message.includes("NOSCRIPT");
}
