ALTER TABLE "api_key" ADD COLUMN "purpose" text DEFAULT 'program' NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "api_key_playground" ON "api_key" USING btree ("member_id") WHERE purpose = 'playground' AND status = 'active';--> statement-breakpoint
-- Filters of the request log. Without these a rare key, model or member is looked for among all requests of its
-- organization; measured with ten million rows in e2e/load/LOGS.md, reads and what each insert pays for them.
CREATE INDEX request_log_key ON request_log (organization_id, key_id, id DESC);--> statement-breakpoint
CREATE INDEX request_log_model ON request_log (organization_id, model_slug, id DESC);--> statement-breakpoint
CREATE INDEX request_log_project ON request_log (organization_id, project_id, id DESC);--> statement-breakpoint
CREATE INDEX request_log_member ON request_log (organization_id, member_id, id DESC);--> statement-breakpoint
CREATE INDEX request_log_provider ON request_log (organization_id, provider_slug, id DESC);--> statement-breakpoint
CREATE INDEX request_log_unsuccessful ON request_log (organization_id, outcome, id DESC) WHERE outcome <> 'succeeded';--> statement-breakpoint
CREATE INDEX request_log_request ON request_log USING hash (request_id);
