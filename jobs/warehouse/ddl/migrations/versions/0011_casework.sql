-- What became of each release since, and what the immigration service did, whoever it is about.

ALTER TABLE nightly.releases
    ADD COLUMN is_for_life BOOLEAN,
    ADD COLUMN licence_expiry_date DATE,
    ADD COLUMN is_supervised BOOLEAN,
    ADD COLUMN came_back_date DATE,
    ADD COLUMN started_date DATE,
    ADD COLUMN left_country_date DATE,
    ADD COLUMN traced TEXT COLLATE "C";

CREATE TABLE nightly.casework (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    step_key TEXT COLLATE "C" NOT NULL,
    step TEXT COLLATE "C" NOT NULL,
    source_table TEXT COLLATE "C" NOT NULL,
    case_id TEXT COLLATE "C",
    episode_id TEXT COLLATE "C",
    step_date DATE,
    recorded_date DATE,
    until_date DATE,
    decision TEXT COLLATE "C",
    flaw TEXT COLLATE "C",
    is_first_decision BOOLEAN NOT NULL,
    appeal_outcome TEXT COLLATE "C",
    removal_type TEXT COLLATE "C",
    is_deportation BOOLEAN NOT NULL,
    bail_status TEXT COLLATE "C",
    is_opposed_bail BOOLEAN NOT NULL,
    caseworker TEXT COLLATE "C",
    typed_reason TEXT COLLATE "C",
    CONSTRAINT casework_pkey PRIMARY KEY (as_of_date, publication_number, step_key, step)
) PARTITION BY RANGE (as_of_date);

-- Casework names staff, and reasons as they were typed: it goes with the other lists.
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
                'assessments', 'backlog', 'casework', 'discrepancies', 'faulty_rows', 'flags', 'quarantine', 'releases'
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
