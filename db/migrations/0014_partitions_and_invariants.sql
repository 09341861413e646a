-- Monthly partitions, always ahead of the clock, and a default partition that never keeps what it catches.

-- When a generation id was made: the inverse of first_generation_id.
CREATE FUNCTION generation_time(p_id text) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
  SELECT to_timestamp(sum((strpos('0123456789abcdefghjkmnpqrstvwxyz', substr(p_id, 4 + place, 1)) - 1) * 32::numeric ^ (10 - place)) / 1000)
  FROM generate_series(1, 10) AS place
$$;
--> statement-breakpoint
DROP FUNCTION ensure_month_partitions(timestamptz);
--> statement-breakpoint
-- Makes the partitions of this month and the next two, and of every month that the default partition holds rows of, which
-- it moves. Called by the sweeper; safe in parallel and when late. A lock that is not to be had within half a second is left
-- to the next call: settlements never queue behind this. Answers the number of rows moved.
CREATE FUNCTION ensure_month_partitions(around timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  month_start timestamp;
  moved bigint := 0;
BEGIN
  PERFORM set_config('lock_timeout', '500ms', true);
  FOREACH parent IN ARRAY ARRAY['usage_record', 'request_log'] LOOP
    FOR month_start IN EXECUTE format(
        'SELECT date_trunc(''month'', $1 AT TIME ZONE ''UTC'') + make_interval(months => step) FROM generate_series(0, 2) AS step
         UNION SELECT date_trunc(''month'', generation_time(id) AT TIME ZONE ''UTC'') FROM %I ORDER BY 1', parent || '_rest')
        USING around LOOP
      BEGIN
        moved := moved + make_month_partition(parent, month_start AT TIME ZONE 'UTC');
      EXCEPTION WHEN lock_not_available THEN
        RAISE WARNING 'the partition of % for % could not be made yet: the table is in use', parent, month_start;
      END;
    END LOOP;
  END LOOP;
  RETURN moved;
END $$;
--> statement-breakpoint
CREATE FUNCTION make_month_partition(parent text, month_start timestamptz) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  name text := parent || '_' || to_char(month_start AT TIME ZONE 'UTC', 'YYYYMM');
  rest text := parent || '_rest';
  lower text := first_generation_id(month_start);
  upper text := first_generation_id((month_start AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC');
  moved bigint;
BEGIN
  IF to_regclass(name) IS NOT NULL THEN RETURN 0; END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('partitions', 0));
  IF to_regclass(name) IS NOT NULL THEN RETURN 0; END IF;
  EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent);
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', name, parent);
  -- Detached, the default partition has no triggers: its rows move as they are, and are neither counted nor queued again.
  EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, rest);
  EXECUTE format('WITH gone AS (DELETE FROM %I WHERE id >= %L AND id < %L RETURNING *) INSERT INTO %I SELECT * FROM gone', rest, lower, upper, name);
  GET DIAGNOSTICS moved = ROW_COUNT;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, lower, upper);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I DEFAULT', parent, rest);
  RETURN moved;
END $$;
--> statement-breakpoint
SELECT ensure_month_partitions(now());
--> statement-breakpoint

