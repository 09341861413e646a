-- Roll-ups and the queue of the sealer: written by triggers in the settling transaction, so that no writer can forget them.
-- Decision 0006: settlements only append here; a job folds what was appended into the hours.

-- Tokens of price lines by class. Both cache write classes count as one, and audio of both directions.
CREATE FUNCTION line_tokens(p_lines jsonb, OUT input bigint, OUT cached_input bigint, OUT cache_write bigint, OUT output bigint,
  OUT reasoning bigint, OUT audio bigint) LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(sum(q) FILTER (WHERE unit = 'input'), 0)::bigint, coalesce(sum(q) FILTER (WHERE unit = 'cached_input'), 0)::bigint,
    coalesce(sum(q) FILTER (WHERE unit IN ('cache_write', 'cache_write_1h')), 0)::bigint,
    coalesce(sum(q) FILTER (WHERE unit = 'output'), 0)::bigint, coalesce(sum(q) FILTER (WHERE unit = 'reasoning'), 0)::bigint,
    coalesce(sum(q) FILTER (WHERE unit IN ('audio_input', 'audio_output')), 0)::bigint
  FROM (SELECT l ->> 'unit' AS unit, (l ->> 'quantity')::bigint AS q FROM jsonb_array_elements(p_lines) AS l) lines
$$;
--> statement-breakpoint
-- What the records say, one row per record, in the shape of a roll-up: what a roll-up has to come to.
CREATE VIEW usage_recorded AS
  SELECT u.id, u.organization_id, date_trunc('hour', u.created_at, 'UTC') AS hour, u.project_id, coalesce(u.member_id, '') AS member_id,
    u.key_id, u.model_slug, u.provider_slug, 0 AS requests, 0 AS failed, t.input AS input_tokens, t.cached_input AS cached_input_tokens,
    t.cache_write AS cache_write_tokens, t.output AS output_tokens, t.reasoning AS reasoning_tokens, t.audio AS audio_tokens,
    u.cost, u.supplier_cost, 0 AS latency_ms_sum, 0 AS latency_count, 0 AS ttft_ms_sum, 0 AS ttft_count
  FROM usage_record u CROSS JOIN LATERAL line_tokens(u.lines) t
  UNION ALL
  SELECT r.id, r.organization_id, date_trunc('hour', r.created_at, 'UTC') AS hour, r.project_id, coalesce(r.member_id, '') AS member_id,
    r.key_id, r.model_slug, coalesce(r.provider_slug, '') AS provider_slug, 1 AS requests,
    CASE WHEN r.outcome IN ('failed', 'expired') THEN 1 ELSE 0 END AS failed,
    0 AS input_tokens, 0 AS cached_input_tokens, 0 AS cache_write_tokens, 0 AS output_tokens, 0 AS reasoning_tokens, 0 AS audio_tokens,
    0 AS cost, 0 AS supplier_cost, coalesce(r.latency_ms, 0) AS latency_ms_sum, num_nonnulls(r.latency_ms) AS latency_count,
    coalesce(r.ttft_ms, 0) AS ttft_ms_sum, num_nonnulls(r.ttft_ms) AS ttft_count
  FROM request_log r
  UNION ALL
  SELECT u.id, u.organization_id, date_trunc('hour', u.created_at, 'UTC') AS hour, u.project_id, coalesce(u.member_id, '') AS member_id,
    u.key_id, u.model_slug, u.provider_slug, 0 AS requests, 0 AS failed,
    0 AS input_tokens, 0 AS cached_input_tokens, 0 AS cache_write_tokens, 0 AS output_tokens, 0 AS reasoning_tokens, 0 AS audio_tokens,
    c.amount AS cost, 0 AS supplier_cost, 0 AS latency_ms_sum, 0 AS latency_count, 0 AS ttft_ms_sum, 0 AS ttft_count
  FROM transfer c JOIN usage_record u ON u.id = split_part(c.source, ':', 1) WHERE c.kind = 'correction';
