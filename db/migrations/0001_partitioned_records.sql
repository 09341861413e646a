-- Usage records and the request log, partitioned by month on their time-ordered id.
-- A generation id is `gen_` + base32 of a UUIDv7, so text order (collation "C") is time order.

CREATE TABLE usage_record (
  id text COLLATE "C" PRIMARY KEY,
  organization_id text NOT NULL,
  project_id text NOT NULL,
  key_id text NOT NULL,
  member_id text,
  lease_id text,
  model_slug text NOT NULL,
  endpoint_id text NOT NULL,
  provider_slug text NOT NULL,
  price_version_id text NOT NULL,
  cost bigint NOT NULL CHECK (cost >= 0),
  overrun bigint NOT NULL CHECK (overrun >= 0),
  supplier_cost bigint NOT NULL CHECK (supplier_cost >= 0),
  lines jsonb NOT NULL,
  basis text NOT NULL CHECK (basis IN ('provider', 'counted', 'checkpoint')),
  raw_usage jsonb,
  created_at timestamptz NOT NULL,
  settled_at timestamptz NOT NULL DEFAULT now()
) PARTITION BY RANGE (id);
--> statement-breakpoint
CREATE INDEX usage_record_organization ON usage_record (organization_id, id DESC);
--> statement-breakpoint
CREATE INDEX usage_record_lease ON usage_record (lease_id);
--> statement-breakpoint
CREATE TABLE usage_record_rest PARTITION OF usage_record DEFAULT;
--> statement-breakpoint
CREATE TABLE request_log (
  id text COLLATE "C" PRIMARY KEY,
  organization_id text NOT NULL,
  project_id text NOT NULL,
  key_id text NOT NULL,
  member_id text,
  request_id text NOT NULL,
  api text NOT NULL,
  requested_model text NOT NULL,
  model_slug text NOT NULL,
  provider_slug text,
  outcome text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'canceled', 'truncated', 'expired')),
  http_status integer NOT NULL,
  error_code text,
  finish_reason text,
  streamed boolean NOT NULL,
  cost bigint NOT NULL CHECK (cost >= 0),
  input_tokens integer NOT NULL,
  output_tokens integer NOT NULL,
  attempts jsonb NOT NULL,
  ttft_ms integer,
  latency_ms integer,
  created_at timestamptz NOT NULL
) PARTITION BY RANGE (id);
--> statement-breakpoint
CREATE INDEX request_log_organization ON request_log (organization_id, id DESC);
--> statement-breakpoint
CREATE TABLE request_log_rest PARTITION OF request_log DEFAULT;
--> statement-breakpoint
-- First possible generation id of an instant: the 48-bit millisecond clock of a UUIDv7 in TypeID's base32, rest zero.
CREATE FUNCTION first_generation_id(at timestamptz) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  alphabet constant text := '0123456789abcdefghjkmnpqrstvwxyz';
  bits bit varying := B'00' || (floor(extract(epoch FROM at) * 1000)::bigint)::bit(48) || repeat('0', 80)::bit varying;
  encoded text := '';
BEGIN
  FOR position IN 0..25 LOOP
    encoded := encoded || substr(alphabet, substring(bits FROM position * 5 + 1 FOR 5)::bit(5)::integer + 1, 1);
  END LOOP;
  RETURN 'gen_' || encoded;
END $$;
--> statement-breakpoint
-- Makes the monthly partitions around an instant. Called by the sweeper; safe in parallel and when late.
-- A month whose rows already went to the default partition is left there.
CREATE FUNCTION ensure_month_partitions(around timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  month_start timestamptz;
  name text;
BEGIN
  FOREACH parent IN ARRAY ARRAY['usage_record', 'request_log'] LOOP
    FOR step IN 0..1 LOOP
      month_start := date_trunc('month', around AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' + make_interval(months => step);
      name := parent || '_' || to_char(month_start AT TIME ZONE 'UTC', 'YYYYMM');
      CONTINUE WHEN to_regclass(name) IS NOT NULL;
      PERFORM pg_advisory_xact_lock(hashtextextended('partitions', 0));
      CONTINUE WHEN to_regclass(name) IS NOT NULL;
      BEGIN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent,
          first_generation_id(month_start), first_generation_id(month_start + interval '1 month'));
      EXCEPTION WHEN check_violation THEN
        NULL; -- the default partition already holds rows of this month
      END;
    END LOOP;
  END LOOP;
END $$;
--> statement-breakpoint
SELECT ensure_month_partitions(now());
