-- Budgets, rate limits and the strict path as SQL functions. Decisions 0006 and 0007 say why they are as they are.

-- The window of a budget at an instant: [starts, ends). Calendar windows follow UTC; the 5-hour ones begin at 0, 5, 10, 15 and
-- 20 o'clock. A rolling window moves in steps and covers at least its length: it starts at a step's border, and `ends` is the
-- border at which it has to be worked out anew. A rolling month has thirty days.
CREATE FUNCTION budget_window(p_window text, p_rolling boolean, p_at timestamptz, OUT starts timestamptz, OUT ends timestamptz,
  OUT span interval, OUT step interval) LANGUAGE plpgsql STABLE AS $$
DECLARE
  day_start timestamptz := date_trunc('day', p_at, 'UTC');
BEGIN
  IF p_window = 'total' THEN
    starts := '-infinity';
    ends := 'infinity';
  ELSIF p_rolling THEN
    span := CASE p_window WHEN '5h' THEN '5 hours' WHEN 'day' THEN '24 hours' WHEN 'week' THEN '168 hours' ELSE '720 hours' END::interval;
    step := CASE p_window WHEN '5h' THEN '15 minutes' WHEN 'day' THEN '1 hour' WHEN 'week' THEN '6 hours' ELSE '24 hours' END::interval;
    starts := date_bin(step, p_at - span, '1970-01-01 00:00:00+00');
    ends := date_bin(step, p_at, '1970-01-01 00:00:00+00') + step;
  ELSIF p_window = '5h' THEN
    starts := day_start + floor(extract(epoch FROM p_at - day_start) / 18000) * interval '5 hours';
    ends := least(starts + interval '5 hours', day_start + interval '24 hours');
  ELSE
    starts := date_trunc(p_window, p_at, 'UTC');
    ends := (starts AT TIME ZONE 'UTC' + ('1 ' || p_window)::interval) AT TIME ZONE 'UTC';
  END IF;
END $$;
--> statement-breakpoint
CREATE FUNCTION budget_binds(p_scope text, p_scope_id text, p_organization text, p_project text, p_member text, p_key text)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(p_scope_id = CASE p_scope WHEN 'organization' THEN p_organization WHEN 'project' THEN p_project
    WHEN 'member' THEN p_member ELSE p_key END, false)
$$;
--> statement-breakpoint

-- Where every budget of an organization stands: what its window has spent, and what requests in flight hold of it. Spent and
-- reserved are of one snapshot, so a request is in exactly one of them. resets_at: when the window ends, or when the oldest
-- spend that a rolling one counts leaves it.
CREATE FUNCTION budget_standing(p_organization text, p_at timestamptz)
RETURNS TABLE (budget_id text, starts timestamptz, ends timestamptz, resets_at timestamptz, spent bigint, reserved bigint)
LANGUAGE sql STABLE AS $$
  SELECT b.id, w.starts, w.ends,
    CASE WHEN b.is_rolling THEN date_bin(w.step, u.oldest, '1970-01-01 00:00:00+00') + w.step + w.span
      WHEN b."window" <> 'total' THEN w.ends END,
    u.spent, h.reserved
  FROM budget b
  CROSS JOIN LATERAL budget_window(b."window", b.is_rolling, p_at) w
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(c.spent), 0)::bigint AS spent, min(c.bucket) FILTER (WHERE c.spent > 0) AS oldest
    FROM cap_usage c WHERE c.organization_id = b.organization_id AND c.scope = b.scope AND c.scope_id = b.scope_id
      AND c.bucket >= w.starts AND (b.is_rolling OR c.bucket < w.ends)) u
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(i.reserved), 0)::bigint AS reserved FROM intent i
    WHERE i.organization_id = b.organization_id AND i.state = 'started'
      AND budget_binds(b.scope, b.scope_id, i.organization_id, i.project_id, i.member_id, i.key_id)
      AND i.admitted_at >= w.starts AND (b.is_rolling OR i.admitted_at < w.ends)) h
  WHERE b.organization_id = p_organization
$$;
--> statement-breakpoint

