import { AppError } from "@/server/platform/errors";

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The base URL of a provider, cleaned: no slash at the end.
 * Provider credentials travel to it, so it is https everywhere except on this machine.
 * @throws AppError invalid_request
 */
export function parseBaseUrl(text: string): string {
  if (!URL.canParse(text)) throw invalidBaseUrl("The base URL is not a URL.");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw invalidBaseUrl("The base URL must begin with https://.");
  }
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    throw invalidBaseUrl("Plain http is only allowed to this machine; use https.");
  }
  if (url.username !== "" || url.password !== "") {
    throw invalidBaseUrl(
      "The base URL must not contain a user name or password; give the key apart from it.",
    );
  }
  if (url.search !== "" || url.hash !== "" || text.includes("#") || text.includes("?")) {
    throw invalidBaseUrl("The base URL must not have a query or a fragment.");
  }
  return url.href.replace(/\/+$/, "");
}

function invalidBaseUrl(message: string): AppError {
  return new AppError("invalid_request", { message, param: "baseUrl" });
}
