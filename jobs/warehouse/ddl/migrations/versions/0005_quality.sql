-- What the quality gate knows of earlier nights, whose rows are to be mended, and what goes when.

ALTER TABLE nightly.quarantine ADD COLUMN first_seen_date DATE;

ALTER TABLE nightly.check_results
    ADD COLUMN owner TEXT COLLATE "C",
    ADD COLUMN failing_since_date DATE,
    ADD COLUMN excused TEXT COLLATE "C";

CREATE TABLE nightly.profile (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    measure TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    rows BIGINT NOT NULL,
    CONSTRAINT profile_pkey PRIMARY KEY (as_of_date, publication_number, table_name, measure, value)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.faults (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C" NOT NULL,
    rows_failed BIGINT NOT NULL,
    failing_since_date DATE NOT NULL,
    CONSTRAINT faults_pkey PRIMARY KEY (as_of_date, publication_number, check_id, unit)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.faulty_rows (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    row_number BIGINT NOT NULL,
    reference TEXT COLLATE "C",
    unit TEXT COLLATE "C" NOT NULL,
    CONSTRAINT faulty_rows_pkey PRIMARY KEY (as_of_date, publication_number, check_id, table_name, row_number)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE run.removals (
    removal_number BIGINT GENERATED ALWAYS AS IDENTITY,
    table_name TEXT COLLATE "C" NOT NULL,
    month_date DATE NOT NULL,
    removed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    removed_by TEXT COLLATE "C" DEFAULT session_user NOT NULL,
    CONSTRAINT removals_pkey PRIMARY KEY (removal_number)
);

-- Removes the case lists and the quarantine of nights that are past the retention period, by whole
-- months. Counted from the last published night, not from the clock; the last two nights stay
-- whatever their age, because a movement leads from the one to the other. What counts (figures,
-- movement, bridges, checks, census, teams) and every manifest stays. Runs with its owner's rights,
-- so that the role that publishes need not own the tables.
CREATE FUNCTION run.remove_old(keep_days integer) RETURNS SETOF text
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
                'assessments', 'backlog', 'discrepancies', 'faulty_rows', 'flags', 'quarantine'
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
REVOKE EXECUTE ON FUNCTION run.remove_old(integer) FROM PUBLIC;
