import { z } from "zod";
import { openExport } from "@/server/accounts";
import { type AuditExportFormat, exportAudit, recordAudit } from "@/server/audit";
import { readActor } from "@/server/auth";
import { expectedExportRows, exportRequests, REQUEST_EXPORT_FORMATS } from "@/server/logs";
import { type Actor, auditActor } from "@/server/organizations";
import { clientAddress } from "@/server/platform/client-address";
import { AppError } from "@/server/platform/errors";
import { requestFilterInput, toRequestFilters } from "./request-filters";
import type { TrpcServices } from "./services";
import { refuse, requireActor, requireOwnOrigin } from "./session-actor";

const CONTENT_TYPES: Readonly<Record<AuditExportFormat | "json", string>> = {
  json: "application/json; charset=utf-8",
  ndjson: "application/x-ndjson; charset=utf-8",
  csv: "text/csv; charset=utf-8",
};

/**
 * `GET /api/downloads/audit?format=ndjson|csv`: the audit trail of the organization of the session, as a file. Streamed,
 * because a trail has no bound. A plain link fetches it, so it reads only.
 */
export async function answerAuditDownload(services: TrpcServices, request: Request): Promise<Response> {
  try {
    const actor = await requireActor(services, request, "audit.read");
    const format = new URL(request.url).searchParams.get("format");
    if (format !== "ndjson" && format !== "csv")
      throw new AppError("invalid_request", { message: "`format` is ndjson or csv.", param: "format" });
    return toFile(services, "audit", format, exportAudit(services.db, actor.organizationId, format));
  } catch (thrown) {
    return refuse(services, thrown);
  }
}

const wish = z.strictObject({ format: z.enum(REQUEST_EXPORT_FORMATS), ...requestFilterInput });

/**
 * `POST /api/downloads/requests`: the request log of the organization of the session, narrowed by the filters of the
 * list, as a file. That it was taken out is written into the audit trail before the first line, which is why a plain link
 * does not do. `x-expected-rows` tells how many lines will come, where that is known.
 */
export async function answerRequestsDownload(services: TrpcServices, request: Request): Promise<Response> {
  try {
    requireOwnOrigin(services, request);
    const actor = await requireActor(services, request, "requests.read");
    const { format, ...filters } = await readWish(request);
    const selection = { organizationId: actor.organizationId, filters: toRequestFilters(filters) };
    const expected = await expectedExportRows(services.db, selection);
    await noteExport(services, request, actor, { format, ...filters });
    return toFile(services, "requests", format, exportRequests(services.db, selection, format), {
      ...(expected === null ? {} : { "x-expected-rows": String(expected) }),
    });
  } catch (thrown) {
    return refuse(services, thrown);
  }
}

async function readWish(request: Request) {
  const body: unknown = await request.json().catch(() => null);
  const parsed = wish.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new AppError("invalid_request", {
    message: issue ? `${issue.path.join(".") || "The body"}: ${issue.message}` : "The body is not valid.",
    param: issue?.path.join("."),
  });
}

async function noteExport(
  services: TrpcServices,
  request: Request,
  actor: Actor,
  what: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { organizationId } = actor;
  const ip = clientAddress(request.headers, services.trustedProxyHops);
  await services.db.transaction((tx) =>
    recordAudit(tx, services.clock, {
      organizationId,
      actor: auditActor(actor, ip),
      action: "requests.exported",
      target: { kind: "request_log", id: organizationId, label: "Request log" },
      after: Object.fromEntries(Object.entries(what).filter(([, value]) => value)),
    }),
  );
}

function toFile(
  { clock }: TrpcServices,
  name: string,
  format: AuditExportFormat | "json",
  lines: AsyncGenerator<string>,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
  return new Response(toStream(lines), {
    headers: {
      "content-type": CONTENT_TYPES[format],
      "content-disposition": `attachment; filename="${name}-${day}.${format}"`,
      // Compressed it would come in lumps, and nobody could see how far it is.
      "cache-control": "no-store, no-transform",
      ...headers,
    },
  });
}

function toStream(lines: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const next = await lines.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}

/** `GET /api/downloads/account?export=`: an export of the signed-in person's own data, as one JSON file. */
export async function answerAccountDownload(services: TrpcServices, request: Request): Promise<Response> {
  try {
    const actor = await readActor(services, request.headers);
    if (!actor) throw new AppError("unauthenticated", { message: "Sign in first: your session has ended." });
    const exportId = new URL(request.url).searchParams.get("export") ?? "";
    const file = await openExport(services.db, services.clock, { userId: actor.userId, exportId });
    return toFile(services, "account", "json", file);
  } catch (thrown) {
    return refuse(services, thrown);
  }
}
