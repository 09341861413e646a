import { encode } from "next-auth/jwt";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import type { Mail } from "@/server/mail";
import { manualClock } from "@/server/platform/clock";
import { createLog } from "@/server/platform/log";
import type { AuthDeps } from "./deps";
import { SESSION_MAX_AGE_SECONDS, type SessionClaims } from "./session";

export interface AuthFixture extends AuthDeps {
  readonly database: TestDatabase;
  readonly clock: ReturnType<typeof manualClock>;
  /** Every mail that was sent, oldest first. */
  readonly sent: Mail[];
}

/** A private database, a clock that stands still and a mailer that keeps what it is given. */
export async function authFixture(): Promise<AuthFixture> {
  const database = await testDatabase();
  const sent: Mail[] = [];
  return {
    database,
    db: database.db,
    clock: manualClock(),
    log: createLog("silent"),
    sent,
    mailer: {
      canSend: true,
      async send(mail) {
        sent.push(mail);
      },
    },
    appUrl: "http://site.example",
    authSecret: "a secret for tests only",
  };
}

/** The secret of the link in a mail. */
export function tokenIn(mail: Mail | undefined): string {
  return /[?&]token=([\w-]+)/.exec(mail?.text ?? "")?.[1] ?? "";
}

/** Headers of a browser that holds this session. */
export async function sessionHeaders(deps: AuthDeps, claims: SessionClaims): Promise<Headers> {
  const token = await encode({
    token: { sub: claims.userId, sid: claims.sessionId, sv: claims.sessionVersion },
    secret: deps.authSecret,
    maxAge: SESSION_MAX_AGE_SECONDS,
  });
  return new Headers({ cookie: `dti-session=${token}` });
}