-- Milliseconds since the epoch; null for never.
CREATE FUNCTION epoch_ms(p_at timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN isfinite(p_at) THEN floor(extract(epoch FROM p_at) * 1000)::bigint END
$$;
--> statement-breakpoint

-- Everything that a counter store has to know to judge requests of an organization, of one snapshot: what a lost store is
-- rebuilt from. Amounts are text: JSON numbers are not exact above 2^53.
CREATE FUNCTION limits_state(p_organization text, p_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
  WITH standing AS (SELECT * FROM budget_standing(p_organization, p_at)),
  cap AS (
    SELECT b.id, b.scope, b.scope_id, b."window", b.is_rolling, b.amount, s.starts, s.ends, s.resets_at, s.spent
    FROM budget b JOIN standing s ON s.budget_id = b.id WHERE b.organization_id = p_organization AND b.is_hard
  )
  SELECT jsonb_build_object(
    'version', o.limits_version,
    'rates', jsonb_build_object('requests', o.requests_per_minute, 'tokens', o.tokens_per_minute, 'concurrent', o.max_concurrent),
    'keys', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'expiresAtMs', epoch_ms(k.expires_at),
        'rates', jsonb_build_object('requests', k.requests_per_minute, 'tokens', k.tokens_per_minute, 'concurrent', k.max_concurrent))), '[]')
      FROM api_key k WHERE k.organization_id = o.id AND k.status = 'active'),
    'caps', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'scope', c.scope, 'scopeId', c.scope_id, 'window', c."window",
        'limit', c.amount::text, 'spent', c.spent::text, 'endsAtMs', epoch_ms(c.ends), 'resetsAtMs', epoch_ms(c.resets_at))), '[]')
      FROM cap c),
    'holds', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'amount', i.reserved::text, 'leaseId', i.lease_id,
        'keyId', i.key_id, 'expiresAtMs', epoch_ms(i.expires_at),
        'capIds', (SELECT coalesce(jsonb_agg(c.id), '[]') FROM cap c
          WHERE budget_binds(c.scope, c.scope_id, i.organization_id, i.project_id, i.member_id, i.key_id)
            AND i.admitted_at >= c.starts AND (c.is_rolling OR i.admitted_at < c.ends)))), '[]')
      FROM intent i WHERE i.organization_id = o.id AND i.state = 'started'))
  FROM organization o WHERE o.id = p_organization
$$;
--> statement-breakpoint

-- Any change of a limit or of a key's state makes counter stores rebuild what they know of the organization.
CREATE FUNCTION bump_limits_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE organization SET limits_version = limits_version + 1
    WHERE id = CASE TG_OP WHEN 'DELETE' THEN OLD.organization_id ELSE NEW.organization_id END;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER budget_limits AFTER INSERT OR UPDATE OR DELETE ON budget FOR EACH ROW EXECUTE FUNCTION bump_limits_version();
--> statement-breakpoint
CREATE TRIGGER api_key_limits AFTER INSERT OR UPDATE OF status, expires_at, requests_per_minute, tokens_per_minute, max_concurrent
  ON api_key FOR EACH ROW EXECUTE FUNCTION bump_limits_version();
--> statement-breakpoint
CREATE FUNCTION bump_own_limits_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.limits_version := OLD.limits_version + 1;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER organization_limits BEFORE UPDATE OF requests_per_minute, tokens_per_minute, max_concurrent
  ON organization FOR EACH ROW EXECUTE FUNCTION bump_own_limits_version();
--> statement-breakpoint

-- The roll-up behind the budgets, in the transaction of the usage record itself: whoever writes a record, it is counted.
-- Rows are written in one order everywhere, so that two settlements never wait for each other in a circle.
CREATE FUNCTION count_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cap_usage (organization_id, scope, scope_id, bucket, slot, spent)
  SELECT u.organization_id, s.scope, s.id, date_bin('15 minutes', i.admitted_at, '1970-01-01 00:00:00+00'),
    (pg_backend_pid() % 8)::smallint, sum(u.cost)
  FROM written u JOIN intent i ON i.id = u.id CROSS JOIN LATERAL (VALUES ('organization', u.organization_id),
    ('project', u.project_id), ('member', u.member_id), ('key', u.key_id)) AS s (scope, id)
  WHERE u.cost > 0 AND s.id IS NOT NULL
  GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
  ON CONFLICT (organization_id, scope, scope_id, bucket, slot) DO UPDATE SET spent = cap_usage.spent + excluded.spent;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER usage_record_counted AFTER INSERT ON usage_record REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT EXECUTE FUNCTION count_usage();
