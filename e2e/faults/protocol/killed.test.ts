// Harm prevented: a process that is killed between two steps of a request takes money with it, or leaves it held for ever.
import { it } from "vitest";
import { bothMoments, dieAtEach } from "./deaths";

it("T1: SIGKILL between every pair of steps of a request: after a sweep nothing is lost, held or double", (context) =>
  dieAtEach(context, {
    name: "T1 SIGKILL between steps",
    steps: "steps 1 to 5 of MONEY 4.3, while a call is under way and when its answer is there",
    work: "requests",
    // In the order of MONEY §4.3. Step 1 only reads: it leaves nothing behind, and has an end to be killed at.
    points: [
      ["request.arrive", "after"],
      ...bothMoments([
        // 2; its ROTATE and LOST are answered by a refill, which has two steps of its own.
        ...["redis.admit", "postgres.rotate", "redis.install"],
        // 3
        "postgres.start",
        // 4
        ...["provider.call", "postgres.checkpoint", "provider.answer"],
        // 5
        ...["postgres.finish", "redis.finish"],
      ]),
    ],
  }));
