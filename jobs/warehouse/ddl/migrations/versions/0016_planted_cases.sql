-- What came of the planted cases that are tried once a night is published.

CREATE TABLE run.self_tests (
    test_number BIGINT GENERATED ALWAYS AS IDENTITY,
    publication_number BIGINT NOT NULL,
    planted JSONB NOT NULL,
    found JSONB NOT NULL,
    blamed BIGINT NOT NULL,
    sampled BIGINT NOT NULL,
    seconds DOUBLE PRECISION NOT NULL,
    failure TEXT COLLATE "C",
    tested_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_by TEXT COLLATE "C",
    CONSTRAINT self_tests_pkey PRIMARY KEY (test_number),
    CONSTRAINT self_tests_publication_number_fkey FOREIGN KEY (publication_number) REFERENCES run.publications (publication_number)
);
