import type { CatalogProvider } from "@/server/catalog";
import { falVideos, openaiVideos, replicateVideos, type VideoWire } from "@/server/protocols/videos";

const WIRES: Readonly<Partial<Record<CatalogProvider["kind"], VideoWire>>> = {
  "openai-compatible": openaiVideos,
  "openai-responses": openaiVideos,
  fal: falVideos,
  replicate: replicateVideos,
};

/** How a provider is asked for videos; null when it makes none. */
export function videoWireOf(provider: CatalogProvider): VideoWire | null {
  return WIRES[provider.kind] ?? null;
}
