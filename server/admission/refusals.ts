import { AppError } from "@/server/platform/errors";

export function invalidKey(): AppError {
  return new AppError("invalid_api_key", {
    message: "This API key is not valid. It may be unknown, revoked or expired.",
  });
}

export function suspended(): AppError {
  return new AppError("permission_denied", {
    message: "This organization is suspended. Please contact support.",
    metadata: { reason: "organization_suspended" },
  });
}

export function duplicate(): AppError {
  return new AppError("conflict", { message: "This request is already under way." });
}

export function busy(): AppError {
  return new AppError("service_unavailable", {
    message: "We could not reserve money for this request in time. Please retry.",
    internal: "admission gave up",
    retryAfterSeconds: 1,
  });
}
