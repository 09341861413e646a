import { and, asc, count, eq } from "drizzle-orm";
import { organization, webhookDelivery, webhookEndpoint } from "@/db/schema";
import { type AuditAction, type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { isOneLine } from "@/server/platform/one-line";
import type { SecretBox } from "@/server/platform/secret-box";
import { type AddressRules, toWebhookUrl } from "./address";
import { settlePast } from "./dispatch";
import { toEventFilter } from "./filters";
import { createWebhookSecret } from "./signing";

const MAX_ENDPOINTS = 50;
const MAX_DESCRIPTION = 200;
const OVERLAP_MS = 24 * 60 * 60 * 1_000;

/** What managing endpoints needs beside the caller's transaction. */
export interface WebhookSettings extends AddressRules {
  readonly secretBox: SecretBox;
}

export interface WebhookEndpoint {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  /** Empty: every event. */
  readonly eventTypes: readonly string[];
  readonly status: "active" | "disabled";
  readonly disabledReason: "manual" | "gone" | "failing" | null;
  readonly disabledAt: Date | null;
  readonly failingSince: Date | null;
  /** The old secret signs too until then; null when there is none. */
  readonly previousSecretUntil: Date | null;
  readonly createdAt: Date;
}

export interface EndpointTerms {
  readonly url: string;
  readonly description: string;
  readonly eventTypes: readonly string[];
}

interface Change {
  readonly organizationId: string;
  readonly by: AuditActor;
}
type ChangeOf = Change & { readonly endpointId: string };

const columns = {
  id: webhookEndpoint.id,
  url: webhookEndpoint.url,
  description: webhookEndpoint.description,
  eventTypes: webhookEndpoint.eventTypes,
  status: webhookEndpoint.status,
  disabledReason: webhookEndpoint.disabledReason,
  disabledAt: webhookEndpoint.disabledAt,
  failingSince: webhookEndpoint.failingSince,
  previousSecretUntil: webhookEndpoint.previousSecretUntil,
  createdAt: webhookEndpoint.createdAt,
};

export async function listEndpoints(db: Executor, organizationId: string): Promise<WebhookEndpoint[]> {
  return db
    .select(columns)
    .from(webhookEndpoint)
    .where(eq(webhookEndpoint.organizationId, organizationId))
    .orderBy(asc(webhookEndpoint.id));
}

/** @throws AppError not_found */
export async function getEndpoint(
  db: Executor,
  of: { readonly organizationId: string; readonly endpointId: string },
): Promise<WebhookEndpoint> {
  const [found] = await db.select(columns).from(webhookEndpoint).where(owned(of));
  if (!found) throw notThere();
  return found;
}

/**
 * Adds an endpoint in the caller's transaction. The secret is in the answer and can be read nowhere else.
 * @throws AppError invalid_request (url, eventTypes, description), conflict (50 already)
 */
export async function createEndpoint(
  tx: Executor,
  clock: Clock,
  settings: WebhookSettings,
  input: Change & { readonly terms: EndpointTerms },
): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
  const { organizationId } = input;
  const terms = toTerms(input.terms, settings);
  // Locks the organization's row (not its key), so that two at once cannot both be the fiftieth.
  await tx
    .select({ id: organization.id })
    .from(organization)
    .where(eq(organization.id, organizationId))
    .for("no key update");
  const [existing] = await tx
    .select({ n: count() })
    .from(webhookEndpoint)
    .where(eq(webhookEndpoint.organizationId, organizationId));
  if (Number(existing?.n ?? 0) >= MAX_ENDPOINTS)
    throw new AppError("conflict", {
      message: `An organization can have ${MAX_ENDPOINTS} webhook endpoints. Remove one first.`,
    });
  await settlePast(tx, clock, organizationId);
  const secret = createWebhookSecret();
  const now = new Date(clock.nowMs());
  const id = newId("webhookEndpoint");
  const row = { id, organizationId, ...terms, secret: settings.secretBox.seal(secret) };
  const [endpoint] = await tx
    .insert(webhookEndpoint)
    .values({ ...row, createdAt: now, updatedAt: now })
    .returning(columns);
  if (!endpoint) throw notThere();
  await note(tx, clock, { ...input, endpointId: id }, "webhook.created", { after: terms });
  return { endpoint, secret };
}

/** @throws AppError invalid_request (url, eventTypes, description), not_found */
export async function updateEndpoint(
  tx: Executor,
  clock: Clock,
  settings: AddressRules,
  input: ChangeOf & { readonly terms: Partial<EndpointTerms> },
): Promise<void> {
  const before = await lockEndpoint(tx, input);
  const { url, description, eventTypes } = before;
  const terms = toTerms({ url, description, eventTypes, ...input.terms }, settings);
  await tx
    .update(webhookEndpoint)
    .set({ ...terms, updatedAt: new Date(clock.nowMs()) })
    .where(eq(webhookEndpoint.id, before.id));
  await note(tx, clock, input, "webhook.updated", { before: { url, description, eventTypes }, after: terms });
}

