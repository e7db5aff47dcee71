-- A reviewer may say that a pair cannot be told: that decides nothing, and each may say it once.

ALTER TABLE review.decisions DROP CONSTRAINT decisions_judgement_check;
ALTER TABLE review.decisions ADD CONSTRAINT decisions_judgement_check
    CHECK (judgement IN ('must_link', 'must_not_link', 'cannot_tell'));
DROP INDEX review.decisions_holding_key;
CREATE UNIQUE INDEX decisions_holding_key ON review.decisions (prisoner_number, cid_person_id)
    WHERE deleted_at IS NULL AND judgement <> 'cannot_tell';
CREATE UNIQUE INDEX decisions_unsure_key
    ON review.decisions (prisoner_number, cid_person_id, reviewer)
    WHERE deleted_at IS NULL AND judgement = 'cannot_tell';

-- The queue, and who works on which pair of it.

CREATE TABLE review.queues (
    queue_number BIGINT GENERATED ALWAYS AS IDENTITY,
    publication_number BIGINT NOT NULL,
    pairs BIGINT NOT NULL,
    laid_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    laid_by TEXT COLLATE "C" DEFAULT session_user NOT NULL,
    CONSTRAINT queues_pkey PRIMARY KEY (queue_number),
    CONSTRAINT queues_publication_number_fkey FOREIGN KEY (publication_number) REFERENCES run.publications (publication_number)
);

CREATE TABLE review.pairs (
    pair_id BIGINT GENERATED ALWAYS AS IDENTITY,
    prisoner_number TEXT COLLATE "C" NOT NULL,
    cid_person_id TEXT COLLATE "C" NOT NULL,
    queue_number BIGINT NOT NULL,
    tier BIGINT NOT NULL,
    position BIGINT NOT NULL,
    status TEXT COLLATE "C",
    offence_code TEXT COLLATE "C",
    seriousness BIGINT,
    days_to_release BIGINT,
    release_date DATE,
    probability DOUBLE PRECISION NOT NULL,
    match_weight DOUBLE PRECISION NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    assigned_to TEXT COLLATE "C",
    assigned_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pairs_pkey PRIMARY KEY (pair_id),
    CONSTRAINT pairs_prisoner_number_cid_person_id_key UNIQUE (prisoner_number, cid_person_id),
    CONSTRAINT pairs_assigned_whole_check CHECK (num_nulls(assigned_to, assigned_until) <> 1),
    CONSTRAINT pairs_queue_number_fkey FOREIGN KEY (queue_number) REFERENCES review.queues (queue_number)
);

CREATE INDEX pairs_queue_number_tier_position_idx ON review.pairs (queue_number, tier, position);
CREATE UNIQUE INDEX pairs_assigned_key ON review.pairs (assigned_to) WHERE assigned_to IS NOT NULL;

-- Every look at a pair of records, and everything that was done with it.

CREATE TABLE review.audit (
    entry_number BIGINT GENERATED ALWAYS AS IDENTITY,
    made_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    database_user TEXT COLLATE "C" DEFAULT session_user NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    prisoner_number TEXT COLLATE "C",
    cid_person_id TEXT COLLATE "C",
    decision_id BIGINT,
    CONSTRAINT audit_pkey PRIMARY KEY (entry_number),
    CONSTRAINT audit_channel_check CHECK (channel IN ('page', 'command line')),
    CONSTRAINT audit_action_check CHECK (action IN ('look', 'decide', 'withdraw', 'put back'))
);

CREATE INDEX audit_prisoner_number_idx ON review.audit (prisoner_number);
CREATE INDEX audit_cid_person_id_idx ON review.audit (cid_person_id);
