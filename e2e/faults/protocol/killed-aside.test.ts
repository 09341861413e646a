// Harm prevented: as in killed.test.ts, on the ways of a request that are taken when something goes wrong.
import { it } from "vitest";
import { bothMoments, dieAtEach } from "./deaths";
import { TOKEN } from "./world";

it("T1: SIGKILL between the steps of a request that the counters admit and Postgres refuses", (context) =>
  dieAtEach(context, {
    name: "T1 SIGKILL between steps, refused by Postgres",
    steps: "step 3 of MONEY 4.3: the hold is given back, the counters are fenced and built anew",
    work: "requests",
    points: bothMoments(["redis.release", "redis.fence", "postgres.rotate", "redis.install"]),
    // The limits change: what the counters go by is out of date.
    prepare: ({ events, random }) =>
      events.changeBudget(BigInt(1_000_000_000 + random.between(1, 1_000_000)) * TOKEN),
  }));

it("T1: SIGKILL between the steps of a settlement that Postgres does not answer", (context) =>
  dieAtEach(context, {
    name: "T1 SIGKILL between steps, settled through the outbox",
    steps: "step 5 of MONEY 4.3: the settlement is put into the outbox, and leaves it when Postgres has it",
    work: "requests without an answer of Postgres",
    points: bothMoments(["redis.put", "postgres.finish", "redis.remove", "redis.finish"]),
  }));
