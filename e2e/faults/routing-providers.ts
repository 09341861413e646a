import { type Contender, cpuSecondsOf, startContender } from "@/e2e/load/processes";
import { freePort } from "@/server/dev/free-port";
import type { Scenario } from "@/server/dev/simulator";

export const PLACES = ["left", "middle", "right"] as const;
export type Place = (typeof PLACES)[number];

/** One of three providers: a simulator in a process of its own. `side` is what stands before `/v1` in its paths. */
interface Provider {
  readonly url: string;
  control(side: string, scenarios: readonly Scenario[]): Promise<void>;
  /** How often a side was called since the last reset. */
  calls(side: string): Promise<number>;
  reset(): Promise<void>;
  /** SIGKILL: connections break, and new ones are refused. */
  kill(): Promise<void>;
  /** On the same port, with nothing received. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export type Providers = Readonly<Record<Place, Provider>>;

export async function startProviders(): Promise<Providers> {
  const [left, middle, right] = await Promise.all(PLACES.map(startProvider));
  if (!left || !middle || !right) throw new Error("three providers");
  return { left, middle, right };
}

async function startProvider(): Promise<Provider> {
  const port = await freePort();
  const start = () => startContender(["--import", "tsx", "e2e/faults/routing-upstream.ts"], { port });
  let running: Contender | null = await start();
  const { url } = running;
  const post = async (path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.json();
  };
  const kill = async () => {
    await running?.stop();
    running = null;
  };
  return {
    url,
    control: async (side, scenarios) => void (await post("/__control", { provider: side, scenarios })),
    async calls(side) {
      const received = (await post("/__requests", {})) as { provider: string }[];
      return received.filter(({ provider }) => provider === side).length;
    },
    reset: async () => void (await post("/__reset", {})),
    kill,
    async restart() {
      running ??= await start();
    },
    stop: kill,
  };
}

/** Who used how much of a core while something ran, as a share of one. */
export async function coreShares<Answer>(
  pids: Readonly<Record<string, number>>,
  work: () => Promise<Answer>,
): Promise<{ answer: Answer; shares: Record<string, number> }> {
  const read = () => Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuSecondsOf(pid)]));
  const startedAt = performance.now();
  const before = read();
  const answer = await work();
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = read();
  const shares = Object.fromEntries(
    Object.keys(pids).map((name) => [name, ((after[name] ?? 0) - (before[name] ?? 0)) / seconds]),
  );
  return { answer, shares };
}
