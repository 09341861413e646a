import { sql } from "drizzle-orm";
import {
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { createdAt, instant, nanoUsd, textArray } from "./columns";
import { user } from "./identity";

/** How a provider is called: one folder each in `server/providers`. */
export const PROVIDER_KINDS = [
  "openai-compatible",
  "openai-responses",
  "anthropic",
  "google",
  "bedrock",
  "cohere",
  "fal",
  "replicate",
] as const;
export type ProviderKindName = (typeof PROVIDER_KINDS)[number];

export const provider = pgTable("provider", {
  id: text("id").primaryKey(),
  slug: text("slug").notNull().unique(),
  name: text("name").notNull(),
  kind: text("kind", { enum: PROVIDER_KINDS }).notNull(),
  /** Base URL up to and with the version part: `https://host/v1`. The only source of upstream URLs. */
  baseUrl: text("base_url").notNull(),
  /** A set of quirks by name, for hosts that their address does not give away (vLLM, Ollama); null = by host. */
  profile: text("profile"),
  /** Answered by our own simulator; labelled so wherever a person sees it. */
  isSimulated: boolean("is_simulated").notNull().default(false),
  /** Handling of prompts as the operator entered it. Unknown is null or empty, and counts as the worse answer. */
  trainsOnPrompts: boolean("trains_on_prompts"),
  retentionDays: integer("retention_days"),
  regions: textArray("regions"),
  status: text("status", { enum: ["active", "disabled"] })
    .notNull()
    .default("active"),
  createdAt: createdAt(),
});

/** A key of ours at a provider. Several may be active: calls take turns, and one that is refused rests for a while. */
export const providerCredential = pgTable(
  "provider_credential",
  {
    id: text("id").primaryKey(),
    providerId: text("provider_id")
      .notNull()
      .references(() => provider.id),
    /** What people call it: `default`, `2026-11`, `second account`. */
    label: text("label").notNull(),
    /** AES-256-GCM under a key derived from AUTH_SECRET. */
    ciphertext: text("ciphertext").notNull(),
    state: text("state", { enum: ["active", "disabled"] })
      .notNull()
      .default("active"),
    createdAt: createdAt(),
    disabledAt: instant("disabled_at"),
  },
  (table) => [unique("provider_credential_label").on(table.providerId, table.label)],
);

export const model = pgTable("model", {
  id: text("id").primaryKey(),
  /** What a user names: `author/slug`. */
  slug: text("slug").notNull().unique(),
  author: text("author").notNull(),
  name: text("name").notNull(),
  description: text("description").notNull().default(""),
  contextLength: integer("context_length").notNull(),
  maxOutputTokens: integer("max_output_tokens"),
  inputModalities: textArray("input_modalities"),
  outputModalities: textArray("output_modalities"),
  supportedParameters: textArray("supported_parameters"),
  releasedOn: date("released_on"),
  status: text("status", { enum: ["active", "deprecated", "hidden"] })
    .notNull()
    .default("active"),
  createdAt: createdAt(),
});

export const endpoint = pgTable(
  "endpoint",
  {
    id: text("id").primaryKey(),
    modelId: text("model_id")
      .notNull()
      .references(() => model.id),
    providerId: text("provider_id")
      .notNull()
      .references(() => provider.id),
    /** The name that the provider knows the model by. */
    upstreamModel: text("upstream_model").notNull(),
    contextLength: integer("context_length").notNull(),
    maxOutputTokens: integer("max_output_tokens"),
    /** Lower is tried first; equal priorities are ordered by price. */
    priority: integer("priority").notNull().default(100),
    /** Share of the traffic among endpoints of one priority, relative to the others' weights. */
    weight: integer("weight").notNull().default(1),
    quantization: text("quantization"),
    /** An operator's word above what traffic shows: `open` takes the endpoint out, `closed` keeps it in. */
    healthOverride: text("health_override", { enum: ["open", "closed"] }),
    status: text("status", { enum: ["active", "disabled"] })
      .notNull()
      .default("active"),
    createdAt: createdAt(),
  },
  (table) => [
    unique("endpoint_once").on(table.modelId, table.providerId, table.upstreamModel),
    index("endpoint_provider").on(table.providerId),
    check("endpoint_weight_positive", sql`${table.weight} > 0`),
  ],
);

/** One immutable price list of one endpoint. A new price is a new version; versions and their prices are never edited. */
export const priceVersion = pgTable(
  "price_version",
  {
    id: text("id").primaryKey(),
    endpointId: text("endpoint_id")
      .notNull()
      .references(() => endpoint.id),
    effectiveFrom: instant("effective_from").notNull(),
    /** Where the supplier's price was read, and on which day. */
    source: text("source").notNull(),
    sourceDate: date("source_date").notNull(),
    createdAt: createdAt(),
  },
  (table) => [unique("price_version_once").on(table.endpointId, table.effectiveFrom)],
);

export const price = pgTable(
  "price",
  {
    priceVersionId: text("price_version_id")
      .notNull()
      .references(() => priceVersion.id),
    /** A usage unit of PRODUCT §5: input, cached_input, cache_write, output, reasoning, image, … */
    unit: text("unit").notNull(),
    /** The price holds for requests with more than this many prompt tokens (0 = from the first token on). */
    aboveContextTokens: integer("above_context_tokens").notNull().default(0),
    /** What the customer pays and what the supplier charges us, nano-USD per million units. */
    platformNanoUsdPerMillion: nanoUsd("platform_nano_usd_per_million").notNull(),
    supplierNanoUsdPerMillion: nanoUsd("supplier_nano_usd_per_million").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.priceVersionId, table.unit, table.aboveContextTokens] }),
    check(
      "price_not_negative",
      sql`${table.platformNanoUsdPerMillion} >= 0 AND ${table.supplierNanoUsdPerMillion} >= 0`,
    ),
  ],
);

/** One price of a proposal, amounts as decimal text of nano-USD per million units. */
export interface ProposedPrice {
  readonly unit: string;
  readonly aboveContextTokens: number;
  readonly platformNanoUsdPerMillion: string;
  readonly supplierNanoUsdPerMillion: string;
}

/** A price list that one operator wrote and another one has to publish. Only then it becomes a version. */
export const priceProposal = pgTable(
  "price_proposal",
  {
    id: text("id").primaryKey(),
    endpointId: text("endpoint_id")
      .notNull()
      .references(() => endpoint.id),
    /** Null: from the moment it is published. */
    effectiveFrom: instant("effective_from"),
    source: text("source").notNull(),
    sourceDate: date("source_date").notNull(),
    prices: jsonb("prices").$type<readonly ProposedPrice[]>().notNull(),
    /** Why, in the words of whoever proposes it. */
    note: text("note").notNull(),
    status: text("status", { enum: ["proposed", "published", "withdrawn"] }).notNull(),
    proposedBy: text("proposed_by")
      .notNull()
      .references(() => user.id),
    proposedAt: instant("proposed_at").notNull(),
    decidedBy: text("decided_by").references(() => user.id),
    decidedAt: instant("decided_at"),
    priceVersionId: text("price_version_id").references(() => priceVersion.id),
  },
  (table) => [
    uniqueIndex("price_proposal_open").on(table.endpointId).where(sql`status = 'proposed'`),
    index("price_proposal_list").on(table.proposedAt),
    // Two people, also when somebody writes a procedure that forgets it.
    check(
      "price_proposal_two_people",
      sql`${table.status} <> 'published' OR (${table.decidedBy} IS NOT NULL AND ${table.decidedBy} <> ${table.proposedBy})`,
    ),
  ],
);
