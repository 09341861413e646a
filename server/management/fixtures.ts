import { joinPartners, quoteCommitment } from "@/server/billing";
import { partnerText, STANDARD_RULES } from "@/server/billing/partners/terms";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createWebAdapter, type Gateway } from "@/server/gateway";
import { createManagementKey, type ManagementScope } from "@/server/keys";
import { createOwnerFixture, type OwnerFixture } from "@/server/keys/fixtures";
import type { Mail } from "@/server/mail";
import { manualClock } from "@/server/platform/clock";
import { createLog } from "@/server/platform/log";
import { createSecretBox } from "@/server/platform/secret-box";
import { createManagement } from "./management";

export const BY = { kind: "system" as const, id: null, label: "test", ip: null };

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what the wire says is judged by the expectations
  readonly body: any;
}

export interface ManagementFixture {
  readonly database: TestDatabase;
  readonly clock: ReturnType<typeof manualClock>;
  /** Mails that were sent, oldest first. */
  readonly mails: readonly Mail[];
  owner(): Promise<OwnerFixture>;
  /** The secret of a new management key. */
  keyOf(owner: OwnerFixture, scopes: readonly ManagementScope[]): Promise<string>;
  /** Asks the API as a client would. @param body an object, or the text itself */
  call(
    secret: string | null,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Said>;
  /** Offers the organization a commitment. */
  quoteFor(owner: OwnerFixture): Promise<{ readonly id: string }>;
  makePartner(owner: OwnerFixture): Promise<unknown>;
}

/** The management API over a private database, through the adapter that routes use. */
export async function managementFixture(): Promise<ManagementFixture> {
  const database = await testDatabase({ maxConnections: 20 });
  const { db, pool } = database;
  const clock = manualClock(Date.parse("2026-11-25T12:00:00Z"));
  const mails: Mail[] = [];
  const management = createManagement({
    ...{ db, pool, clock, log: createLog("silent"), stripe: null, sandboxPayments: true },
    mailer: { canSend: true, send: async (mail) => void mails.push(mail) },
    webhooks: { secretBox: createSecretBox("a secret for these tests"), allowsLoopback: false },
    appUrl: "http://site.example",
  });
  const front = { ...management, maxBodyBytes: 100_000, maxDurationMs: 10_000 } as unknown as Gateway;
  const answer = createWebAdapter(front);
  return {
    database,
    clock,
    mails,
    owner: () => createOwnerFixture(db),
    async keyOf(owner, scopes) {
      const input = { ...owner, name: "robot", scopes, expiresAt: null };
      return (await createManagementKey(db, clock, BY, input)).secret;
    },
    async call(secret, method, path, body, headers = {}) {
      const request = new Request(`http://site.example/v1${path}`, {
        method,
        headers: {
          "x-forwarded-for": "192.0.2.7",
          ...(secret && { authorization: `Bearer ${secret}` }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const response = await answer(request, () => {});
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
    quoteFor: ({ organizationId }) =>
      quoteCommitment(db, clock, {
        ...{ organizationId, yearlyNanoUsd: 12_000_000_000_000n, discountBasisPoints: 750 },
        ...{ schedule: "monthly", slaTier: "priority", validDays: 30, note: null, by: BY },
      }),
    makePartner: (owner) =>
      joinPartners(db, clock, { ...owner, consent: partnerText(STANDARD_RULES), audit: BY }),
  };
}
