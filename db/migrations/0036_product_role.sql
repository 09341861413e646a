-- A role that may run the product and may not rewrite its past: whatever is append-only by trigger is so by grant too, and
-- whoever does not own a table cannot turn its trigger off. Partitions are written through their parents: by
-- themselves they can be read. Call it again after every migration, for the tables that came with it.
CREATE FUNCTION grant_product_role(app name) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  t record;
  granted integer := 0;
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', app);
  EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO %I', app);
  FOR t IN
    SELECT c.oid, c.relname, EXISTS (
      SELECT FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid WHERE g.tgrelid = c.oid AND p.proname = 'refuse_change'
    ) AS is_append_only, c.relkind = 'v' OR c.relispartition AS is_read_only
    FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v')
  LOOP
    EXECUTE format('REVOKE ALL ON %I FROM %I', t.relname, app);
    EXECUTE format('GRANT %s ON %I TO %I', CASE WHEN t.is_read_only THEN 'SELECT' WHEN t.is_append_only THEN 'SELECT, INSERT'
      ELSE 'SELECT, INSERT, UPDATE, DELETE' END, t.relname, app);
    granted := granted + 1;
  END LOOP;
  RETURN granted;
END $$;
--> statement-breakpoint
REVOKE EXECUTE ON FUNCTION grant_product_role(name) FROM PUBLIC;
--> statement-breakpoint
-- Making a partition takes the owner of the table: the jobs call this as whoever they are.
ALTER FUNCTION ensure_month_partitions(timestamptz) SECURITY DEFINER SET search_path = public, pg_temp;
