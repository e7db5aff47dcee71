-- A miss is of a release: one row for each, whatever happened since; and who is due beside it.

ALTER TABLE nightly.assessments ADD COLUMN is_due BOOLEAN;

CREATE TABLE nightly.releases (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    episode_id TEXT COLLATE "C" NOT NULL,
    release_number BIGINT NOT NULL,
    identity_id TEXT COLLATE "C" NOT NULL,
    prisoner_number TEXT COLLATE "C" NOT NULL,
    prison_id TEXT COLLATE "C",
    release_date DATE,
    release_reason TEXT COLLATE "C",
    returned_date DATE,
    is_missed BOOLEAN NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    referred_date DATE,
    considered_date DATE,
    decision TEXT COLLATE "C",
    considered_recorded_date DATE,
    is_recorded_after_release BOOLEAN NOT NULL,
    is_withdrawn_after_release BOOLEAN NOT NULL,
    decided_since_date DATE,
    decided_since TEXT COLLATE "C",
    due_date DATE,
    days_late BIGINT,
    unweighed_sentence BIGINT,
    is_deferral_expired BOOLEAN NOT NULL,
    offence_code TEXT COLLATE "C",
    seriousness BIGINT,
    is_court_recommended BOOLEAN NOT NULL,
    is_nationality_unknown BOOLEAN NOT NULL,
    link_outcome TEXT COLLATE "C" NOT NULL,
    is_possibly_considered BOOLEAN NOT NULL,
    CONSTRAINT releases_pkey PRIMARY KEY (as_of_date, publication_number, episode_id, release_number)
) PARTITION BY RANGE (as_of_date);

-- Releases name people: they go with the other lists.
CREATE OR REPLACE FUNCTION run.remove_old(keep_days integer) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first_kept date;
    part record;
BEGIN
    IF keep_days IS NULL OR keep_days < 31 THEN
        RAISE EXCEPTION 'at least 31 days are kept' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('reconciliation room', 0));
    SELECT date_trunc('month', LEAST(max(as_of_date) - keep_days, min(as_of_date)))::date
        INTO first_kept
        FROM (SELECT as_of_date FROM run.current ORDER BY as_of_date DESC LIMIT 2) AS last_two;
    FOR part IN
        SELECT parent.relname AS name, child.relname AS partition,
            to_date(right(child.relname, 7), 'YYYY_MM') AS month
        FROM pg_inherits
        JOIN pg_class AS parent ON parent.oid = inhparent
        JOIN pg_class AS child ON child.oid = inhrelid
        WHERE parent.relnamespace = 'nightly'::regnamespace AND parent.relkind = 'p'
            AND parent.relname IN (
                'assessments', 'backlog', 'discrepancies', 'faulty_rows', 'flags', 'quarantine', 'releases'
            )
        ORDER BY child.relname
    LOOP
        CONTINUE WHEN first_kept IS NULL OR part.month >= first_kept;
        EXECUTE format('DROP TABLE nightly.%I', part.partition);
        INSERT INTO run.removals (table_name, month_date)
            VALUES ('nightly.' || part.name, part.month);
        RETURN NEXT 'nightly.' || part.name || ' ' || to_char(part.month, 'YYYY-MM');
    END LOOP;
END
$$;