--> statement-breakpoint
CREATE FUNCTION add_usage_of_records() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_delta (organization_id, hour, project_id, member_id, key_id, model_slug, provider_slug,
      requests, failed, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
      audio_tokens, cost, supplier_cost, latency_ms_sum, latency_count, ttft_ms_sum, ttft_count)
  SELECT d.organization_id, d.hour, d.project_id, d.member_id, d.key_id, d.model_slug, d.provider_slug,
      sum(d.requests), sum(d.failed), sum(d.input_tokens), sum(d.cached_input_tokens), sum(d.cache_write_tokens),
      sum(d.output_tokens), sum(d.reasoning_tokens), sum(d.audio_tokens), sum(d.cost), sum(d.supplier_cost),
      sum(d.latency_ms_sum), sum(d.latency_count), sum(d.ttft_ms_sum), sum(d.ttft_count)
  FROM (
  SELECT u.id, u.organization_id, date_trunc('hour', u.created_at, 'UTC') AS hour, u.project_id, coalesce(u.member_id, '') AS member_id,
    u.key_id, u.model_slug, u.provider_slug, 0 AS requests, 0 AS failed, t.input AS input_tokens, t.cached_input AS cached_input_tokens,
    t.cache_write AS cache_write_tokens, t.output AS output_tokens, t.reasoning AS reasoning_tokens, t.audio AS audio_tokens,
    u.cost, u.supplier_cost, 0 AS latency_ms_sum, 0 AS latency_count, 0 AS ttft_ms_sum, 0 AS ttft_count
  FROM fresh u CROSS JOIN LATERAL line_tokens(u.lines) t
  ) d GROUP BY d.organization_id, d.hour, d.project_id, d.member_id, d.key_id, d.model_slug, d.provider_slug;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER usage_record_usage AFTER INSERT ON usage_record REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION add_usage_of_records();
--> statement-breakpoint
CREATE FUNCTION add_usage_of_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_delta (organization_id, hour, project_id, member_id, key_id, model_slug, provider_slug,
      requests, failed, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
      audio_tokens, cost, supplier_cost, latency_ms_sum, latency_count, ttft_ms_sum, ttft_count)
  SELECT d.organization_id, d.hour, d.project_id, d.member_id, d.key_id, d.model_slug, d.provider_slug,
      sum(d.requests), sum(d.failed), sum(d.input_tokens), sum(d.cached_input_tokens), sum(d.cache_write_tokens),
      sum(d.output_tokens), sum(d.reasoning_tokens), sum(d.audio_tokens), sum(d.cost), sum(d.supplier_cost),
      sum(d.latency_ms_sum), sum(d.latency_count), sum(d.ttft_ms_sum), sum(d.ttft_count)
  FROM (
  SELECT r.id, r.organization_id, date_trunc('hour', r.created_at, 'UTC') AS hour, r.project_id, coalesce(r.member_id, '') AS member_id,
    r.key_id, r.model_slug, coalesce(r.provider_slug, '') AS provider_slug, 1 AS requests,
    CASE WHEN r.outcome IN ('failed', 'expired') THEN 1 ELSE 0 END AS failed,
    0 AS input_tokens, 0 AS cached_input_tokens, 0 AS cache_write_tokens, 0 AS output_tokens, 0 AS reasoning_tokens, 0 AS audio_tokens,
    0 AS cost, 0 AS supplier_cost, coalesce(r.latency_ms, 0) AS latency_ms_sum, num_nonnulls(r.latency_ms) AS latency_count,
    coalesce(r.ttft_ms, 0) AS ttft_ms_sum, num_nonnulls(r.ttft_ms) AS ttft_count
  FROM fresh r
  ) d GROUP BY d.organization_id, d.hour, d.project_id, d.member_id, d.key_id, d.model_slug, d.provider_slug;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER request_log_usage AFTER INSERT ON request_log REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION add_usage_of_log();
