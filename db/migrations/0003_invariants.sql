-- The invariants of MONEY.md §4.8 that Postgres alone can judge. One row per violation; no row means that all hold.
CREATE FUNCTION check_invariants() RETURNS TABLE (invariant text, organization_id text, subject text, detail text) LANGUAGE sql STABLE AS $$
  WITH used AS (SELECT u.organization_id, sum(u.cost)::bigint AS cost FROM usage_record u GROUP BY 1),
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
  WHERE i.cost < 0 OR i.cost > i.reserved
    OR (i.state IN ('settled', 'expired')) <> (u.id IS NOT NULL)
    OR (u.id IS NOT NULL AND u.cost <> i.cost)
  UNION ALL
  SELECT 'I4', u.organization_id, u.id, 'usage without an intent'
  FROM usage_record u LEFT JOIN intent i ON i.id = u.id WHERE i.id IS NULL
  UNION ALL
  SELECT 'I5', b.organization_id, b.organization_id, format('spent and reserved %s above %s', coalesce(u.cost, 0) + coalesce(r.reserved, 0), coalesce(f.amount, 0) + b.debt)
  FROM balance b LEFT JOIN used u USING (organization_id) LEFT JOIN flight r USING (organization_id) LEFT JOIN inflow f USING (organization_id)
  WHERE coalesce(u.cost, 0) + coalesce(r.reserved, 0) > coalesce(f.amount, 0) + b.debt
  UNION ALL
  SELECT 'I6', i.organization_id, i.id, format('still started, expired at %s', i.expires_at)
  FROM intent i WHERE i.state = 'started' AND i.expires_at < now() - interval '120 seconds'
  UNION ALL
  SELECT 'I7', l.organization_id, l.id, format('free %s', lease_free(l.id))
  FROM lease l WHERE lease_free(l.id) < 0 OR (l.state = 'closed' AND lease_free(l.id) <> 0)
  UNION ALL
  SELECT 'I8', l.organization_id, l.organization_id, format('%s open leases', count(*))
  FROM lease l WHERE l.state = 'open' GROUP BY l.organization_id HAVING count(*) > 1
  UNION ALL
  SELECT 'I11', u.organization_id, u.id, format('lines come to %s, record says %s + %s', lines_cost(u.lines), u.cost, u.overrun)
  FROM usage_record u WHERE lines_cost(u.lines) <> u.cost + u.overrun
  UNION ALL
  SELECT 'I11', u.organization_id, u.id, format('no price %s in version %s', l ->> 'pricedAs', u.price_version_id)
  FROM usage_record u CROSS JOIN LATERAL jsonb_array_elements(u.lines) AS l
  LEFT JOIN price p ON p.price_version_id = u.price_version_id AND p.unit = l ->> 'pricedAs'
    AND p.above_context_tokens = (l ->> 'aboveContextTokens')::integer
    AND p.platform_nano_usd_per_million = (l ->> 'priceNanoUsdPerMillion')::bigint
  WHERE p.price_version_id IS NULL
$$;