--> statement-breakpoint
-- A correction is spent like the rest of its request; counters that did not see it are rebuilt.
CREATE FUNCTION count_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO cap_usage (organization_id, scope, scope_id, bucket, slot, spent)
  SELECT NEW.organization_id, s.scope, s.id, date_bin('15 minutes', NEW.admitted_at, '1970-01-01 00:00:00+00'),
    (pg_backend_pid() % 8)::smallint, NEW.corrected
  FROM (VALUES ('organization', NEW.organization_id), ('project', NEW.project_id), ('member', NEW.member_id), ('key', NEW.key_id))
    AS s (scope, id) WHERE s.id IS NOT NULL ORDER BY 1, 2, 3
  ON CONFLICT (organization_id, scope, scope_id, bucket, slot) DO UPDATE SET spent = cap_usage.spent + excluded.spent;
  UPDATE organization SET limits_version = limits_version + 1 WHERE id = NEW.organization_id
    AND EXISTS (SELECT 1 FROM budget WHERE organization_id = NEW.organization_id AND is_hard);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER intent_corrected AFTER UPDATE OF corrected ON intent FOR EACH ROW
  WHEN (NEW.corrected > 0 AND OLD.corrected IS NULL) EXECUTE FUNCTION count_correction();
--> statement-breakpoint
INSERT INTO cap_usage (organization_id, scope, scope_id, bucket, slot, spent)
  SELECT u.organization_id, s.scope, s.id, date_bin('15 minutes', u.created_at, '1970-01-01 00:00:00+00'), 0,
    sum(u.cost + coalesce(i.corrected, 0))
  FROM usage_record u LEFT JOIN intent i ON i.id = u.id CROSS JOIN LATERAL (VALUES ('organization', u.organization_id),
    ('project', u.project_id), ('member', u.member_id), ('key', u.key_id)) AS s (scope, id)
  WHERE u.cost > 0 AND s.id IS NOT NULL GROUP BY 1, 2, 3, 4;
--> statement-breakpoint
-- Buckets that only a total window can still count become one row per scope.
CREATE FUNCTION fold_cap_usage(p_before timestamptz) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  done integer;
BEGIN
  WITH old AS (DELETE FROM cap_usage WHERE bucket < p_before AND isfinite(bucket)
      RETURNING organization_id, scope, scope_id, spent),
  folded AS (
    INSERT INTO cap_usage (organization_id, scope, scope_id, bucket, slot, spent)
    SELECT organization_id, scope, scope_id, '-infinity', 0, sum(spent) FROM old GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (organization_id, scope, scope_id, bucket, slot) DO UPDATE SET spent = cap_usage.spent + excluded.spent
    RETURNING 1)
  SELECT count(*) INTO done FROM old;
  RETURN done;
END $$;
--> statement-breakpoint

