import { initTRPC } from "@trpc/server";
import superjson from "superjson";
import { type Actor, can, type Permission, rolesWith } from "@/server/organizations";
import { AppError } from "@/server/platform/errors";
import type { TrpcContext } from "./context";
import { appErrorOf, toPublicError, toTrpcError } from "./error";

const t = initTRPC.context<TrpcContext>().create({
  transformer: superjson,
  // The whole shape is ours: tRPC's own would carry the stack in development.
  errorFormatter({ shape, error, ctx }) {
    const known = appErrorOf(error);
    const data = toPublicError(known, ctx?.requestId ?? null);
    return { code: shape.code, message: known.message, data: { ...data, httpStatus: known.status } };
  },
});

export const router = t.router;
export const createCallerFactory = t.createCallerFactory;

const translateErrors = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok) throw toTrpcError(result.error);
  return result;
});

/**
 * A mutation is refused unless the browser says that a page of ours sent it. Together with `SameSite=Lax` cookies this
 * is the whole defence against cross-site requests, so it sits below every procedure.
 */
const checkOrigin = t.middleware(({ ctx, type, next }) => {
  if (type === "mutation" && !ctx.isOwnOrigin) {
    throw new AppError("permission_denied", {
      message: `This site is served at ${new URL(ctx.services.appUrl).origin}. Open it there and try again.`,
    });
  }
  return next();
});

/** Anybody may call it. Inputs are strict objects: an unknown field is an error. */
export const publicProcedure = t.procedure.use(translateErrors).use(checkOrigin);

/** Signed-in people only. Adds `ctx.actor`. @throws AppError unauthenticated */
export const userProcedure = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.actor) {
    throw new AppError("unauthenticated", { message: "Sign in first: your session has ended." });
  }
  return next({ ctx: { actor: ctx.actor } });
});

/**
 * Members whose role grants `permission` in the organization of their session (`ctx.actor.organizationId`). A procedure
 * built on it never takes an organization from its input.
 * @throws AppError unauthenticated, permission_denied (names the roles that may; or two-factor sign-in is missing),
 * conflict (the page was drawn for another organization)
 */
export function memberProcedure(permission: Permission) {
  return userProcedure.use(({ ctx, next }) => {
    requireSameOrganization(ctx.actor, ctx.namedOrganizationId);
    if (ctx.actor.mustSetUpTwoFactor) throw twoFactorMissing();
    if (!can(ctx.actor, permission)) {
      throw new AppError("permission_denied", {
        message: `Your role (${ctx.actor.role}) does not allow this. It takes one of: ${rolesWith(permission).join(", ")}.`,
        metadata: { permission, role: ctx.actor.role, rolesAllowed: rolesWith(permission) },
      });
    }
    return next();
  });
}

/**
 * Operators of the platform only, signed in with a second factor. What they do is theirs and no organization's: its
 * input names whom it concerns, and every mutation leaves a trail as `operator`.
 * @throws AppError unauthenticated, permission_denied
 */
export const operatorProcedure = userProcedure.use(({ ctx, next }) => {
  if (!ctx.actor.isOperator)
    throw new AppError("permission_denied", {
      message: "This is for operators of the platform.",
      metadata: { reason: "operator_required" },
    });
  if (!ctx.actor.hasTwoFactor)
    throw new AppError("permission_denied", {
      message: "The operator console requires two-factor sign-in. Set it up in your account settings first.",
      metadata: { reason: "two_factor_required" },
    });
  return next();
});

/**
 * A session acts for one organization at a time, its tabs may show several: what is clicked in a tab of one must not happen
 * in the other. Also for the doors beside tRPC.
 * @param named what the page says that it shows; null for one that shows none
 * @throws AppError conflict
 */
export function requireSameOrganization(actor: Actor, named: string | null): void {
  if (named === null || named === actor.organizationId) return;
  throw new AppError("conflict", {
    message: `In another tab you went over to ${actor.organizationName}, and this page shows another organization. Nothing was changed. Reload the page to go on.`,
    metadata: { reason: "organization_switched" },
  });
}

/** Also for the doors beside tRPC that a session opens. */
export function twoFactorMissing(): AppError {
  return new AppError("permission_denied", {
    message: "This organization requires two-factor sign-in. Set it up in your account settings first.",
    metadata: { reason: "two_factor_required" },
  });
}