DROP FUNCTION check_invariants();
--> statement-breakpoint
-- The invariants of MONEY.md §4.8 that Postgres alone can judge, and those of buckets (I15), roll-ups (I16) and partitions
-- (I17). One row per violation; no row means that all hold. Sums are over everything; single records and closed leases are
-- looked at from p_since on.
CREATE FUNCTION check_invariants(p_since timestamptz DEFAULT '2020-01-01Z') RETURNS TABLE (invariant text, organization_id text, subject text, detail text) LANGUAGE sql STABLE AS $$
  WITH corrected AS (
    SELECT t.organization_id, sum(t.amount) AS amount FROM transfer t WHERE t.kind = 'correction' GROUP BY 1),
  used AS (
    SELECT h.organization_id, (sum(h.cost) - coalesce(max(c.amount), 0))::bigint AS cost
    FROM usage_by_hour h LEFT JOIN corrected c USING (organization_id) GROUP BY 1),
  recent AS (SELECT * FROM usage_record r WHERE r.id >= first_generation_id(p_since)),
  lent AS (SELECT l.organization_id, sum(l.granted - l.returned)::bigint AS amount FROM lease l GROUP BY 1),
  flight AS (SELECT i.organization_id, sum(i.reserved)::bigint AS reserved FROM intent i WHERE i.state = 'started' GROUP BY 1),
  inside AS (SELECT unnest(ARRAY['promotional', 'committed', 'paid', 'leased', 'debt']) AS account),
  inflow AS (
    SELECT t.organization_id, sum(CASE
      WHEN t.credit IN (SELECT account FROM inside) AND t.debit NOT IN (SELECT account FROM inside) THEN t.amount
      WHEN t.debit IN (SELECT account FROM inside) AND t.credit NOT IN (SELECT account FROM inside) THEN -t.amount
      ELSE 0 END)::bigint AS amount
    FROM transfer t GROUP BY 1),
  account AS (
    SELECT t.organization_id, a.account, sum(CASE WHEN t.credit = a.account THEN t.amount ELSE 0 END
      - CASE WHEN t.debit = a.account THEN t.amount ELSE 0 END)::bigint AS amount
    FROM transfer t CROSS JOIN inside a GROUP BY 1, 2)
  SELECT 'I1', b.organization_id, b.organization_id,
    format('money in %s, held or spent %s', coalesce(f.amount, 0), b.promotional + b.committed + b.paid - b.debt + coalesce(l.amount, 0))
  FROM balance b LEFT JOIN lent l USING (organization_id) LEFT JOIN inflow f USING (organization_id)
  WHERE b.promotional + b.committed + b.paid - b.debt + coalesce(l.amount, 0) <> coalesce(f.amount, 0)
  UNION ALL
  SELECT 'I1', b.organization_id, a.account, format('transfers say %s', a.amount)
  FROM balance b JOIN account a USING (organization_id) LEFT JOIN lent l USING (organization_id)
  WHERE a.amount <> CASE a.account WHEN 'promotional' THEN b.promotional WHEN 'committed' THEN b.committed
    WHEN 'paid' THEN b.paid WHEN 'debt' THEN -b.debt ELSE coalesce(l.amount, 0) END
  UNION ALL
  SELECT 'I2', l.organization_id, l.id, format('free %s in an open lease without debt', lease_free(l.id))
  FROM lease l JOIN balance b USING (organization_id) WHERE l.state = 'open' AND b.debt = 0 AND lease_free(l.id) < 0
  UNION ALL
  SELECT 'I4', i.organization_id, i.id, format('state %s, cost %s of %s, usage %s', i.state, i.cost, i.reserved, u.cost)
  FROM intent i LEFT JOIN usage_record u ON u.id = i.id
  WHERE i.created_at >= p_since AND (i.cost < 0 OR i.cost > i.reserved
    OR (i.state IN ('settled', 'expired')) <> (u.id IS NOT NULL)
    OR (u.id IS NOT NULL AND u.cost <> i.cost))
  UNION ALL
  SELECT 'I4', u.organization_id, u.id, 'usage without an intent'
  FROM recent u LEFT JOIN intent i ON i.id = u.id WHERE i.id IS NULL
  UNION ALL
  SELECT 'I5', b.organization_id, b.organization_id, format('spent and reserved %s above %s', coalesce(u.cost, 0) + coalesce(r.reserved, 0), coalesce(f.amount, 0) + b.debt)
  FROM balance b LEFT JOIN used u USING (organization_id) LEFT JOIN flight r USING (organization_id) LEFT JOIN inflow f USING (organization_id)
  WHERE coalesce(u.cost, 0) + coalesce(r.reserved, 0) > coalesce(f.amount, 0) + b.debt
  UNION ALL
  SELECT 'I6', i.organization_id, i.id, format('still started, expired at %s', i.expires_at)
  FROM intent i WHERE i.state = 'started' AND i.expires_at < now() - interval '120 seconds'
  UNION ALL
  SELECT 'I7', l.organization_id, l.id, format('free %s', lease_free(l.id))
  FROM lease l WHERE (l.state <> 'closed' OR l.closed_at >= p_since)
    AND (lease_free(l.id) < 0 OR (l.state = 'closed' AND lease_free(l.id) <> 0))
  UNION ALL
  SELECT 'I8', l.organization_id, l.organization_id, format('%s open leases', count(*))
  FROM lease l WHERE l.state = 'open' GROUP BY l.organization_id HAVING count(*) > 1
  UNION ALL
  SELECT 'I11', u.organization_id, u.id, format('lines come to %s, record says %s + %s', lines_cost(u.lines), u.cost, u.overrun)
  FROM recent u WHERE lines_cost(u.lines) <> u.cost + u.overrun
  UNION ALL
  SELECT 'I11', u.organization_id, u.id, format('no price %s in version %s', l ->> 'pricedAs', u.price_version_id)
  FROM recent u CROSS JOIN LATERAL jsonb_array_elements(u.lines) AS l
  LEFT JOIN price p ON p.price_version_id = u.price_version_id AND p.unit = l ->> 'pricedAs'
    AND p.above_context_tokens = (l ->> 'aboveContextTokens')::integer
    AND p.platform_nano_usd_per_million = (l ->> 'priceNanoUsdPerMillion')::bigint
  WHERE p.price_version_id IS NULL
  UNION ALL
  SELECT 'I12', b.organization_id, b.sequence::text, format('follows %s, the block before has %s', b.previous_hash, b.before)
  FROM (SELECT x.organization_id, x.sequence, x.previous_hash,
      lag(x.hash, 1, repeat('0', 64)) OVER (PARTITION BY x.organization_id ORDER BY x.sequence) AS before,
      row_number() OVER (PARTITION BY x.organization_id ORDER BY x.sequence) AS place FROM block x) b
  WHERE b.previous_hash <> b.before OR b.sequence <> b.place
  UNION ALL
  SELECT 'I12', '', x.trigger_name, 'an append-only table is not protected'
  FROM unnest(ARRAY['transfer_append_only', 'usage_record_append_only', 'block_append_only']) AS x (trigger_name)
  WHERE NOT EXISTS (SELECT 1 FROM pg_trigger g WHERE g.tgname = x.trigger_name AND g.tgparentid = 0 AND g.tgenabled IN ('O', 'A'))
  UNION ALL
  SELECT 'I15', b.organization_id, 'promotional', format('grants hold %s, balance says %s', coalesce(g.remaining, 0), b.promotional)
  FROM balance b LEFT JOIN (SELECT p.organization_id, sum(p.remaining)::bigint AS remaining FROM promotional_grant p GROUP BY 1) g
    USING (organization_id) WHERE coalesce(g.remaining, 0) <> b.promotional
  UNION ALL
  SELECT 'I15', p.organization_id, p.id, format('%s of promotional money ended at %s and is still there', p.remaining, p.expires_at)
  FROM promotional_grant p WHERE p.remaining > 0 AND p.expires_at < now() - interval '10 minutes'
  UNION ALL
  SELECT 'I15', l.organization_id, l.id, format('spent %s as promotional %s, committed %s', s.cost, s.promotional, s.committed)
  FROM lease l CROSS JOIN LATERAL (
    SELECT coalesce(sum(u.cost), 0) AS cost, coalesce(sum(u.from_promotional), 0) AS promotional, coalesce(sum(u.from_committed), 0) AS committed
    FROM usage_record u WHERE u.lease_id = l.id) s
  WHERE (l.state <> 'closed' OR l.closed_at >= p_since) AND (
    s.promotional <> CASE WHEN l.from_committed + l.from_paid = 0 THEN s.cost ELSE least(l.from_promotional, s.cost) END
    OR s.committed <> CASE WHEN l.from_committed = 0 THEN 0 WHEN l.from_paid = 0 THEN s.cost - least(l.from_promotional, s.cost)
      ELSE least(l.from_promotional + l.from_committed, s.cost) - least(l.from_promotional, s.cost) END)
  UNION ALL
  SELECT 'I16', d.organization_id, d.key_id || ' ' || d.model_slug || ' ' || d.hour, format('roll-up and records differ by %s requests, %s tokens, cost %s, supplier cost %s',
    sum(d.requests), sum(d.tokens), sum(d.cost), sum(d.supplier_cost))
  FROM (
    SELECT h.organization_id, h.hour, h.project_id, h.member_id, h.key_id, h.model_slug, h.provider_slug, h.requests, h.failed,
      h.input_tokens + h.cached_input_tokens + h.cache_write_tokens + h.output_tokens + h.reasoning_tokens + h.audio_tokens AS tokens,
      h.cost, h.supplier_cost, h.latency_ms_sum + h.ttft_ms_sum AS times
    FROM usage_by_hour h WHERE h.hour >= date_trunc('hour', p_since)
    UNION ALL
    SELECT r.organization_id, r.hour, r.project_id, r.member_id, r.key_id, r.model_slug, r.provider_slug, -r.requests, -r.failed,
      -(r.input_tokens + r.cached_input_tokens + r.cache_write_tokens + r.output_tokens + r.reasoning_tokens + r.audio_tokens),
      -r.cost, -r.supplier_cost, -(r.latency_ms_sum + r.ttft_ms_sum)
    FROM usage_recorded r WHERE r.hour >= date_trunc('hour', p_since) AND r.id >= first_generation_id(date_trunc('hour', p_since) - interval '2 hours')
  ) d GROUP BY d.organization_id, d.hour, d.project_id, d.member_id, d.key_id, d.model_slug, d.provider_slug
  HAVING sum(d.requests) <> 0 OR sum(d.failed) <> 0 OR sum(d.tokens) <> 0 OR sum(d.cost) <> 0 OR sum(d.supplier_cost) <> 0 OR sum(d.times) <> 0
  UNION ALL
  SELECT 'I17', '', x.name, format('%s rows in the default partition', x.rows)
  FROM (SELECT 'usage_record' AS name, count(*) AS rows FROM usage_record_rest UNION ALL SELECT 'request_log', count(*) FROM request_log_rest) x
  WHERE x.rows > 0
  UNION ALL
  SELECT 'I17', '', x.name, 'has no partition for next month'
  FROM unnest(ARRAY['usage_record', 'request_log']) AS x (name)
  WHERE to_regclass(x.name || '_' || to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month', 'YYYYMM')) IS NULL
$$;
