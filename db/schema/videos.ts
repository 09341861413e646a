import { sql } from "drizzle-orm";
import { check, index, integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { createdAt, instant } from "./columns";
import { organization } from "./organizations";

/** A price as a job keeps it until its end: decimal strings of nano-USD per million units. */
export interface JobPrice {
  readonly unit: string;
  readonly platformNanoUsdPerMillion: string;
  readonly supplierNanoUsdPerMillion: string;
}

/**
 * A video that a provider is making. Its intent is open for as long as it is made; the first who learns that it is
 * completed settles it. Prompts are not kept.
 */
export const videoJob = pgTable(
  "video_job",
  {
    id: text("id").primaryKey(),
    /** Names the intent, the usage record and the receipt. */
    generationId: text("generation_id").notNull().unique(),
    organizationId: text("organization_id")
      .notNull()
      .references(() => organization.id),
    projectId: text("project_id").notNull(),
    modelSlug: text("model_slug").notNull(),
    endpointId: text("endpoint_id").notNull(),
    providerSlug: text("provider_slug").notNull(),
    priceVersionId: text("price_version_id").notNull(),
    prices: jsonb("prices").$type<readonly JobPrice[]>().notNull(),
    /** What a completed video is billed for, by unit; decimal strings. */
    units: jsonb("units").$type<Readonly<Record<string, string>>>().notNull(),
    upstreamId: text("upstream_id").notNull(),
    status: text("status", { enum: ["queued", "in_progress", "completed", "failed"] }).notNull(),
    progress: integer("progress").notNull().default(0),
    seconds: text("seconds"),
    size: text("size"),
    /** Where the provider put the video, when it does not serve it by id. */
    contentUrl: text("content_url"),
    error: text("error"),
    costNanoUsd: text("cost_nano_usd"),
    createdAt: createdAt(),
    /** The intent ends then by itself. */
    expiresAt: instant("expires_at").notNull(),
    askedAt: instant("asked_at"),
    endedAt: instant("ended_at"),
    deletedAt: instant("deleted_at"),
  },
  (table) => [
    index("video_job_running").on(table.askedAt).where(sql`status IN ('queued', 'in_progress')`),
    check("video_job_progress", sql`${table.progress} BETWEEN 0 AND 100`),
  ],
);