-- Fences every lease of an organization at once and takes back what is free. The caller holds the organization lock.
CREATE FUNCTION close_leases(p_organization text, p_except text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  l record;
BEGIN
  UPDATE lease SET state = 'closing', drain_until = NULL
    WHERE organization_id = p_organization AND state IN ('open', 'draining') AND id IS DISTINCT FROM p_except;
  FOR l IN SELECT x.id FROM lease x WHERE x.organization_id = p_organization AND x.state = 'closing' ORDER BY x.id LOOP
    PERFORM reclaim_lease(l.id);
  END LOOP;
END $$;
--> statement-breakpoint

DROP FUNCTION rotate_lease(text, text, bigint, bigint, integer);
--> statement-breakpoint
-- Refill and recovery in one: drain the open lease, take back what is free, lend a new slice.
-- verdict: ok | insufficient. When insufficient `available` is all that could have been lent.
-- p_minimum is the reserve that the caller needs; the lease is never smaller.
-- p_known_lease and p_known_version are what the caller's counters know. If they are not what is true here, the counters missed
-- something and `state` is what to rebuild them from; where hard budgets depend on it, every older lease is fenced at once, so
-- that nothing can start that the snapshot does not hold. p_at is the counters' own time; null asks for no state at all.
CREATE FUNCTION rotate_lease(p_organization text, p_lease text, p_minimum bigint, p_cap bigint, p_drain_ms integer,
  p_known_lease text, p_known_version bigint, p_at timestamptz)
RETURNS TABLE (verdict text, granted bigint, available bigint, reserved bigint, generation bigint, state jsonb) LANGUAGE plpgsql AS $$
DECLARE
  b balance%ROWTYPE;
  l record;
  v_recount boolean;
  v_generation bigint;
  reclaimable bigint := 0;
  in_flight bigint;
  total bigint;
  recent bigint;
  target bigint;
  take_promotional bigint;
  take_committed bigint;
  take_paid bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(organization_lock_key(p_organization));
  PERFORM expire_grants(p_organization);
  SELECT * INTO b FROM balance WHERE organization_id = p_organization FOR UPDATE;
  v_generation := nextval('lease_generation');
  v_recount := p_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM lease x JOIN organization o ON o.id = x.organization_id
    WHERE x.id = p_known_lease AND x.organization_id = p_organization AND x.state = 'open' AND o.limits_version = p_known_version);
  IF v_recount AND EXISTS (SELECT 1 FROM budget x WHERE x.organization_id = p_organization AND x.is_hard) THEN
    PERFORM close_leases(p_organization, p_lease);
    SELECT * INTO b FROM balance WHERE organization_id = p_organization;
  END IF;
  -- The same call again after its answer was lost.
  IF EXISTS (SELECT 1 FROM lease x WHERE x.id = p_lease) THEN
    RETURN QUERY SELECT 'ok', x.granted, 0::bigint, 0::bigint, v_generation,
        CASE WHEN v_recount THEN limits_state(p_organization, p_at) END FROM lease x WHERE x.id = p_lease;
    RETURN;
  END IF;
  SELECT coalesce(sum(greatest(lease_free(x.id), 0)), 0)::bigint INTO reclaimable
    FROM lease x WHERE x.organization_id = p_organization AND x.state <> 'closed';
  SELECT coalesce(sum(i.reserved), 0)::bigint INTO in_flight
    FROM intent i WHERE i.organization_id = p_organization AND i.state = 'started';
  total := coalesce(b.promotional + b.committed + b.paid, 0) + reclaimable;
  IF b.debt > 0 OR total < p_minimum OR total = 0 THEN
    RETURN QUERY SELECT 'insufficient', 0::bigint, CASE WHEN b.debt > 0 THEN 0::bigint ELSE total END, in_flight, v_generation,
      CASE WHEN v_recount THEN limits_state(p_organization, p_at) END;
    RETURN;
  END IF;

  UPDATE lease SET state = 'draining', drain_until = clock_timestamp() + make_interval(secs => p_drain_ms / 1000.0)
    WHERE organization_id = p_organization AND lease.state = 'open';
  SELECT coalesce(sum(x.granted), 0)::bigint INTO recent
    FROM lease x WHERE x.organization_id = p_organization AND x.opened_at > now() - interval '10 seconds';
  target := greatest(p_minimum, least(greatest(total / 4, 8 * p_minimum, recent), p_cap));
  -- Leases whose drain is over are reclaimed; at the last dollar those still draining too, before a caller is refused. Not
  -- earlier: what was admitted under them and has not started yet would be sent round again, and could be for ever.
  FOR l IN SELECT x.id, x.state, x.drain_until FROM lease x
      WHERE x.organization_id = p_organization AND x.state IN ('draining', 'closing') ORDER BY x.id LOOP
    SELECT * INTO b FROM balance WHERE organization_id = p_organization;
    IF l.state = 'closing' OR l.drain_until <= clock_timestamp()
        OR b.promotional + b.committed + b.paid < greatest(p_minimum, 1) THEN
      PERFORM reclaim_lease(l.id);
    END IF;
  END LOOP;

  SELECT * INTO b FROM balance WHERE organization_id = p_organization;
  target := least(target, b.promotional + b.committed + b.paid);
  take_promotional := least(b.promotional, target);
  take_committed := least(b.committed, target - take_promotional);
  take_paid := target - take_promotional - take_committed;
  UPDATE balance SET promotional = promotional - take_promotional, committed = committed - take_committed, paid = paid - take_paid
    WHERE organization_id = p_organization;
  INSERT INTO lease (id, organization_id, granted, from_promotional, from_committed, from_paid, state, opened_at, generation)
    VALUES (p_lease, p_organization, target, take_promotional, take_committed, take_paid, 'open', clock_timestamp(), v_generation);
  INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
    SELECT new_transfer_id(), p_organization, 'lease_grant', p_lease || ':' || bucket, bucket, 'leased', amount
    FROM (VALUES ('promotional', take_promotional), ('committed', take_committed), ('paid', take_paid)) AS t (bucket, amount)
    WHERE amount > 0;
  RETURN QUERY SELECT 'ok', target, b.promotional + b.committed + b.paid - target, in_flight, v_generation,
    CASE WHEN v_recount THEN limits_state(p_organization, p_at) END;
