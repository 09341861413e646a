import { z } from "zod";
import {
  type AuthDeps,
  beginTwoFactor,
  changePassword,
  changePasswordForm,
  confirmPasswordForm,
  confirmTwoFactor,
  deliver,
  disableTwoFactor,
  disableTwoFactorForm,
  emailForm,
  endAllSessions,
  endOwnSession,
  inspectConfirmation,
  isResetLinkAlive,
  listLinked,
  listSessions,
  PROVIDER_NAMES,
  parseCookies,
  readProfile,
  referralCookieName,
  renameForm,
  renameSelf,
  renewRecoveryCodes,
  requireMail,
  resendVerification,
  resetPassword,
  resetPasswordForm,
  sendPasswordReset,
  signUp,
  signUpCookieName,
  signUpForm,
  takeAttempt,
  tokenForm,
  twoFactorCodeForm,
  unlink,
  usesSecureCookies,
} from "@/server/auth";
import { auditActor, can, PERMISSIONS, type Permission } from "@/server/organizations";
import type { TrpcContext } from "../context";
import { publicProcedure, router, userProcedure } from "../init";
import { type SignedIn, transact } from "../transact";

const SIGN_UP_COOKIE_SECONDS = 24 * 60 * 60;

/**
 * Accounts before and around the session. Signing in and out is not here: it sets the session cookie, which is
 * next-auth's (`/api/auth`). Every answer is the same for addresses with and without an account.
 */
export const accountRouter = router({
  /** The signed-in person and what they may do, or null. */
  session: publicProcedure.query(({ ctx: { actor } }) => {
    if (!actor) return null;
    const { email, name, isOperator, organizationId, organizationName, role } = actor;
    const permissions = (Object.keys(PERMISSIONS) as Permission[]).filter((permission) =>
      can(actor, permission),
    );
    return { email, name, isOperator, organizationId, organizationName, role, permissions };
  }),

  signUp: publicProcedure.input(signUpForm).mutation(async ({ ctx, input }) => {
    const code = parseCookies(ctx.headers.get("cookie") ?? "")[referralCookieName(ctx.services.appUrl)];
    const { mail, browserSecret } = await signUp(ctx.services, input, ctx.ip, code);
    ctx.responseHeaders?.append("set-cookie", signUpCookie(ctx.services.appUrl, browserSecret));
    ctx.defer(() => deliver(ctx.services, mail));
    return { email: input.email };
  }),

  resendVerification: publicProcedure.input(emailForm).mutation(async ({ ctx, input }) => {
    await mailLater(ctx, input.email, resendVerification);
  }),

  requestPasswordReset: publicProcedure.input(emailForm).mutation(async ({ ctx, input }) => {
    await mailLater(ctx, input.email, sendPasswordReset);
  }),

  /** What the page behind a verification link has to ask for. */
  verification: publicProcedure.input(tokenForm).query(({ ctx, input }) => {
    const cookies = parseCookies(ctx.headers.get("cookie") ?? "");
    return inspectConfirmation(ctx.services, input.token, cookies[signUpCookieName(ctx.services.appUrl)]);
  }),

  passwordReset: publicProcedure.input(tokenForm).query(async ({ ctx, input }) => ({
    isAlive: await isResetLinkAlive(ctx.services, input.token),
  })),

  resetPassword: publicProcedure
    .input(resetPasswordForm)
    .mutation(({ ctx, input }) => resetPassword(ctx.services, input)),

  profile: userProcedure.query(({ ctx }) => readProfile(ctx.services.db, ctx.actor)),

  rename: userProcedure
    .input(renameForm)
    .mutation(({ ctx, input }) => renameSelf(ctx.services.db, ctx.actor, input.name)),

  /** Ends every session; the person signs in again with the new password. */
  changePassword: userProcedure
    .input(changePasswordForm)
    .mutation(({ ctx, input }) => changePassword(ctx.services, ownOf(ctx), input)),

  beginTwoFactor: userProcedure
    .input(confirmPasswordForm)
    .mutation(({ ctx, input }) => beginTwoFactor(ctx.services, ownOf(ctx), input.password)),

  /** Answers the recovery codes, once and only here. */
  confirmTwoFactor: userProcedure
    .input(twoFactorCodeForm)
    .mutation(({ ctx, input }) => confirmTwoFactor(ctx.services, ownOf(ctx), input.code)),

  /** Answers the new codes, once and only here; the old ones are worth nothing. */
  renewRecoveryCodes: userProcedure
    .input(disableTwoFactorForm)
    .mutation(({ ctx, input }) => renewRecoveryCodes(ctx.services, ownOf(ctx), input)),

  disableTwoFactor: userProcedure
    .input(disableTwoFactorForm)
    .mutation(({ ctx, input }) => disableTwoFactor(ctx.services, ownOf(ctx), input)),

  /** Other services that a sign-in page can offer here. */
  providers: publicProcedure.query(({ ctx }) =>
    PROVIDER_NAMES.filter((name) => ctx.services.providers[name] !== null),
  ),

  linked: userProcedure.query(({ ctx }) => listLinked(ctx.services.db, ctx.actor.userId)),

  unlink: userProcedure
    .input(z.strictObject({ provider: z.enum(PROVIDER_NAMES) }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, author }) => unlink(tx, clock, author, input.provider)),
    ),

  sessions: userProcedure.query(({ ctx }) => listSessions(ctx.services.db, ctx.services.clock, ctx.actor)),

  /** Names a session of the person's own; any other one is not there. */
  endSession: userProcedure
    .input(z.strictObject({ session: z.string().max(64) }))
    .mutation(({ ctx, input }) =>
      transact(ctx, (tx, { clock, author }) => endOwnSession(tx, clock, author, input)),
    ),

  /** Every session, this one too. Says so in its input, so that no stray call signs anybody out. */
  endSessions: userProcedure
    .input(z.strictObject({ everywhere: z.literal(true) }))
    .mutation(({ ctx }) => transact(ctx, (tx, { clock, author }) => endAllSessions(tx, clock, author))),
});

function ownOf(ctx: SignedIn) {
  return { actor: ctx.actor, audit: auditActor(ctx.actor, ctx.ip) };
}

/** The whole look-up waits until the answer is out: neither its words nor its time say whether there is an account. */
async function mailLater(
  ctx: TrpcContext,
  email: string,
  send: (deps: AuthDeps, email: string) => Promise<void>,
): Promise<void> {
  const { services } = ctx;
  requireMail(services);
  await takeAttempt(services.db, services.clock, "mail_ip", ctx.ip);
  await takeAttempt(services.db, services.clock, "mail", email);
  ctx.defer(() =>
    send(services, email).catch((reason: unknown) => {
      services.log.error({ requestId: ctx.requestId, reason: String(reason) }, "mail was not sent");
    }),
  );
}

function signUpCookie(appUrl: string, secret: string): string {
  const secure = usesSecureCookies(appUrl) ? "; Secure" : "";
  return `${signUpCookieName(appUrl)}=${secret}; Path=/; Max-Age=${SIGN_UP_COOKIE_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}
