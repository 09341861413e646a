import { readActor } from "@/server/auth";
import { type Actor, can, type Permission, rolesWith } from "@/server/organizations";
import { AppError, toAppError } from "@/server/platform/errors";
import { NAMED_ORGANIZATION } from "./context";
import { requireSameOrganization, twoFactorMissing } from "./init";
import type { TrpcServices } from "./services";

/**
 * Who opens one of the doors beside tRPC, judged like `memberProcedure` does. A link, which has no headers, names its page's
 * organization in the query.
 * @throws AppError unauthenticated, permission_denied, conflict
 */
export async function requireActor(
  services: TrpcServices,
  request: Request,
  permission: Permission,
): Promise<Actor> {
  const actor = await readActor(services, request.headers);
  if (!actor) throw new AppError("unauthenticated", { message: "Sign in first: your session has ended." });
  const named =
    request.headers.get(NAMED_ORGANIZATION) ?? new URL(request.url).searchParams.get("organization");
  requireSameOrganization(actor, named);
  if (actor.mustSetUpTwoFactor) throw twoFactorMissing();
  if (can(actor, permission)) return actor;
  throw new AppError("permission_denied", {
    message: `Your role (${actor.role}) does not allow this. It takes one of: ${rolesWith(permission).join(", ")}.`,
    metadata: { permission, role: actor.role, rolesAllowed: rolesWith(permission) },
  });
}

/** A door that changes something opens to pages of our own only. @throws AppError permission_denied */
export function requireOwnOrigin(services: TrpcServices, request: Request): void {
  const { origin } = new URL(services.appUrl);
  if (request.headers.get("origin") === origin) return;
  throw new AppError("permission_denied", {
    message: `This site is served at ${origin}. Open it there and try again.`,
  });
}

/** A refusal as JSON; what broke on our side is logged. */
export function refuse(services: TrpcServices, thrown: unknown): Response {
  const error = toAppError(thrown);
  if (error.status >= 500) {
    services.log.error({ code: error.code, internal: error.internal }, "a door beside tRPC failed");
  }
  const { code, message } = error;
  return Response.json(
    { error: { code, message, type: error.category, param: null } },
    { status: error.status, headers: { "cache-control": "no-store" } },
  );
}
