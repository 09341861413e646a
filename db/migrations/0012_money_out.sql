-- Money that leaves a balance: refunds, disputes, adjustments. Taken from the paid bucket only. When that is short, leases
-- are fenced and give back what no request in flight has reserved. verdict: taken | already | insufficient (nothing taken,
-- `taken` says what could have been).
CREATE FUNCTION debit_balance(p_organization text, p_kind text, p_source text, p_amount bigint, p_account text, p_may_owe boolean,
  p_memo text) RETURNS TABLE (verdict text, taken bigint, owed bigint) LANGUAGE plpgsql AS $$
DECLARE
  b balance%ROWTYPE;
  l record;
  v_taken bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(organization_lock_key(p_organization));
  INSERT INTO balance (organization_id) VALUES (p_organization) ON CONFLICT DO NOTHING;
  SELECT * INTO b FROM balance WHERE organization_id = p_organization FOR UPDATE;
  IF EXISTS (SELECT 1 FROM transfer t WHERE t.source = p_source AND t.kind IN (p_kind, p_kind || '_owed')) THEN
    RETURN QUERY SELECT 'already', 0::bigint, 0::bigint;
    RETURN;
  END IF;
  IF b.paid < p_amount THEN
    UPDATE lease SET state = 'draining', drain_until = clock_timestamp()
      WHERE organization_id = p_organization AND state = 'open';
    FOR l IN SELECT x.id FROM lease x WHERE x.organization_id = p_organization AND x.state IN ('draining', 'closing')
        ORDER BY x.id LOOP
      PERFORM reclaim_lease(l.id);
    END LOOP;
    SELECT * INTO b FROM balance WHERE organization_id = p_organization;
  END IF;
  IF b.paid < p_amount AND NOT p_may_owe THEN
    RETURN QUERY SELECT 'insufficient', b.paid, 0::bigint;
    RETURN;
  END IF;
  v_taken := least(b.paid, p_amount);
  IF v_taken > 0 THEN
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount, memo)
      VALUES (new_transfer_id(), p_organization, p_kind, p_source, 'paid', p_account, v_taken, p_memo);
  END IF;
  IF p_amount > v_taken THEN
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount, memo)
      VALUES (new_transfer_id(), p_organization, p_kind || '_owed', p_source, 'debt', p_account, p_amount - v_taken, p_memo);
  END IF;
  UPDATE balance SET paid = paid - v_taken, debt = debt + (p_amount - v_taken) WHERE organization_id = p_organization;
  RETURN QUERY SELECT 'taken', v_taken, p_amount - v_taken;
END $$;
--> statement-breakpoint
-- As before, and money may come back from where it went.
CREATE OR REPLACE FUNCTION credit_balance(p_organization text, p_kind text, p_bucket text, p_source text, p_amount bigint, p_memo text,
  p_expires_at timestamptz DEFAULT NULL)
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  owed bigint;
  repaid bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(organization_lock_key(p_organization));
  INSERT INTO balance (organization_id) VALUES (p_organization) ON CONFLICT DO NOTHING;
  SELECT debt INTO owed FROM balance WHERE organization_id = p_organization FOR UPDATE;
  INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount, memo, expires_at)
    VALUES (new_transfer_id(), p_organization, p_kind, p_source,
      CASE p_kind WHEN 'top_up' THEN 'clearing' WHEN 'commitment' THEN 'clearing' WHEN 'refund_reversed' THEN 'clearing'
        WHEN 'dispute_reinstated' THEN 'frozen' WHEN 'payout_converted' THEN 'payouts' ELSE 'platform' END,
      p_bucket, p_amount, p_memo, p_expires_at)
    ON CONFLICT (source, kind) DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  repaid := least(owed, p_amount);
  IF repaid > 0 THEN
    INSERT INTO transfer (id, organization_id, kind, source, debit, credit, amount)
      VALUES (new_transfer_id(), p_organization, 'debt_repaid', p_kind || ':' || p_source, p_bucket, 'debt', repaid);
  END IF;
  UPDATE balance SET
    debt = debt - repaid,
    promotional = promotional + CASE p_bucket WHEN 'promotional' THEN p_amount - repaid ELSE 0 END,
    committed = committed + CASE p_bucket WHEN 'committed' THEN p_amount - repaid ELSE 0 END,
    paid = paid + CASE p_bucket WHEN 'paid' THEN p_amount - repaid ELSE 0 END
  WHERE organization_id = p_organization;
  RETURN true;
END $$;
