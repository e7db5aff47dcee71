-- What is published stays as it is: functions that triggers call, put up anew after each upgrade.
-- The owner of the tables can take a trigger down; `publications verify` finds what he then did.

-- The publication that this transaction writes; empty in any other.
CREATE OR REPLACE FUNCTION run.being_published() RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT publication_number FROM run.publications
    WHERE publication_number = (SELECT max(publication_number) FROM run.publications)
        AND xmin = pg_current_xact_id()::xid
$$;

-- The digest that a table of a publication has: as published, or as it is since persons were taken
-- out of it.
CREATE OR REPLACE FUNCTION run.digest_of(the_number bigint, named text) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT coalesce(
        (
            SELECT digest FROM run.erasures
            WHERE publication_number = the_number AND table_name = named
            ORDER BY erasure_number DESC LIMIT 1
        ),
        (
            SELECT digest FROM run.contents
            WHERE publication_number = the_number AND table_name = named
        )
    )
$$;

CREATE OR REPLACE FUNCTION run.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a publication is never changed' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE OR REPLACE FUNCTION run.refuse_addition() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF run.being_published() IS NULL THEN
        RAISE EXCEPTION 'nothing is added to a publication' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;

-- A row of an interval table ends once, with the publication that this transaction writes.
CREATE OR REPLACE FUNCTION run.refuse_reopening() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    still_open record;
BEGIN
    still_open := NEW;
    still_open.until := NULL;
    IF still_open IS NOT DISTINCT FROM OLD AND NEW.until = run.being_published() THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a publication is never changed' USING ERRCODE = 'restrict_violation';
END
$$;

-- Each publication follows the one before it, by number and by digest; the database says when it
-- was published and by whom.
CREATE OR REPLACE FUNCTION run.chain_publication() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    last bigint;
    before text;
BEGIN
    SELECT publication_number, chain_digest INTO last, before
        FROM run.publications ORDER BY publication_number DESC LIMIT 1;
    IF NEW.publication_number IS DISTINCT FROM coalesce(last, 0) + 1 THEN
        RAISE EXCEPTION 'publications are numbered without a gap'
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.published_at := clock_timestamp();
    NEW.published_by := run.actor();
    NEW.chain_digest := encode(
        sha256(convert_to(coalesce(before, '') || run.said_of(NEW), 'UTF8')), 'hex'
    );
    RETURN NEW;
END
$$;

-- Whoever moves the pointer of a date leaves a row that says so.
CREATE OR REPLACE FUNCTION run.record_move() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    INSERT INTO run.supersessions (as_of_date, publication_number, replaces) VALUES (
        NEW.as_of_date,
        NEW.publication_number,
        CASE WHEN TG_OP = 'UPDATE' THEN OLD.publication_number END
    );
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION run.refuse_invention() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'a move of the pointer is recorded by the move itself'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

-- What the steps of a run took may be filled in afterwards; nothing else of the run log changes.
CREATE OR REPLACE FUNCTION run.refuse_rewriting() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
    filled_in text[] := ARRAY['timings', 'steps'];
BEGIN
    IF to_jsonb(NEW) - filled_in = to_jsonb(OLD) - filled_in THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the run log is never rewritten' USING ERRCODE = 'restrict_violation';
END
$$;

-- The database's own word on when a row was written and by whom.
CREATE OR REPLACE FUNCTION run.date_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    NEW.recorded_at := clock_timestamp();
    RETURN NEW;
END
$$;

-- Room for the nights of a month: the partitions that snapshot tables lack, each guarded like its
-- parent: a trigger on the parent's statements does not fire where a partition is named. A table is
-- made and then attached: so the parent stays open to its readers, who may hold one of these tables
-- and want another.
CREATE OR REPLACE FUNCTION run.make_room(as_of date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first date := date_trunc('month', as_of);
    parent name;
    part name;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('reconciliation room', 0));
    FOR parent IN
        SELECT relname FROM pg_class
        WHERE relnamespace = 'nightly'::regnamespace AND relkind = 'p' ORDER BY relname
    LOOP
        part := parent || to_char(first, '"_"YYYY"_"MM');
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_class
            WHERE relnamespace = 'nightly'::regnamespace AND relname = part
        );
        EXECUTE format('CREATE TABLE nightly.%I (LIKE nightly.%I INCLUDING ALL)', part, parent);
        EXECUTE format(
            'ALTER TABLE nightly.%I ATTACH PARTITION nightly.%I FOR VALUES FROM (%L) TO (%L)',
            parent, part, first, (first + interval '1 month')::date
        );
        PERFORM run.guard_statements('nightly.' || quote_ident(part));
    END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION run.make_room(date) FROM PUBLIC;

-- What emails said goes with the nights that they told of. Their rows stay: nothing is sent twice.
CREATE OR REPLACE FUNCTION run.empty_old_messages(keep_days integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    emptied bigint;
BEGIN
    IF keep_days IS NULL OR keep_days < 31 THEN
        RAISE EXCEPTION 'at least 31 days are kept' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    UPDATE outbox.messages SET message = '', subject = ''
        WHERE message <> '' AND state NOT IN ('pending', 'sending') AND as_of_date < (
            SELECT LEAST(max(as_of_date) - keep_days, min(as_of_date))
            FROM (SELECT as_of_date FROM run.current ORDER BY as_of_date DESC LIMIT 2) AS last_two
        );
    GET DIAGNOSTICS emptied = ROW_COUNT;
    RETURN emptied;
END
$$;
REVOKE EXECUTE ON FUNCTION run.empty_old_messages(integer) FROM PUBLIC;

-- What triggers on rows cannot see: a table that is emptied, and rows that are added.
CREATE OR REPLACE FUNCTION run.guard_statements(guarded regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER guard_whole BEFORE TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION run.refuse_change()', guarded
    );
    EXECUTE format(
        'CREATE OR REPLACE TRIGGER guard_addition BEFORE INSERT ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION run.refuse_addition()', guarded
    );
END
$$;
REVOKE EXECUTE ON FUNCTION run.guard_statements(regclass) FROM PUBLIC;

-- Whose people the user who is logged in sees in the views; nobody says who he is but his login.
CREATE OR REPLACE FUNCTION run.sees_everybody() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM run.reader_scopes WHERE reader = session_user)
$$;

CREATE OR REPLACE FUNCTION run.own_prisons() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT prisons FROM run.reader_scopes WHERE reader = session_user
$$;

CREATE OR REPLACE FUNCTION run.own_teams() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT teams FROM run.reader_scopes WHERE reader = session_user
$$;

-- As the faults of rows name whose they are: with the kind before the name.
CREATE OR REPLACE FUNCTION run.own_units() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT ARRAY(SELECT 'prison ' || prison FROM unnest(prisons) AS prison)
        || ARRAY(SELECT 'team ' || team FROM unnest(teams) AS team)
    FROM run.reader_scopes WHERE reader = session_user
$$;
