import { randomBytes } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { partner, referral } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { type PartnerRules, partnerText, REFERRAL_DAYS, STANDARD_RULES } from "./terms";

export type Partner = typeof partner.$inferSelect;

const CODE = /^[a-z0-9]{10}$/;
const ALPHABET = "abcdefghjkmnpqrstvwxyz0123456789";

/** Ten letters and digits of a link. Nothing secret: who has it gains nothing. */
function newCode(): string {
  return Array.from(randomBytes(10), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

export async function readPartner(db: Executor, organizationId: string): Promise<Partner | null> {
  const [row] = await db.select().from(partner).where(eq(partner.organizationId, organizationId));
  return row ?? null;
}

/**
 * Makes an organization a partner under the standard rules. Repeated, it is the same partner with the same link.
 * @throws AppError invalid_request (a consent to other rules)
 */
export async function joinPartners(
  db: Database,
  clock: Clock,
  input: {
    readonly organizationId: string;
    readonly userId: string;
    readonly consent: string;
    readonly audit: AuditActor;
  },
): Promise<Partner> {
  const agreed = partnerText(STANDARD_RULES);
  if (input.consent !== agreed)
    throw new AppError("invalid_request", {
      message: "The consent does not name these rules. Read them again and agree to them.",
      param: "consent",
    });
  return db.transaction(async (tx) => {
    const [made] = await tx
      .insert(partner)
      .values({
        organizationId: input.organizationId,
        code: newCode(),
        ...STANDARD_RULES,
        agreedText: agreed,
        agreedByUserId: input.userId,
        createdAt: new Date(clock.nowMs()),
      })
      .onConflictDoNothing({ target: partner.organizationId })
      .returning();
    if (made) await audit(tx, clock, input.audit, made, "partner.joined");
    const known = made ?? (await readPartner(tx, input.organizationId));
    if (!known) throw new AppError("conflict", { message: "Please try again." });
    return known;
  });
}

/** The operator's word: other rules for what is earned from now on, or no more earning. @throws AppError not_found */
export async function changePartner(
  db: Database,
  clock: Clock,
  input: Partial<PartnerRules> & {
    readonly organizationId: string;
    readonly isActive?: boolean;
    readonly by: AuditActor;
  },
): Promise<Partner> {
  const { organizationId, by, ...set } = input;
  if (Object.keys(set).length === 0)
    throw new AppError("invalid_request", { message: "Say what should change." });
  checkRules(set);
  return db.transaction(async (tx) => {
    const [changed] = await tx
      .update(partner)
      .set(set)
      .where(eq(partner.organizationId, organizationId))
      .returning();
    if (!changed) throw new AppError("not_found", { message: "This organization is no partner." });
    await audit(tx, clock, by, changed, "partner.changed");
    return changed;
  });
}

function checkRules({ commissionBasisPoints, commissionMonths, holdDays }: Partial<PartnerRules>): void {
  const check = (
    param: string,
    value: number | undefined,
    [least, most]: readonly [number, number],
    said: string,
  ) => {
    if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
    throw new AppError("invalid_request", { message: said, param });
  };
  check(
    "commissionPercent",
    commissionBasisPoints,
    [0, 5_000],
    "The commission is between 0 and 50 percent.",
  );
  check("commissionMonths", commissionMonths, [1, 120], "Commission is earned for 1 to 120 months.");
  check("holdDays", holdDays, [0, 365], "Commission is held for 0 to 365 days.");
}

function audit(
  tx: Executor,
  clock: Clock,
  actor: AuditActor,
  row: Partner,
  action: "partner.joined" | "partner.changed",
): Promise<void> {
  return recordAudit(tx, clock, {
    organizationId: row.organizationId,
    actor,
    action,
    target: { kind: "organization", id: row.organizationId, label: row.organizationId },
    after: {
      commissionPercent: row.commissionBasisPoints / 100,
      commissionMonths: row.commissionMonths,
      holdDays: row.holdDays,
      isActive: row.isActive,
    },
  });
}

/** Keeps who referred a new organization. Of a code that is nobody's, and of the partner itself, nothing is kept. */
export async function recordReferral(
  db: Executor,
  clock: Clock,
  input: { readonly organizationId: string; readonly code: string },
): Promise<boolean> {
  if (!CODE.test(input.code)) return false;
  const [by] = await db
    .select({ id: partner.organizationId })
    .from(partner)
    .where(and(eq(partner.code, input.code), eq(partner.isActive, true)));
  if (!by || by.id === input.organizationId) return false;
  const made = await db
    .insert(referral)
    .values({
      organizationId: input.organizationId,
      partnerOrganizationId: by.id,
      createdAt: new Date(clock.nowMs()),
    })
    .onConflictDoNothing()
    .returning({ id: referral.organizationId });
  return made.length === 1;
}

/**
 * Answers a referral link: remembers its code in the visitor's browser and leads to the front page. Whether the code is
 * anybody's is looked up at the sign-up only.
 * @param cookieName the name of the cookie, which says whether it goes over https only
 */
export function answerReferralLink(code: string, appUrl: string, cookieName: string): Response {
  const headers = new Headers({ location: `${appUrl}/`, "cache-control": "no-store" });
  const secure = appUrl.startsWith("https://") ? "; Secure" : "";
  if (CODE.test(code))
    headers.set(
      "set-cookie",
      `${cookieName}=${code}; Path=/; Max-Age=${REFERRAL_DAYS * 86_400}; HttpOnly; SameSite=Lax${secure}`,
    );
  return new Response(null, { status: 302, headers });
}
