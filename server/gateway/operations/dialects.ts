import type { CatalogProvider } from "@/server/catalog";
import { outbound as anthropicMessages } from "@/server/protocols/anthropic-messages";
import { outbound as bedrockConverse } from "@/server/protocols/bedrock-converse";
import { outbound as cohereChat } from "@/server/protocols/cohere-chat";
import { outbound as googleGenerateContent } from "@/server/protocols/google-generate-content";
import type { DialectName, OutboundDialect } from "@/server/protocols/model";
import { outbound as openaiChat } from "@/server/protocols/openai-chat";
import { outbound as openaiCompletions } from "@/server/protocols/openai-completions";
import { outbound as openaiResponses } from "@/server/protocols/openai-responses";
import { dialectsOf } from "@/server/providers";

/** The conversation wires that we can speak to a provider. */
const OUTBOUND: Readonly<Partial<Record<DialectName, OutboundDialect>>> = {
  "openai-chat": openaiChat,
  "openai-completions": openaiCompletions,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
  "google-generate-content": googleGenerateContent,
  "bedrock-converse": bedrockConverse,
  "cohere-chat": cohereChat,
};

/**
 * The wire for a call: the client's own where the provider speaks it too, so that bytes can pass through; else the
 * provider's first one. Null when we speak none of its wires.
 */
export function outboundFor(provider: CatalogProvider, client: DialectName): OutboundDialect | null {
  const spoken = dialectsOf(provider);
  const same = spoken.includes(client) ? OUTBOUND[client] : undefined;
  if (same) return same;
  for (const name of spoken) {
    const other = OUTBOUND[name];
    if (other) return other;
  }
  return null;
}
