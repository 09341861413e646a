// Harm prevented: a sweeper that is killed in the middle of its work settles twice, or never.
import { it } from "vitest";
import { bothMoments, dieAtEach } from "./deaths";
import { leaveMess } from "./mess";

it("T1: SIGKILL between the steps of a sweep", (context) =>
  dieAtEach(context, {
    name: "T1 SIGKILL between steps, in a sweep",
    steps: "step 6 of MONEY 4.3",
    work: "sweep",
    // What only reads is killed between it and the next step.
    points: [
      ["outbox.list", "after"],
      ...bothMoments([
        ...["outbox.finish_intents", "outbox.correct_intent", "outbox.finish", "outbox.remove"],
        ...["sweep.expire_intents", "sweep.reclaim_leases", "sweep.expire_due_grants", "sweep.fold_usage"],
      ]),
      ...(["holds.organizations", "holds.read", "holds.intent"] as const).map(
        (step) => [step, "after"] as const,
      ),
      ...bothMoments(["holds.finish"]),
    ],
    prepare: leaveMess,
  }));
