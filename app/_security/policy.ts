import { createHash } from "node:crypto";
import { THEME_SCRIPT } from "../_ui/theme-script";

const THEME_HASH = `'sha256-${createHash("sha256").update(THEME_SCRIPT).digest("base64")}'`;

/**
 * The content security policy of a page: scripts are our own files, the ones that carry this answer's nonce, and the
 * theme script by its hash. Styles may be inline, since highlighted code and charts bring theirs in attributes.
 * @param isDevelopment the development server evaluates code to reload it
 */
export function contentSecurityPolicy(nonce: string, isDevelopment: boolean): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' ${THEME_HASH}${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? " ws:" : ""}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