--> statement-breakpoint
CREATE FUNCTION add_usage_of_corrections() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_delta (organization_id, hour, project_id, member_id, key_id, model_slug, provider_slug,
      requests, failed, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
      audio_tokens, cost, supplier_cost, latency_ms_sum, latency_count, ttft_ms_sum, ttft_count)
  SELECT d.organization_id, d.hour, d.project_id, d.member_id, d.key_id, d.model_slug, d.provider_slug,
      sum(d.requests), sum(d.failed), sum(d.input_tokens), sum(d.cached_input_tokens), sum(d.cache_write_tokens),
      sum(d.output_tokens), sum(d.reasoning_tokens), sum(d.audio_tokens), sum(d.cost), sum(d.supplier_cost),
      sum(d.latency_ms_sum), sum(d.latency_count), sum(d.ttft_ms_sum), sum(d.ttft_count)
  FROM (
  SELECT u.id, u.organization_id, date_trunc('hour', u.created_at, 'UTC') AS hour, u.project_id, coalesce(u.member_id, '') AS member_id,
    u.key_id, u.model_slug, u.provider_slug, 0 AS requests, 0 AS failed,
    0 AS input_tokens, 0 AS cached_input_tokens, 0 AS cache_write_tokens, 0 AS output_tokens, 0 AS reasoning_tokens, 0 AS audio_tokens,
    c.amount AS cost, 0 AS supplier_cost, 0 AS latency_ms_sum, 0 AS latency_count, 0 AS ttft_ms_sum, 0 AS ttft_count
  FROM fresh c JOIN usage_record u ON u.id = split_part(c.source, ':', 1) WHERE c.kind = 'correction'
  ) d GROUP BY d.organization_id, d.hour, d.project_id, d.member_id, d.key_id, d.model_slug, d.provider_slug;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER transfer_usage AFTER INSERT ON transfer REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION add_usage_of_corrections();
--> statement-breakpoint
-- Folds what was appended into the hours, exactly once: the rows go and the sums grow in one transaction.
-- Any number at once: each takes rows of its own, and the hours are locked in one order. Answers the number of rows taken.
CREATE FUNCTION fold_usage(p_limit integer) RETURNS bigint LANGUAGE sql AS $$
  WITH taken AS (
    DELETE FROM usage_delta WHERE id IN (SELECT x.id FROM usage_delta x ORDER BY x.id LIMIT p_limit FOR UPDATE SKIP LOCKED) RETURNING *
  ), folded AS (
    INSERT INTO usage_hour AS h (organization_id, hour, project_id, member_id, key_id, model_slug, provider_slug,
      requests, failed, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
      audio_tokens, cost, supplier_cost, latency_ms_sum, latency_count, ttft_ms_sum, ttft_count)
    SELECT d.organization_id, d.hour, d.project_id, d.member_id, d.key_id, d.model_slug, d.provider_slug,
      sum(d.requests), sum(d.failed), sum(d.input_tokens), sum(d.cached_input_tokens), sum(d.cache_write_tokens),
      sum(d.output_tokens), sum(d.reasoning_tokens), sum(d.audio_tokens), sum(d.cost), sum(d.supplier_cost),
      sum(d.latency_ms_sum), sum(d.latency_count), sum(d.ttft_ms_sum), sum(d.ttft_count)
    FROM taken d GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (organization_id, hour, project_id, member_id, key_id, model_slug, provider_slug) DO UPDATE SET
      requests = h.requests + excluded.requests, failed = h.failed + excluded.failed,
      input_tokens = h.input_tokens + excluded.input_tokens,
      cached_input_tokens = h.cached_input_tokens + excluded.cached_input_tokens,
      cache_write_tokens = h.cache_write_tokens + excluded.cache_write_tokens,
      output_tokens = h.output_tokens + excluded.output_tokens,
      reasoning_tokens = h.reasoning_tokens + excluded.reasoning_tokens,
      audio_tokens = h.audio_tokens + excluded.audio_tokens, cost = h.cost + excluded.cost,
      supplier_cost = h.supplier_cost + excluded.supplier_cost,
      latency_ms_sum = h.latency_ms_sum + excluded.latency_ms_sum,
      latency_count = h.latency_count + excluded.latency_count, ttft_ms_sum = h.ttft_ms_sum + excluded.ttft_ms_sum,
      ttft_count = h.ttft_count + excluded.ttft_count
  )
  SELECT count(*) FROM taken
