import type { Clock } from "@/server/platform/clock";
import { AppError } from "@/server/platform/errors";
import { createSecretBox } from "@/server/platform/secret-box";

/** An address of ours may be opened for this long; providers that drop the file earlier end it earlier. */
export const CONTENT_LIFE_MS = 7 * 24 * 60 * 60_000;

/** Where a provider has put what it made. */
export interface Content {
  /** As its answer named it. */
  readonly url: string;
  /** Origin of the provider itself, which the catalogue names. */
  readonly providerOrigin: string;
}

/**
 * Addresses of our own for what providers hand out addresses of. All that is known of the file is sealed in the address:
 * nothing is stored, nobody can make one up, and whoever has it may open it until it expires.
 */
export interface ContentAddresses {
  /** The provider's own where there is nothing to open: data URLs hold what they name. */
  addressOf(content: Content): string;
  /** @throws AppError not_found for an address that we never gave; content_expired when its time is over */
  open(token: string): Content;
}

export interface ContentAddressSettings {
  readonly authSecret: string;
  /** Without a slash at its end. */
  readonly siteUrl: string;
  readonly clock: Clock;
}

export function createContentAddresses({
  authSecret,
  siteUrl,
  clock,
}: ContentAddressSettings): ContentAddresses {
  const box = createSecretBox(authSecret, "content addresses");
  return {
    addressOf({ url, providerOrigin }) {
      if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return url;
      const sealed = box.seal(JSON.stringify([url, providerOrigin, clock.nowMs() + CONTENT_LIFE_MS]));
      return `${siteUrl}/v1/content/${sealed}`;
    },
    open(token) {
      const [url, providerOrigin, expiresAtMs] = fieldsOf(token);
      if (clock.nowMs() >= expiresAtMs)
        throw new AppError("content_expired", { message: "This address has expired." });
      return { url, providerOrigin };
    },
  };

  function fieldsOf(token: string): readonly [string, string, number] {
    try {
      return JSON.parse(box.open(token));
    } catch {
      throw new AppError("not_found", { message: "There is nothing at this address." });
    }
  }
}