END $$;
--> statement-breakpoint

-- As before, and: stale (a limit or a key changed since the counters were built), and the instant of admission.
CREATE OR REPLACE FUNCTION start_intents(p_batch jsonb) RETURNS TABLE (id text, verdict text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  g record;
  v_free bigint;
BEGIN
  FOR g IN SELECT x.organization_id, x.lease_id FROM jsonb_to_recordset(p_batch) AS x (organization_id text, lease_id text)
      GROUP BY 1, 2 ORDER BY 1, 2 NULLS FIRST LOOP
    PERFORM pg_advisory_xact_lock_shared(organization_lock_key(g.organization_id));
    v_free := NULL;
    SELECT lease_free(l.id) INTO v_free FROM lease l WHERE l.id = g.lease_id AND l.organization_id = g.organization_id
      AND (l.state = 'open' OR (l.state = 'draining' AND l.drain_until > clock_timestamp()))
      AND (l.valid_until IS NULL OR l.valid_until > clock_timestamp());
    RETURN QUERY
    WITH asked AS (
      SELECT x.*, sum(x.reserved) OVER (ORDER BY x.id) AS running
      FROM jsonb_to_recordset(p_batch) AS x (id text, organization_id text, project_id text, key_id text, member_id text,
        lease_id text, model_slug text, endpoint_id text, price_version_id text, reserved bigint, ttl_ms bigint, request jsonb,
        limits_version bigint, admitted_at_ms bigint)
      WHERE x.organization_id = g.organization_id AND x.lease_id IS NOT DISTINCT FROM g.lease_id
    ), judged AS (
      SELECT a.*, CASE
        WHEN k.id IS NULL OR k.status <> 'active' OR k.expires_at <= clock_timestamp() THEN 'key'
        WHEN o.status <> 'active' THEN 'suspended'
        WHEN a.limits_version <> o.limits_version THEN 'stale'
        WHEN a.reserved > 0 AND v_free IS NULL THEN 'closed'
        WHEN a.reserved > 0 AND a.running > v_free THEN 'short'
        ELSE 'ok' END AS verdict
      FROM asked a
      LEFT JOIN api_key k ON k.id = a.key_id AND k.organization_id = a.organization_id
      LEFT JOIN organization o ON o.id = a.organization_id
    ), inserted AS (
      INSERT INTO intent (id, organization_id, project_id, key_id, member_id, lease_id, model_slug, endpoint_id,
        price_version_id, reserved, state, request, created_at, admitted_at, expires_at)
      SELECT j.id, j.organization_id, j.project_id, j.key_id, j.member_id, j.lease_id, j.model_slug, j.endpoint_id,
        j.price_version_id, j.reserved, 'started', j.request, clock_timestamp(),
        coalesce(to_timestamp(j.admitted_at_ms / 1000.0), clock_timestamp()), clock_timestamp() + make_interval(secs => j.ttl_ms / 1000.0)
      FROM judged j WHERE j.verdict = 'ok' ORDER BY j.id
      ON CONFLICT (id) DO NOTHING
      RETURNING intent.id
    )
    SELECT j.id, CASE WHEN j.verdict = 'ok' AND i.id IS NULL THEN 'duplicate' ELSE j.verdict END
    FROM judged j LEFT JOIN inserted i ON i.id = j.id;
  END LOOP;
END $$;
--> statement-breakpoint

-- The strict path: admission without counters, under the organization's lock, with budgets from the roll-up and the intents in
-- flight. Every lease is fenced first, so counters that are still alive somewhere cannot spend beside it. Each request gets a
-- lease of its own, exactly as large as its reserve, which accepts no other intent.
-- verdict: ok | duplicate | key | suspended | insufficient | cap | rate. detail: what the refusal says to the caller.
CREATE FUNCTION strict_start_intents(p_batch jsonb) RETURNS TABLE (id text, verdict text, detail jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  a record;
  b balance%ROWTYPE;
  locked text := '';
  v_verdict text;
  v_detail jsonb;
  take_promotional bigint;
  take_committed bigint;
BEGIN
  FOR a IN SELECT * FROM jsonb_to_recordset(p_batch) AS x (id text, organization_id text, project_id text, key_id text, member_id text,
      lease_id text, model_slug text, endpoint_id text, price_version_id text, reserved bigint, ttl_ms bigint, request jsonb)
      ORDER BY organization_id, id LOOP
    IF locked <> a.organization_id THEN
      locked := a.organization_id;
      PERFORM pg_advisory_xact_lock(organization_lock_key(locked));
      PERFORM expire_grants(locked);
      IF EXISTS (SELECT 1 FROM lease WHERE organization_id = locked AND state IN ('open', 'draining')) THEN
        PERFORM close_leases(locked, NULL);
      END IF;
    END IF;
    v_verdict := 'ok';
    v_detail := NULL;
    SELECT CASE
        WHEN k.id IS NULL OR k.status <> 'active' OR k.expires_at <= clock_timestamp() THEN 'key'
        WHEN o.status <> 'active' THEN 'suspended'
        WHEN EXISTS (SELECT 1 FROM intent i WHERE i.id = a.id) THEN 'duplicate'
        WHEN r.by_key >= k.requests_per_minute OR r.by_organization >= o.requests_per_minute THEN 'rate'
        ELSE 'ok' END
      INTO v_verdict
      FROM organization o LEFT JOIN api_key k ON k.id = a.key_id AND k.organization_id = o.id
      CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE i.key_id = a.key_id) AS by_key, count(*) AS by_organization FROM intent i
        WHERE i.organization_id = o.id AND coalesce(k.requests_per_minute, o.requests_per_minute) IS NOT NULL
          AND i.created_at > clock_timestamp() - interval '1 minute') r
      WHERE o.id = a.organization_id;
    v_verdict := coalesce(v_verdict, 'key');
    IF v_verdict = 'ok' AND a.reserved > 0 THEN
      SELECT 'cap', jsonb_build_object('id', x.id, 'scope', x.scope, 'scopeId', x.scope_id, 'window', x."window",
          'limit', x.amount::text, 'spent', s.spent::text, 'reserved', s.reserved::text, 'resetsAtMs', epoch_ms(s.resets_at))
        INTO v_verdict, v_detail
        FROM budget x JOIN budget_standing(a.organization_id, clock_timestamp()) s ON s.budget_id = x.id
        WHERE x.organization_id = a.organization_id AND x.is_hard AND s.spent + s.reserved + a.reserved > x.amount
          AND budget_binds(x.scope, x.scope_id, a.organization_id, a.project_id, a.member_id, a.key_id)
        ORDER BY x.amount - s.spent - s.reserved, x.id LIMIT 1;
      v_verdict := coalesce(v_verdict, 'ok');
    END IF;
    IF v_verdict = 'ok' AND a.reserved > 0 THEN
      SELECT * INTO b FROM balance WHERE organization_id = locked;
      IF coalesce(b.promotional + b.committed + b.paid, 0) < a.reserved THEN
        PERFORM close_leases(locked, NULL);
        SELECT * INTO b FROM balance WHERE organization_id = locked;
      END IF;
      IF coalesce(b.debt, 0) > 0 OR coalesce(b.promotional + b.committed + b.paid, 0) < a.reserved THEN
        v_verdict := 'insufficient';
        v_detail := jsonb_build_object(
          'available', CASE WHEN b.debt > 0 THEN 0 ELSE coalesce(b.promotional + b.committed + b.paid, 0) END::text,
          'reserved', (SELECT coalesce(sum(i.reserved), 0) FROM intent i WHERE i.organization_id = locked AND i.state = 'started')::text);
      ELSE
        take_promotional := least(b.promotional, a.reserved);
        take_committed := least(b.committed, a.reserved - take_promotional);
        UPDATE balance SET promotional = promotional - take_promotional, committed = committed - take_committed,
          paid = paid - (a.reserved - take_promotional - take_committed) WHERE organization_id = locked;
        INSERT INTO lease (id, organization_id, granted, from_promotional, from_committed, from_paid, state, opened_at)
          VALUES (a.lease_id, locked, a.reserved, take_promotional, take_committed, a.reserved - take_promotional - take_committed,
            'closing', clock_timestamp());
        INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
          SELECT new_transfer_id(), locked, 'lease_grant', a.lease_id || ':' || bucket, bucket, 'leased', amount
          FROM (VALUES ('promotional', take_promotional), ('committed', take_committed),
            ('paid', a.reserved - take_promotional - take_committed)) AS t (bucket, amount) WHERE amount > 0;
      END IF;
    END IF;
    IF v_verdict = 'ok' THEN
      INSERT INTO intent (id, organization_id, project_id, key_id, member_id, lease_id, model_slug, endpoint_id,
        price_version_id, reserved, state, request, created_at, admitted_at, expires_at)
      VALUES (a.id, a.organization_id, a.project_id, a.key_id, a.member_id, CASE WHEN a.reserved > 0 THEN a.lease_id END, a.model_slug,
        a.endpoint_id, a.price_version_id, a.reserved, 'started', a.request, clock_timestamp(), clock_timestamp(),
        clock_timestamp() + make_interval(secs => a.ttl_ms / 1000.0));
    END IF;
    RETURN QUERY SELECT a.id, v_verdict, v_detail;
  END LOOP;