$$;
--> statement-breakpoint
-- The roll-up as of this instant: the hours, and what has not been folded into them. One snapshot sees each sum once.
CREATE VIEW usage_by_hour AS
  SELECT organization_id, hour, project_id, member_id, key_id, model_slug, provider_slug,
    requests, failed, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    audio_tokens, cost, supplier_cost, latency_ms_sum, latency_count, ttft_ms_sum, ttft_count
  FROM usage_hour
  UNION ALL
  SELECT organization_id, hour, project_id, member_id, key_id, model_slug, provider_slug,
    requests, failed, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    audio_tokens, cost, supplier_cost, latency_ms_sum, latency_count, ttft_ms_sum, ttft_count
  FROM usage_delta;
--> statement-breakpoint
-- What there is already.
INSERT INTO usage_hour (organization_id, hour, project_id, member_id, key_id, model_slug, provider_slug,
    requests, failed, input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    audio_tokens, cost, supplier_cost, latency_ms_sum, latency_count, ttft_ms_sum, ttft_count)
SELECT d.organization_id, d.hour, d.project_id, d.member_id, d.key_id, d.model_slug, d.provider_slug,
      sum(d.requests), sum(d.failed), sum(d.input_tokens), sum(d.cached_input_tokens), sum(d.cache_write_tokens),
      sum(d.output_tokens), sum(d.reasoning_tokens), sum(d.audio_tokens), sum(d.cost), sum(d.supplier_cost),
      sum(d.latency_ms_sum), sum(d.latency_count), sum(d.ttft_ms_sum), sum(d.ttft_count)
FROM usage_recorded d GROUP BY 1, 2, 3, 4, 5, 6, 7;
--> statement-breakpoint

-- Records wait here until a block holds them: one row per statement and organization.
CREATE FUNCTION queue_for_sealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO unsealed (organization_id, kind, ids)
    SELECT organization_id, TG_TABLE_NAME, array_agg(id ORDER BY id) FROM fresh GROUP BY organization_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER usage_record_sealing AFTER INSERT ON usage_record REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION queue_for_sealing();
--> statement-breakpoint
CREATE TRIGGER transfer_sealing AFTER INSERT ON transfer REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION queue_for_sealing();
--> statement-breakpoint
INSERT INTO unsealed (organization_id, kind, ids)
SELECT organization_id, kind, array_agg(id ORDER BY id) FROM (
  SELECT organization_id, id, 'transfer' AS kind, row_number() OVER (PARTITION BY organization_id ORDER BY created_at, id) / 500 AS part FROM transfer
  UNION ALL
  SELECT organization_id, id, 'usage_record', row_number() OVER (PARTITION BY organization_id ORDER BY id) / 500 FROM usage_record
) x GROUP BY organization_id, kind, part ORDER BY organization_id, kind, part;
--> statement-breakpoint

CREATE TRIGGER block_append_only BEFORE UPDATE OR DELETE ON block FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER block_no_truncate BEFORE TRUNCATE ON block FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER transfer_no_truncate BEFORE TRUNCATE ON transfer FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER usage_record_no_truncate BEFORE TRUNCATE ON usage_record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER receipt_key_append_only BEFORE UPDATE OR DELETE ON receipt_key FOR EACH ROW EXECUTE FUNCTION refuse_change();
