import { CARRIES_IN as MESSAGES_FIELDS, CARRIES_OUT as MESSAGES_TRAITS } from "./anthropic-messages/carries";
import { CONVERSE_CARRIES } from "./bedrock-converse/carries";
import { COHERE_CARRIES } from "./cohere-chat/carries";
import { GEMINI_CARRIES } from "./google-generate-content/carries";
import type { DialectName, InboundTable, OutboundTable, Trait } from "./model";
import { CHAT_FIELDS, CHAT_TRAITS } from "./openai-chat/carries";
import { COMPLETION_FIELDS } from "./openai-completions/carries";
import { RESPONSES_CARRIES, RESPONSES_FIELDS } from "./openai-responses/carries";

/** The rules of all protocols side by side, for the docs: the very tables that requests are checked against. */
const CLIENTS: readonly {
  readonly name: DialectName;
  readonly label: string;
  readonly fields: InboundTable;
}[] = [
  { name: "openai-chat", label: "Chat completions", fields: CHAT_FIELDS },
  { name: "openai-responses", label: "Responses", fields: RESPONSES_FIELDS },
  { name: "anthropic-messages", label: "Messages", fields: MESSAGES_FIELDS },
  { name: "openai-completions", label: "Completions (legacy)", fields: COMPLETION_FIELDS },
];
const PROVIDERS: readonly {
  readonly name: DialectName;
  readonly label: string;
  readonly traits: OutboundTable;
}[] = [
  { name: "openai-chat", label: "chat completions", traits: CHAT_TRAITS },
  { name: "openai-responses", label: "OpenAI Responses", traits: RESPONSES_CARRIES },
  { name: "anthropic-messages", label: "Anthropic", traits: MESSAGES_TRAITS },
  { name: "google-generate-content", label: "Gemini", traits: GEMINI_CARRIES },
  { name: "bedrock-converse", label: "Bedrock", traits: CONVERSE_CARRIES },
  { name: "cohere-chat", label: "Cohere", traits: COHERE_CARRIES },
];

/** What becomes of one field of a request when the provider speaks another protocol. */
export interface CarriedField {
  readonly field: string;
  readonly outcome: "carried" | "dropped" | "refused";
  /** Why it is dropped or refused everywhere; null for a carried one. */
  readonly reason: string | null;
  /** Providers that are an exception to `carried`. */
  readonly exceptions: readonly CarriedException[];
}

interface CarriedException {
  readonly provider: string;
  readonly outcome: "dropped" | "refused";
  readonly reason: string;
}

export interface CarriedTable {
  readonly name: DialectName;
  readonly label: string;
  readonly rows: readonly CarriedField[];
}

/** One table per protocol of a client; its fields in the order of their own table. */
export function carriedTables(): CarriedTable[] {
  return CLIENTS.map(({ name, label, fields }) => ({
    name,
    label,
    rows: Object.entries(fields).map(([field, rule]): CarriedField => {
      if ("dropped" in rule) return { field, outcome: "dropped", reason: rule.dropped, exceptions: [] };
      if ("refused" in rule) return { field, outcome: "refused", reason: rule.refused, exceptions: [] };
      const others = PROVIDERS.filter((provider) => provider.name !== name);
      const exceptions = others.flatMap((provider) => exceptionsAt(provider, rule.carried));
      return { field, outcome: "carried", reason: null, exceptions };
    }),
  }));
}

function exceptionsAt(
  { label: provider, traits }: (typeof PROVIDERS)[number],
  carried: readonly Trait[],
): CarriedException[] {
  return carried.flatMap((trait): CarriedException[] => {
    const told = traits[trait];
    if ("dropped" in told) return [{ provider, outcome: "dropped", reason: `${trait}: ${told.dropped}` }];
    if ("refused" in told) return [{ provider, outcome: "refused", reason: `${trait}: ${told.refused}` }];
    return [];
  });
}
