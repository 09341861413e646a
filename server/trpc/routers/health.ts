import { z } from "zod";
import { type CatalogModel, isCallable } from "@/server/catalog";
import { type EndpointReport, listOutages, readHealthDays } from "@/server/routing";
import { publicProcedure, router } from "../init";

const DAYS = 90;
const OUTAGE_DAYS = 14;
/** The whole status page is one answer for everybody; so often it is made anew. */
const STATUS_LIFE_MS = 15_000;

/** Health of what is offered, from real traffic: public, since it concerns no customer. */
export const healthRouter = router({
  /** Live health of a model's endpoints by id, and what is known of how their providers treat prompts. */
  model: publicProcedure
    .input(z.strictObject({ slug: z.string().max(200) }))
    .query(async ({ ctx, input }) => {
      const model = (await ctx.services.catalog.current()).find(input.slug);
      const endpoints = model?.endpoints ?? [];
      const { routing } = ctx.services;
      const [reports, windows] = await Promise.all([
        routing.report(endpoints),
        routing.windows(endpoints.map(({ id }) => id)),
      ]);
      return endpoints.flatMap(({ id, provider }) => {
        const [report, seen] = [reports.get(id), windows.get(id)];
        if (!report || !seen) return [];
        return [{ endpointId: id, ...report, windows: seen, dataPolicy: provider.dataPolicy }];
      });
    }),

  /** Every provider with its state now and its days, and the outages of two weeks. */
  status: publicProcedure.query(async ({ ctx }) => {
    const { db, clock, catalog, routing } = ctx.services;
    const { models } = await catalog.current();
    const [days, outages, reports] = await Promise.all([
      remembered(db, clock.nowMs(), () => readHealthDays(db, clock.nowMs(), DAYS)),
      listOutages(db, clock.nowMs(), OUTAGE_DAYS),
      routing.report(models.flatMap(({ endpoints }) => endpoints)),
    ]);
    return {
      days: lastDays(clock.nowMs()),
      providers: byProvider(models, days, reports),
      outages: outages.map(({ modelSlug, providerSlug, reason, openedAt, closedAt }) => ({
        model: modelSlug,
        provider: providerSlug,
        reason,
        openedAt,
        closedAt,
      })),
    };
  }),
});

type Days = Awaited<ReturnType<typeof readHealthDays>>;
const memories = new WeakMap<object, { readonly untilMs: number; readonly days: Promise<Days> }>();

/** Ninety days of minutes are summed at most once in a while per process. */
function remembered(db: object, nowMs: number, read: () => Promise<Days>): Promise<Days> {
  const known = memories.get(db);
  if (known && known.untilMs > nowMs) return known.days;
  const days = read();
  memories.set(db, { untilMs: nowMs + STATUS_LIFE_MS, days });
  days.catch(() => memories.delete(db));
  return days;
}

interface ProviderStatus {
  readonly slug: string;
  readonly name: string;
  readonly isSimulated: boolean;
  readonly status: EndpointReport["status"];
  readonly models: number;
  /** Of them: taken out, or tried after others. */
  readonly troubled: readonly string[];
  /** Share of successful requests by day, `YYYY-MM-DD`; a day without traffic is absent. */
  readonly shares: Readonly<Record<string, number>>;
}

function byProvider(
  models: readonly CatalogModel[],
  days: Days,
  reports: ReadonlyMap<string, EndpointReport>,
): ProviderStatus[] {
  const daysOf = groupDays(days);
  const found = new Map<
    string,
    ProviderStatus & { sums: Map<string, { requests: number; failures: number }> }
  >();
  for (const model of models.filter(isCallable)) {
    for (const { id, provider } of model.endpoints) {
      const { slug, name, isSimulated } = provider;
      const before = found.get(slug);
      const sums = before?.sums ?? new Map<string, { requests: number; failures: number }>();
      for (const { day, requests, failures } of daysOf.get(id) ?? []) {
        const sum = sums.get(day) ?? { requests: 0, failures: 0 };
        sums.set(day, { requests: sum.requests + requests, failures: sum.failures + failures });
      }
      const status = reports.get(id)?.status ?? "unknown";
      const isTroubled = status === "down" || status === "degraded";
      found.set(slug, {
        slug,
        name,
        isSimulated,
        sums,
        status: worse(before?.status ?? "unknown", status),
        models: (before?.models ?? 0) + 1,
        troubled: [...(before?.troubled ?? []), ...(isTroubled ? [model.slug] : [])],
        shares: {},
      });
    }
  }
  return [...found.values()]
    .map(({ sums, ...provider }) => ({
      ...provider,
      shares: Object.fromEntries(
        [...sums].flatMap(([day, { requests, failures }]) =>
          requests > 0 ? [[day, (requests - failures) / requests]] : [],
        ),
      ),
    }))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

const SEVERITY = ["unknown", "healthy", "degraded", "down"] as const;

function worse(a: EndpointReport["status"], b: EndpointReport["status"]): EndpointReport["status"] {
  return SEVERITY.indexOf(a) >= SEVERITY.indexOf(b) ? a : b;
}

function groupDays(days: Days): Map<string, Days> {
  const groups = new Map<string, Days>();
  for (const day of days) groups.set(day.endpointId, [...(groups.get(day.endpointId) ?? []), day]);
  return groups;
}

const DAY_MS = 86_400_000;

function lastDays(nowMs: number): string[] {
  return Array.from({ length: DAYS }, (_, at) =>
    new Date(nowMs - (DAYS - 1 - at) * DAY_MS).toISOString().slice(0, 10),
  );
}