/**
 * Switches an endpoint off or on. Off ends what was on its way; on begins with the events from now on.
 * @throws AppError not_found
 */
export async function setEndpointStatus(
  tx: Executor,
  clock: Clock,
  input: ChangeOf & { readonly status: "active" | "disabled" },
): Promise<void> {
  if (input.status === "active") await settlePast(tx, clock, input.organizationId);
  const before = await lockEndpoint(tx, input);
  if (before.status === input.status) return;
  const now = new Date(clock.nowMs());
  const isOff = input.status === "disabled";
  await tx
    .update(webhookEndpoint)
    .set({
      status: input.status,
      disabledReason: isOff ? "manual" : null,
      disabledAt: isOff ? now : null,
      failingSince: null,
      lastFailedAt: null,
      updatedAt: now,
    })
    .where(eq(webhookEndpoint.id, before.id));
  if (isOff) await endPending(tx, before.id, now);
  await note(tx, clock, input, "webhook.updated", {
    before: { url: before.url, status: before.status },
    after: { url: before.url, status: input.status },
  });
}

/**
 * A new secret; the one before it signs beside it for 24 hours.
 * @returns the new secret, once and only here
 * @throws AppError not_found
 */
export async function rotateWebhookSecret(
  tx: Executor,
  clock: Clock,
  settings: WebhookSettings,
  input: ChangeOf,
): Promise<{ secret: string; previousSecretUntil: Date }> {
  const before = await lockEndpoint(tx, input);
  const secret = createWebhookSecret();
  const nowMs = clock.nowMs();
  const previousSecretUntil = new Date(nowMs + OVERLAP_MS);
  await tx
    .update(webhookEndpoint)
    .set({
      secret: settings.secretBox.seal(secret),
      previousSecret: before.secret,
      previousSecretUntil,
      updatedAt: new Date(nowMs),
    })
    .where(eq(webhookEndpoint.id, before.id));
  await note(tx, clock, input, "webhook.secret_rotated", { after: { url: before.url } });
  return { secret, previousSecretUntil };
}

/** Removes an endpoint and its delivery log. @throws AppError not_found */
export async function removeEndpoint(tx: Executor, clock: Clock, input: ChangeOf): Promise<void> {
  const { url, description, eventTypes } = await lockEndpoint(tx, input);
  await tx.delete(webhookEndpoint).where(eq(webhookEndpoint.id, input.endpointId));
  await note(tx, clock, input, "webhook.removed", { before: { url, description, eventTypes } });
}

/** Holds the endpoint's row until the transaction ends. @throws AppError not_found */
export async function lockEndpoint(
  tx: Executor,
  of: { readonly organizationId: string; readonly endpointId: string },
) {
  const [found] = await tx.select().from(webhookEndpoint).where(owned(of)).for("no key update");
  if (!found) throw notThere();
  return found;
}

/** What is on its way to an endpoint that is switched off will not be sent; it can be sent again by hand. */
export async function endPending(tx: Executor, endpointId: string, now: Date): Promise<void> {
  await tx
    .update(webhookDelivery)
    .set({ state: "failed", endedAt: now, claim: null, claimedUntil: null })
    .where(and(eq(webhookDelivery.endpointId, endpointId), eq(webhookDelivery.state, "pending")));
}

function toTerms(terms: EndpointTerms, rules: AddressRules) {
  const description = terms.description.trim();
  if (description.length > MAX_DESCRIPTION || !isOneLine(description))
    throw new AppError("invalid_request", {
      message: `The description may have ${MAX_DESCRIPTION} characters, on one line.`,
      param: "description",
    });
  return {
    url: toWebhookUrl(terms.url, rules),
    description,
    eventTypes: toEventFilter(terms.eventTypes),
  };
}

function owned(of: { readonly organizationId: string; readonly endpointId: string }) {
  return and(eq(webhookEndpoint.id, of.endpointId), eq(webhookEndpoint.organizationId, of.organizationId));
}

interface Detail {
  readonly before?: Partial<EndpointTerms> & { readonly status?: string };
  readonly after?: Partial<EndpointTerms> & { readonly status?: string };
}

function note(tx: Executor, clock: Clock, of: ChangeOf, action: AuditAction, detail: Detail): Promise<void> {
  const label = detail.after?.url ?? detail.before?.url ?? of.endpointId;
  return recordAudit(tx, clock, {
    organizationId: of.organizationId,
    actor: of.by,
    action,
    target: { kind: "webhook", id: of.endpointId, label },
    ...detail,
  });
}

export function notThere(): AppError {
  return new AppError("not_found", { message: "There is no such webhook endpoint or delivery." });
}
