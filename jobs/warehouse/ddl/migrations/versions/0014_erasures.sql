-- Persons who were taken out of publications; legal holds, which forbid it; who sees which people.

CREATE TABLE run.erasures (
    erasure_number BIGINT GENERATED ALWAYS AS IDENTITY,
    publication_number BIGINT NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_by TEXT COLLATE "C",
    CONSTRAINT erasures_pkey PRIMARY KEY (erasure_number),
    CONSTRAINT erasures_publication_number_fkey FOREIGN KEY (publication_number) REFERENCES run.publications (publication_number)
);
CREATE INDEX erasures_publication_number_table_name_idx
    ON run.erasures (publication_number, table_name);

CREATE TABLE run.reader_scopes (
    reader TEXT COLLATE "C" NOT NULL,
    prisons TEXT[] COLLATE "C" NOT NULL,
    teams TEXT[] COLLATE "C" NOT NULL,
    CONSTRAINT reader_scopes_pkey PRIMARY KEY (reader)
);

CREATE TABLE review.holds (
    hold_id BIGINT GENERATED ALWAYS AS IDENTITY,
    person_id TEXT COLLATE "C" NOT NULL,
    placed_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    placed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_by TEXT COLLATE "C",
    deleted_at TIMESTAMP WITH TIME ZONE,
    deleted_by TEXT COLLATE "C",
    deletion_reason TEXT COLLATE "C",
    deletion_recorded_by TEXT COLLATE "C",
    CONSTRAINT holds_pkey PRIMARY KEY (hold_id),
    CONSTRAINT holds_withdrawn_whole_check
        CHECK (num_nulls(deleted_at, deleted_by, deletion_reason) IN (0, 3))
);
CREATE INDEX holds_person_id_idx ON review.holds (person_id);
CREATE TRIGGER keep_ledger BEFORE UPDATE OR DELETE ON review.holds
    FOR EACH ROW EXECUTE FUNCTION review.keep_ledger();
