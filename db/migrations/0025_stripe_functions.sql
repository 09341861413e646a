-- What every organization has and spends a day: total is its own money with what is unspent in leases, less its debt; of
-- that, spendable is what no running request holds. daily_spend is the mean of the last seven days.
CREATE VIEW balance_standing AS
SELECT b.organization_id, x.total, x.total - x.reserved AS spendable,
  coalesce((SELECT sum(h.cost) / 7 FROM usage_by_hour h
    WHERE h.organization_id = b.organization_id AND h.hour > now() - interval '7 days'), 0)::bigint AS daily_spend
FROM balance b CROSS JOIN LATERAL (
  SELECT b.promotional + b.committed + b.paid - b.debt + coalesce((
      SELECT sum(l.granted - l.returned - coalesce((SELECT sum(i.cost) FROM intent i WHERE i.lease_id = l.id), 0))
      FROM lease l WHERE l.organization_id = b.organization_id AND l.state <> 'closed'), 0)::bigint AS total,
    coalesce((SELECT sum(i.reserved) FROM intent i
      WHERE i.organization_id = b.organization_id AND i.state = 'started'), 0)::bigint AS reserved) x;
--> statement-breakpoint
-- An id of our own shape: sorted by time, in the alphabet of all ids.
CREATE FUNCTION new_id(p_prefix text) RETURNS text LANGUAGE sql VOLATILE
  RETURN p_prefix || '_' || substr(first_generation_id(clock_timestamp()), 5, 10) || (
    SELECT string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', 1 + get_byte(r.bytes, place) % 32, 1), '')
    FROM (SELECT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex') AS bytes) r,
      generate_series(16, 31) AS place);
--> statement-breakpoint
-- Begins an automatic top-up when the organization's balance is below its threshold: an order and the recharge that pays
-- it, at most one at a time, five in 24 hours, and never beyond the monthly cap, which pauses it. Answers the id of the
-- recharge, or null. Nothing is charged here.
CREATE FUNCTION request_recharge(p_organization text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  s auto_recharge%ROWTYPE;
  v_order text := new_id('ord');
  v_recharge text := new_id('rch');
  v_month bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(organization_lock_key(p_organization));
  SELECT * INTO s FROM auto_recharge x WHERE x.organization_id = p_organization AND x.is_enabled AND x.paused_reason IS NULL FOR UPDATE;
  IF NOT FOUND
    OR coalesce((SELECT b.spendable FROM balance_standing b WHERE b.organization_id = p_organization), 0) >= s.threshold_nano_usd
    OR EXISTS (SELECT 1 FROM recharge r WHERE r.organization_id = p_organization AND r.status = 'pending')
    OR (SELECT count(*) FROM recharge r WHERE r.organization_id = p_organization AND r.created_at > now() - interval '24 hours') >= 5 THEN
    RETURN NULL;
  END IF;
  SELECT coalesce(sum(r.amount_nano_usd), 0) INTO v_month FROM recharge r
    WHERE r.organization_id = p_organization AND r.status = 'succeeded'
      AND r.created_at >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
  IF v_month + s.amount_nano_usd > s.monthly_cap_nano_usd THEN
    UPDATE auto_recharge SET paused_reason = 'monthly_cap', paused_at = clock_timestamp(), pause_told_at = NULL
      WHERE organization_id = p_organization;
    RETURN NULL;
  END IF;
  INSERT INTO "order" (id, organization_id, created_by_user_id, pack, amount_nano_usd, status, payment_method, attempt_key, created_at)
    VALUES (v_order, p_organization, s.consent_by_user_id, 'auto_recharge', s.amount_nano_usd, 'pending', 'card', v_recharge, clock_timestamp());
  INSERT INTO recharge (id, organization_id, order_id, amount_nano_usd, status, created_at)
    VALUES (v_recharge, p_organization, v_order, s.amount_nano_usd, 'pending', clock_timestamp());
  RETURN v_recharge;
EXCEPTION WHEN unique_violation THEN
  RETURN NULL; -- another one is pending
END $$;
--> statement-breakpoint
CREATE FUNCTION recharge_after_lease() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM auto_recharge x WHERE x.organization_id = NEW.organization_id AND x.is_enabled AND x.paused_reason IS NULL) THEN
    PERFORM request_recharge(NEW.organization_id);
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
-- The transaction that lends money is the one that sees it run low. Deferred: at its end the balance is what it will be.
CREATE CONSTRAINT TRIGGER lease_recharge AFTER INSERT ON lease DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION recharge_after_lease();
