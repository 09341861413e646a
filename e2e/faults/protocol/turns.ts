import { NoVerdict } from "@/server/admission/contract";
import { AppError } from "@/server/platform/errors";

/**
 * Puts every call that a virtual process makes to Redis, Postgres or a provider in a queue of which the simulator lets one go at
 * a time. Between two calls anything may happen, and the order follows from the seed alone.
 */

/** The process that made the call is gone: whatever it was about to do is not done. */
export class Died extends Error {}

/** A function instance with its own gate. Once it is dead none of its calls is made. */
export interface VirtualProcess {
  isDead: boolean;
}

/**
 * works: made and answered. dies_before, dies_after: the process is killed on this side of the call or that one.
 * refused: the other side is away. unanswered: it did what was asked, and nobody heard.
 */
export type Fate = "works" | "dies_before" | "dies_after" | "refused" | "unanswered";
export type Side = "redis" | "postgres" | "provider";

export interface Turn {
  readonly process: VirtualProcess;
  readonly side: Side;
  /** `redis.admit`, `postgres.start`, … */
  readonly step: string;
  play(fate: Fate): Promise<void>;
}

export interface Turns {
  readonly waiting: readonly Turn[];
  take(turn: Turn): void;
  /** The call, made when it is its turn. @throws Died */
  call<Result>(
    process: VirtualProcess,
    side: Side,
    name: string,
    work: () => Promise<Result>,
  ): Promise<Result>;
  /** An object whose methods wait for their turn. */
  through<Port extends object>(process: VirtualProcess, side: Side, port: Port): Port;
}

export function createTurns(): Turns {
  let waiting: Turn[] = [];

  const kill = (process: VirtualProcess) => {
    process.isDead = true;
    const gone = waiting.filter((turn) => turn.process === process);
    waiting = waiting.filter((turn) => turn.process !== process);
    for (const turn of gone) void turn.play("dies_before");
  };

  const call: Turns["call"] = (process, side, name, work) => {
    if (process.isDead) return Promise.reject(new Died());
    return new Promise((resolve, reject) => {
      const play = async (fate: Fate) => {
        if (fate === "dies_before") {
          reject(new Died());
          if (!process.isDead) kill(process);
          return;
        }
        if (fate === "refused") return reject(noAnswer(side));
        const result = await work().then(
          (value) => () => resolve(value),
          (reason: unknown) => () => reject(reason),
        );
        if (fate === "dies_after") {
          reject(new Died());
          kill(process);
        } else if (fate === "unanswered") reject(noAnswer(side));
        else result();
      };
      waiting.push({ process, side, step: `${side}.${name}`, play });
    });
  };

  const createPort = <Port extends object>(process: VirtualProcess, side: Side, port: Port): Port =>
    new Proxy(port, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value === "object" && value !== null) return createPort(process, side, value);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => call(process, side, String(name), () => value.apply(target, args));
      },
    });

  return {
    get waiting() {
      return waiting;
    },
    take(turn) {
      waiting = waiting.filter((other) => other !== turn);
    },
    call,
    through: createPort,
  };
}

/** What the adapters make of an answer that does not come. */
function noAnswer(side: Side): Error {
  if (side === "redis") return new NoVerdict("counter store: injected");
  return new AppError("service_unavailable", { message: "injected", retryAfterSeconds: 1 });
}
