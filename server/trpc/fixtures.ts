import type { TRPCError } from "@trpc/server";
import { Secret, TOTP } from "otpauth";
import { member, user } from "@/db/schema";
import { hashPassword } from "@/server/auth";
import { authFixture, sessionHeaders } from "@/server/auth/fixtures";
import { openSession } from "@/server/auth/session";
import { recordReferral } from "@/server/billing";
import { createCatalog } from "@/server/catalog";
import type { TestDatabase } from "@/server/dev/test-database";
import { createReceipts, createSigner } from "@/server/ledger";
import type { Mail } from "@/server/mail";
import { createPersonalOrganization, type Role } from "@/server/organizations";
import type { manualClock } from "@/server/platform/clock";
import { createGuardedClient } from "@/server/platform/guarded-client";
import { newId } from "@/server/platform/ids";
import { createSecretBox, type SecretBox } from "@/server/platform/secret-box";
import { createMemoryShare, createRoutingMemory } from "@/server/routing";
import { answerTrpc } from "./answer";
import { createContext } from "./context";
import { appErrorOf } from "./error";
import { createCaller } from "./root";
import type { TrpcServices } from "./services";

export interface TrpcFixture {
  readonly database: TestDatabase;
  readonly services: TrpcServices;
  readonly clock: ReturnType<typeof manualClock>;
  /** Mails that were sent, oldest first. */
  readonly sent: readonly Mail[];
  /** A new member of `organizationId`, or of an organization of their own; answers the headers of their browser. */
  person(options?: { role?: Role; organizationId?: string }): Promise<Person>;
  /** Calls `router.procedure` as the browser with these headers would. @returns the code of its error, or `ok` */
  call(path: string, input: unknown, headers: Headers): Promise<Answer>;
  /** The same over HTTP, from a page at `origin`. */
  post(path: string, body: string, headers: Headers): Promise<Response>;
  /** What was put off until after the answer. */
  settle(): Promise<void>;
}

export interface Person {
  readonly userId: string;
  readonly organizationId: string;
  readonly headers: Headers;
}

export interface Answer {
  readonly code: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

const APP_URL = "http://site.example";

/** What reaches out: to this machine only, and nobody signs in through another service. */
function outwards(secretBox: SecretBox): Pick<TrpcServices, "webhooks" | "outbound" | "providers"> {
  return {
    webhooks: { secretBox, allowsLoopback: true },
    providers: { github: null, google: null },
    outbound: createGuardedClient({ allowsLoopback: true }),
  };
}

/** Procedures on a private database, called with real sessions. */
export async function trpcFixture(): Promise<TrpcFixture> {
  const auth = await authFixture();
  const secretBox = createSecretBox(auth.authSecret);
  const passwordHash = await hashPassword("correct horse battery");
  const services: TrpcServices = {
    ...auth,
    appUrl: APP_URL,
    catalog: createCatalog({ db: auth.db, clock: auth.clock, secretBox }),
    receipts: createReceipts({
      db: auth.db,
      signer: createSigner({ signingKey: undefined, authSecret: auth.authSecret }),
    }),
    routing: createRoutingMemory({
      db: auth.db,
      clock: auth.clock,
      log: auth.log,
      share: createMemoryShare(),
    }),
    mailbox: null,
    sandboxPayments: true,
    keepReferral: (tx, of) => recordReferral(tx, auth.clock, of),
    ...outwards(secretBox),
    stripe: null,
    company: { name: null, address: null, governingLaw: null, supportEmail: "support@site.example" },
    infrastructure: [],
  };
  let deferred: Promise<void>[] = [];
  const defer = (work: () => Promise<void>) => void deferred.push(work());

  async function person(options: { role?: Role; organizationId?: string } = {}): Promise<Person> {
    const userId = newId("user");
    const now = new Date(auth.clock.nowMs());
    await auth.db.insert(user).values({
      id: userId,
      email: `${userId}@example.com`,
      name: userId,
      passwordHash,
      emailVerifiedAt: now,
    });
    let organizationId = options.organizationId;
    if (organizationId) {
      const role = options.role ?? "owner";
      await auth.db.insert(member).values({ id: newId("member"), organizationId, userId, role });
    } else {
      ({ organizationId } = await createPersonalOrganization(auth.db, { userId, name: userId }, auth.clock));
    }
    const sessionId = await openSession(auth.db, userId, auth.clock);
    const headers = await sessionHeaders(auth, { userId, sessionId, sessionVersion: 0 });
    headers.set("origin", APP_URL);
    return { userId, organizationId, headers };
  }

  async function call(path: string, input: unknown, headers: Headers): Promise<Answer> {
    const context = await createContext(services, { headers, responseHeaders: new Headers(), defer });
    const procedure = path
      .split(".")
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], createCaller(context));
    return (procedure as (input: unknown) => Promise<unknown>)(input).then(
      (data) => ({ code: "ok", message: "", metadata: {}, data }),
      (error: TRPCError) => {
        const { code, message, metadata } = appErrorOf(error);
        return { code, message, metadata, data: null };
      },
    );
  }

  return {
    database: auth.database,
    services,
    clock: auth.clock,
    sent: auth.sent,
    person,
    call,
    post: (path, body, headers) =>
      answerTrpc(
        services,
        new Request(`${APP_URL}/api/trpc/${path}`, { method: "POST", body, headers }),
        defer,
      ),
    async settle() {
      const pending = deferred;
      deferred = [];
      await Promise.all(pending);
    },
  };
}

/** Switches two-factor sign-in on. Codes are of the person's device: each call is a step later, since none works twice. */
export async function withTwoFactor(site: TrpcFixture, person: Person, password: string) {
  const begun = await site.call("account.beginTwoFactor", { password }, person.headers);
  const { secret } = begun.data as { secret: string };
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const code = () => {
    site.clock.advance(30_000);
    return totp.generate({ timestamp: site.clock.nowMs() });
  };
  const confirmed = await site.call("account.confirmTwoFactor", { code: code() }, person.headers);
  const { recoveryCodes } = confirmed.data as { recoveryCodes: string[] };
  return { code, recoveryCodes };
}
