-- What a lease has spent was summed over all its requests, whenever one more was to start: a lease of $20 carries a hundred thousand
-- of them. It is a roll-up now, written in the transaction of the usage record, like the one behind the budgets.
CREATE OR REPLACE FUNCTION count_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cap_usage (organization_id, scope, scope_id, bucket, slot, spent)
  SELECT u.organization_id, s.scope, s.id, date_bin('15 minutes', i.admitted_at, '1970-01-01 00:00:00+00'),
    (pg_backend_pid() % 8)::smallint, sum(u.cost)
  FROM written u JOIN intent i ON i.id = u.id CROSS JOIN LATERAL (VALUES ('organization', u.organization_id),
    ('project', u.project_id), ('member', u.member_id), ('key', u.key_id)) AS s (scope, id)
  WHERE u.cost > 0 AND s.id IS NOT NULL
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (organization_id, scope, scope_id, bucket, slot) DO UPDATE SET spent = cap_usage.spent + excluded.spent;
  INSERT INTO lease_spend (lease_id, slot, spent)
  SELECT u.lease_id, (pg_backend_pid() % 8)::smallint, sum(u.cost) FROM written u
  WHERE u.cost > 0 AND u.lease_id IS NOT NULL GROUP BY 1 ORDER BY 1
  ON CONFLICT (lease_id, slot) DO UPDATE SET spent = lease_spend.spent + excluded.spent;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- What there is already.
INSERT INTO lease_spend (lease_id, slot, spent)
  SELECT u.lease_id, 0, sum(u.cost) FROM usage_record u WHERE u.cost > 0 AND u.lease_id IS NOT NULL GROUP BY 1;
--> statement-breakpoint
-- As before, from the roll-up and the requests in flight alone.
CREATE OR REPLACE FUNCTION lease_use(p_lease text, OUT free bigint, OUT started bigint) LANGUAGE sql STABLE AS $$
  SELECT (l.granted - l.returned - coalesce((SELECT sum(s.spent) FROM lease_spend s WHERE s.lease_id = l.id), 0)
    - coalesce(i.reserved, 0))::bigint, coalesce(i.started, 0)
  FROM lease l LEFT JOIN LATERAL (
    SELECT sum(reserved) AS reserved, count(*) AS started FROM intent WHERE lease_id = l.id AND state = 'started') i ON true
  WHERE l.id = p_lease
$$;
--> statement-breakpoint
-- As before, from the roll-up.
CREATE OR REPLACE VIEW balance_standing AS
SELECT b.organization_id, x.total, x.total - x.reserved AS spendable,
  coalesce((SELECT sum(h.cost) / 7 FROM usage_by_hour h
    WHERE h.organization_id = b.organization_id AND h.hour > now() - interval '7 days'), 0)::bigint AS daily_spend
FROM balance b CROSS JOIN LATERAL (
  SELECT b.promotional + b.committed + b.paid - b.debt + coalesce((
      SELECT sum(l.granted - l.returned - coalesce((SELECT sum(s.spent) FROM lease_spend s WHERE s.lease_id = l.id), 0))
      FROM lease l WHERE l.organization_id = b.organization_id AND l.state <> 'closed'), 0)::bigint AS total,
    coalesce((SELECT sum(i.reserved) FROM intent i
      WHERE i.organization_id = b.organization_id AND i.state = 'started'), 0)::bigint AS reserved) x;
--> statement-breakpoint
-- As before, and the roll-up of a lease has to come to its records (I7).
CREATE OR REPLACE FUNCTION check_invariants(p_since timestamptz DEFAULT '2020-01-01Z') RETURNS TABLE (invariant text, organization_id text, subject text, detail text) LANGUAGE sql STABLE AS $$
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
  SELECT 'I7', l.organization_id, l.id, format('roll-up says %s spent, records %s', s.rolled, s.recorded)
  FROM lease l CROSS JOIN LATERAL (
    SELECT (SELECT coalesce(sum(x.spent), 0) FROM lease_spend x WHERE x.lease_id = l.id) AS rolled,
      (SELECT coalesce(sum(u.cost), 0) FROM usage_record u WHERE u.lease_id = l.id) AS recorded) s
  WHERE (l.state <> 'closed' OR l.closed_at >= p_since) AND s.rolled <> s.recorded
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
--> statement-breakpoint
-- The id of an intent is that of its usage record, and has to be compared as it is there: under another collation its index was of no
-- use to the trigger behind the budgets, which read every intent there ever was, at every settlement.
ALTER TABLE intent ALTER COLUMN id TYPE text COLLATE "C";
