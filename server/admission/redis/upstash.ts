import { Redis } from "@upstash/redis";
import { isNoScript, type RedisRunner, sha1, toNoVerdict } from "./runner";

/** Without this line Upstash runs a script under one lock for the whole database. Plain Redis refuses it. */
const KEY_LOCKING = "#!lua flags=allow-key-locking\n";

/** Upstash over REST. One try each, with a deadline; answers come as they are, because guessing at JSON would change them. */
export function createUpstashRunner(
  connection: { readonly url: string; readonly token: string },
  options: { readonly deadlineMs: number },
): RedisRunner {
  const redis = new Redis({
    ...connection,
    retry: { retries: 0 },
    enableAutoPipelining: false,
    automaticDeserialization: false,
    enableTelemetry: false,
    // A function: given as an object, an abort would be answered by null instead of an error.
    signal: () => AbortSignal.timeout(options.deadlineMs),
  });

  return {
    async script(text, keys, args) {
      const own = KEY_LOCKING + text;
      try {
        return await redis.evalsha(sha1(own), [...keys], [...args]).catch((reason: unknown) => {
          if (isNoScript(reason)) return redis.eval(own, [...keys], [...args]);
          throw reason;
        });
      } catch (reason) {
        throw toNoVerdict(reason);
      }
    },
    async close() {},
  };
}