END $$;
--> statement-breakpoint

-- Raises the alerts of thresholds that were reached, each once per budget, threshold and window. Looks at the window of now and
-- at the one of ten minutes ago, so that a late sweeper still sees a window that has just ended. A rolling window raises a
-- threshold again only when its length has passed since the last time.
CREATE FUNCTION raise_budget_alerts() RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  done integer;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('budget_alerts', 0)) THEN RETURN 0; END IF;
  WITH reached AS (
    SELECT DISTINCT ON (b.id, t.threshold, s.starts) b.id, b.organization_id, b.amount, b.is_rolling, t.threshold, s.starts, s.spent,
      (budget_window(b."window", b.is_rolling, a.at)).span
    FROM (SELECT DISTINCT x.organization_id FROM budget x) o
    CROSS JOIN (VALUES (now()), (now() - interval '10 minutes')) AS a (at)
    CROSS JOIN LATERAL budget_standing(o.organization_id, a.at) s
    JOIN budget b ON b.id = s.budget_id
    CROSS JOIN LATERAL unnest(b.thresholds) AS t (threshold)
    WHERE s.spent * 100.0 >= b.amount::numeric * t.threshold AND (a.at = now() OR NOT b.is_rolling)
    ORDER BY b.id, t.threshold, s.starts, a.at DESC
  ), raised AS (
    INSERT INTO budget_alert (id, organization_id, budget_id, threshold, window_starts_at, amount, spent)
    SELECT 'bal_' || replace(gen_random_uuid()::text, '-', ''), r.organization_id, r.id, r.threshold, r.starts, r.amount, r.spent
    FROM reached r WHERE NOT (r.is_rolling AND EXISTS (SELECT 1 FROM budget_alert x
      WHERE x.budget_id = r.id AND x.threshold = r.threshold AND x.raised_at > now() - r.span))
    ON CONFLICT (budget_id, threshold, window_starts_at) DO NOTHING
    RETURNING 1)
  SELECT count(*) INTO done FROM raised;
  RETURN done;
END $$;
