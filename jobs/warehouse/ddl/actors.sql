-- Who acts, and when, by the database's own word: functions that triggers call, put up anew after
-- each upgrade. No statement of a role can say otherwise; only a superuser can take them out of the
-- way, and the owner of the tables, who can take a trigger down.

-- Who acts: the user who is logged in to the database. Airflow's page and the user of the machine
-- beside whom the embedded server runs know a person by another login; whom they name counts if
-- they are trusted with it: a member of reconciliation_page, or a superuser, who could do anything.
CREATE OR REPLACE FUNCTION run.actor() RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog AS $$
DECLARE
    named text := nullif(btrim(current_setting('reconciliation.actor', true)), '');
BEGIN
    IF named IS NULL THEN
        RETURN session_user;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = session_user AND rolsuper) OR EXISTS (
        SELECT FROM pg_roles
        WHERE rolname = 'reconciliation_page' AND pg_has_role(session_user, oid, 'USAGE')
    ) THEN
        RETURN named;
    END IF;
    RAISE EXCEPTION 'this user may not say who is logged in'
        USING ERRCODE = 'invalid_role_specification';
END
$$;

-- An entry is dated and signed by the database, whatever it was given: the arguments are the column
-- of its moment, and those of its actor. It is not withdrawn before it is made.
CREATE OR REPLACE FUNCTION run.sign_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    said jsonb := jsonb_build_object(TG_ARGV[0], clock_timestamp(), TG_ARGV[1], run.actor());
BEGIN
    IF to_jsonb(NEW) ->> 'deleted_at' IS NOT NULL THEN
        RAISE EXCEPTION 'an entry is made before it is withdrawn'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN jsonb_populate_record(NEW, said);
END
$$;

-- The audit log also says by which user of the database, which Airflow's page shares.
CREATE OR REPLACE FUNCTION run.sign_audit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    NEW.made_at := clock_timestamp();
    NEW.made_by := run.actor();
    NEW.database_user := session_user;
    RETURN NEW;
END
$$;

-- Nobody puts a pair on another's desk.
CREATE OR REPLACE FUNCTION run.sign_assignment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF NEW.assigned_to IS NOT NULL AND NEW.assigned_to IS DISTINCT FROM OLD.assigned_to
        AND NEW.assigned_to <> run.actor()
    THEN
        RAISE EXCEPTION 'a pair is assigned to whoever takes it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

-- A row of a ledger is withdrawn once, with a reason, by whoever is logged in and at the moment at
-- which that is done; otherwise it stays as it is.
CREATE OR REPLACE FUNCTION review.keep_ledger() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    withdrawal text[] := ARRAY['deleted_at', 'deleted_by', 'deletion_reason'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL
        AND to_jsonb(NEW) - withdrawal = to_jsonb(OLD) - withdrawal
    THEN
        NEW.deleted_at := clock_timestamp();
        NEW.deletion_recorded_by := run.actor();
        RETURN NEW;
    END IF;
    -- A decision that waited takes effect by a second person's word.
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'is_pending' = to_jsonb(OLD) - 'is_pending'
        AND OLD.deleted_at IS NULL AND to_jsonb(NEW) ->> 'is_pending' = 'false'
    THEN
        IF EXISTS (
            SELECT FROM review.confirmations
            WHERE decision_id = (to_jsonb(NEW) ->> 'decision_id')::bigint
        ) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a row of a ledger is withdrawn once and otherwise stays as it is'
        USING ERRCODE = 'restrict_violation';
END
$$;
