-- Changes of the rules by a site: who registered each, who confirmed it, and what it did each night.

CREATE TABLE review.overrides (
    override_id BIGINT GENERATED ALWAYS AS IDENTITY,
    entry TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    period_from_date DATE,
    owner TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    expires_date DATE NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_by TEXT COLLATE "C",
    CONSTRAINT overrides_pkey PRIMARY KEY (override_id)
);

CREATE TABLE review.override_words (
    word_id BIGINT GENERATED ALWAYS AS IDENTITY,
    override_id BIGINT NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    people_off BIGINT,
    people_on BIGINT,
    serious_off BIGINT,
    said_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_by TEXT COLLATE "C",
    CONSTRAINT override_words_pkey PRIMARY KEY (word_id),
    CONSTRAINT override_words_override_id_fkey FOREIGN KEY (override_id) REFERENCES review.overrides (override_id),
    CONSTRAINT override_words_word_check CHECK (word IN ('confirm', 'refuse', 'ask_end', 'end', 'keep')),
    CONSTRAINT override_words_measured_check CHECK (num_nulls(people_off, people_on, serious_off) IN (0, 3))
);
CREATE INDEX override_words_override_id_idx ON review.override_words (override_id);

CREATE TABLE nightly.overrides (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    override_key TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    is_new BOOLEAN NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    change TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    expires_date DATE NOT NULL,
    registered_by TEXT COLLATE "C",
    registered_date DATE,
    confirmed_by TEXT COLLATE "C",
    confirmed_date DATE,
    confirmed_off BIGINT,
    people_off BIGINT,
    people_on BIGINT,
    serious_off BIGINT,
    CONSTRAINT overrides_pkey PRIMARY KEY (as_of_date, publication_number, override_key)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.overridden (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    episode_id TEXT COLLATE "C" NOT NULL,
    override_key TEXT COLLATE "C" NOT NULL,
    is_total BOOLEAN NOT NULL,
    is_taken_off BOOLEAN NOT NULL,
    is_put_on BOOLEAN NOT NULL,
    lists_left TEXT COLLATE "C",
    lists_joined TEXT COLLATE "C",
    shipped_status TEXT COLLATE "C" NOT NULL,
    CONSTRAINT overridden_pkey PRIMARY KEY (as_of_date, publication_number, episode_id, override_key)
) PARTITION BY RANGE (as_of_date);

ALTER TABLE nightly.assessments ADD COLUMN cleared_by TEXT COLLATE "C";
