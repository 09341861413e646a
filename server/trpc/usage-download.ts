import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import { meanMs, readUsage, USAGE_GROUPS } from "@/server/logs";
import { AppError } from "@/server/platform/errors";
import { toDecimalUsd } from "@/server/platform/money";
import type { TrpcServices } from "./services";
import { refuse, requireActor } from "./session-actor";
import { usageNames } from "./usage-names";

const DAY_MS = 86_400_000;
const filter = z.string().max(200).optional();
const query = z.strictObject({
  from: z.iso.date(),
  to: z.iso.date(),
  by: z.enum(USAGE_GROUPS),
  model: filter,
  provider: filter,
  project: filter,
  member: filter,
  key: filter,
  /** Of the page; judged with the session. */
  organization: filter,
});

const HEAD = [
  "day_utc",
  "group",
  "name",
  "requests",
  "failed_requests",
  "input_tokens",
  "cached_input_tokens",
  "output_tokens",
  "cost_usd",
  "mean_latency_ms",
  "mean_ttft_ms",
];

/**
 * `GET /api/downloads/usage?from=&to=&by=`, and the filters of the screen: its chart as CSV, a line per UTC day and group.
 * Cells that begin like a formula are escaped. A plain link fetches it, so it reads only.
 */
export async function answerUsageDownload(services: TrpcServices, request: Request): Promise<Response> {
  try {
    const { organizationId } = await requireActor(services, request, "requests.read");
    const parsed = query.safeParse(Object.fromEntries(new URL(request.url).searchParams));
    if (!parsed.success)
      throw new AppError("invalid_request", {
        message: `\`${parsed.error.issues[0]?.path.join(".") || "query"}\` is not valid.`,
      });
    const { from, to, by, organization: _shown, ...filters } = parsed.data;
    const rows = await readUsage(services.db, {
      organizationId,
      fromMs: Date.parse(from),
      toMs: Date.parse(to) + DAY_MS,
      groupBy: [by],
      byDay: true,
      filters,
    });
    const names = await usageNames(services, organizationId, by);
    const lines = rows.map((row) => {
      const id = row.groups[by] ?? "";
      return [
        row.day,
        id,
        names[id] ?? id,
        row.requests,
        row.failed,
        row.inputTokens,
        row.cachedInputTokens,
        row.outputTokens,
        toDecimalUsd(row.costNanoUsd),
        meanMs(row.latency),
        meanMs(row.ttft),
      ];
    });
    return new Response(stringify([HEAD, ...lines], { escape_formulas: true }), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": `attachment; filename="usage-${by}-${from}-${to}.csv"`,
        "cache-control": "no-store",
      },
    });
  } catch (thrown) {
    return refuse(services, thrown);
  }
}
