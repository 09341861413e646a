import { z } from "zod";
import { listKeys } from "@/server/keys";
import { listRecentNames, readUsage, USAGE_GROUPS } from "@/server/logs";
import { listMembers, listProjects } from "@/server/organizations";
import { memberProcedure, router } from "../init";
import type { TrpcServices } from "../services";
import { usageNames } from "../usage-names";

const DAY_MS = 86_400_000;
const filter = z.string().max(200).nullish();
const day = z.iso.date();

/** Charts of the signed-in member's organization. Days are UTC. */
export const usageRouter = router({
  /** Per day and group, with the same span before it, and the names of what ids stand for. */
  read: memberProcedure("requests.read")
    .input(
      z.strictObject({
        /** First and last day, both included. */
        from: day,
        to: day,
        groupBy: z.enum(USAGE_GROUPS),
        model: filter,
        provider: filter,
        project: filter,
        member: filter,
        key: filter,
      }),
    )
    .query(async ({ ctx, input: { from, to, groupBy, ...filters } }) => {
      const fromMs = Date.parse(from);
      const toMs = Date.parse(to) + DAY_MS;
      const { db } = ctx.services;
      const { organizationId } = ctx.actor;
      const one = { organizationId, filters };
      const [days, totals, before, names] = await Promise.all([
        readUsage(db, { ...one, fromMs, toMs, groupBy: [groupBy], byDay: true }),
        readUsage(db, { ...one, fromMs, toMs, groupBy: [groupBy], byDay: false }),
        readUsage(db, {
          ...one,
          fromMs: fromMs - (toMs - fromMs),
          toMs: fromMs,
          groupBy: [groupBy],
          byDay: false,
        }),
        usageNames(ctx.services, organizationId, groupBy),
      ]);
      return { days, totals, before, names };
    }),

  /** Values to offer in the filters of usage and of the request log. */
  choices: memberProcedure("requests.read").query(({ ctx }) =>
    choicesOf(ctx.services, ctx.actor.organizationId),
  ),
});

/** What the filters offer, by what the organization has and has lately used. */
async function choicesOf({ db }: TrpcServices, organizationId: string) {
  const [recent, keys, projects, members] = await Promise.all([
    listRecentNames(db, organizationId),
    listKeys(db, organizationId),
    listProjects(db, organizationId),
    listMembers(db, organizationId),
  ]);
  const named = ({ id, name }: { readonly id: string; readonly name: string }) => ({
    value: id,
    label: name,
  });
  return {
    model: recent.models.map((model) => ({ value: model, label: model })),
    provider: recent.providers.map(({ slug, name }) => ({ value: slug, label: name })),
    key: keys.map(({ id, name, secretTail }) => ({ value: id, label: `${name} …${secretTail}` })),
    project: projects.map(named),
    member: members.map(named),
  };
}
