import { Redis } from "ioredis";
import { isNoScript, type RedisRunner, sha1, toNoVerdict } from "./runner";

const RECONNECT_AT_MOST_MS = 2_000;

/** A plain Redis. Nothing is ever sent twice or kept for later: an answer that comes late is none. */
export function createIoredisRunner(url: string, options: { readonly deadlineMs: number }): RedisRunner {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    commandTimeout: options.deadlineMs,
    connectTimeout: 2_000,
    retryStrategy: (times) => Math.min(50 * 2 ** times, RECONNECT_AT_MOST_MS),
  });
  // Without a listener an error of the connection would end the process; commands report it themselves.
  redis.on("error", () => {});

  let connecting: Promise<void> | null = null;
  /** The first commands may come before the first connection stands; they wait for it together. */
  const ready = (): Promise<void> => {
    if (redis.status === "ready") return Promise.resolve();
    connecting ??= new Promise<void>((resolve, reject) => {
      const end = (reason?: Error) => {
        clearTimeout(timer);
        redis.off("ready", end);
        connecting = null;
        if (reason) reject(reason);
        else resolve();
      };
      const timer = setTimeout(() => end(new Error("NOT CONNECTED")), options.deadlineMs);
      redis.once("ready", end);
    });
    return connecting;
  };
  const call = async (name: string, args: readonly string[]): Promise<unknown> => {
    await ready();
    return redis.call(name, [...args]);
  };

  return {
    async script(text, keys, args) {
      const rest = [String(keys.length), ...keys, ...args];
      try {
        return await call("EVALSHA", [sha1(text), ...rest]).catch((reason: unknown) => {
          if (isNoScript(reason)) return call("EVAL", [text, ...rest]);
          throw reason;
        });
      } catch (reason) {
        throw toNoVerdict(reason);
      }
    },
    async close() {
      redis.disconnect();
    },
  };
}
