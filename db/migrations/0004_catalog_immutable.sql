-- A receipt names a price version: what that version says must stay what it said when the request was priced.
CREATE TRIGGER price_version_append_only BEFORE UPDATE OR DELETE ON price_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER price_append_only BEFORE UPDATE OR DELETE ON price FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Adding a price to an old version edits it too: a version comes with all of its prices, in one transaction
-- (now() is the same all through a transaction, and another one later on).
CREATE FUNCTION refuse_late_price() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM price_version v WHERE v.id = NEW.price_version_id AND v.created_at <> now()) THEN
    RAISE EXCEPTION 'price version % is complete; add a new version', NEW.price_version_id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER price_with_its_version BEFORE INSERT ON price FOR EACH ROW EXECUTE FUNCTION refuse_late_price();
