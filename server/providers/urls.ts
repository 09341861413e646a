import type { CatalogProvider } from "@/server/catalog";
import { quirksOf } from "./quirks";

/** Base URL + path: what all kinds start from. The host comes from the catalogue only, never from a request. */
export function joinUrl(provider: CatalogProvider, path: string): URL {
  const url = new URL(`${provider.baseUrl.replace(/\/+$/, "")}${path}`);
  const { query } = quirksOf(provider);
  if (query) for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}
