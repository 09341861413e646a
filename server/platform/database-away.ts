/** SQLSTATE: connection exceptions, shutting down or starting up, too many connections. And what Node says of a socket. */
const CODES = /^(?:08...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/;
/** What `pg` and its pool say without a code. */
const MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout)/;
/** Errors are wrapped by drivers and query builders; nothing wraps deeper than this. */
const DEPTH = 5;

/** True for an error that says nothing of the question: the database, or the way to it, is away. */
export function isDatabaseAway(reason: unknown): boolean {
  let current = reason;
  for (let depth = 0; depth < DEPTH && current instanceof Error; depth += 1) {
    if ("code" in current && CODES.test(String(current.code))) return true;
    if (MESSAGES.test(current.message)) return true;
    current = current.cause;
  }
  return false;
}
