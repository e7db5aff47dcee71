-- The assurance sample: who checked whom of those that a publication cleared.

CREATE TABLE review.assurance_checks (
    check_id BIGINT GENERATED ALWAYS AS IDENTITY,
    publication_number BIGINT NOT NULL,
    episode_id TEXT COLLATE "C" NOT NULL,
    stratum TEXT COLLATE "C" NOT NULL,
    result TEXT COLLATE "C" NOT NULL,
    checked_by TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_by TEXT COLLATE "C",
    deleted_at TIMESTAMP WITH TIME ZONE,
    deleted_by TEXT COLLATE "C",
    deletion_reason TEXT COLLATE "C",
    deletion_recorded_by TEXT COLLATE "C",
    CONSTRAINT assurance_checks_pkey PRIMARY KEY (check_id),
    CONSTRAINT assurance_checks_withdrawn_whole_check CHECK (num_nulls(deleted_at, deleted_by, deletion_reason) IN (0, 3)),
    CONSTRAINT assurance_checks_result_check CHECK (result IN ('right', 'wrong', 'cannot_tell')),
    CONSTRAINT assurance_checks_publication_number_fkey FOREIGN KEY (publication_number) REFERENCES run.publications (publication_number)
);
CREATE UNIQUE INDEX assurance_checks_holding_key
    ON review.assurance_checks (publication_number, episode_id) WHERE deleted_at IS NULL;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON review.assurance_checks
    FOR EACH ROW EXECUTE FUNCTION review.keep_ledger();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON review.assurance_checks
    FOR EACH STATEMENT EXECUTE FUNCTION review.keep_ledger();
