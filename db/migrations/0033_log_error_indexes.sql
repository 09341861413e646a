-- What did not succeed is few rows, so its index can carry the other filters too: they are then judged in the index and not
-- row by row, each on a page of its own. Measured in e2e/load/LOGS.md.
DROP INDEX request_log_unsuccessful;--> statement-breakpoint
CREATE INDEX request_log_unsuccessful ON request_log
  (organization_id, outcome, id DESC, key_id, model_slug, member_id, project_id, provider_slug) WHERE outcome <> 'succeeded';--> statement-breakpoint
CREATE INDEX request_log_error ON request_log (organization_id, error_code, id DESC) WHERE error_code IS NOT NULL;
