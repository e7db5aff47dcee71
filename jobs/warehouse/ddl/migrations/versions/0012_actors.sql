-- Beside each name that was typed into a ledger: who was logged in, by the database's own word.
-- What was entered before has none.

ALTER TABLE review.decisions
    ADD COLUMN recorded_by TEXT COLLATE "C",
    ADD COLUMN deletion_recorded_by TEXT COLLATE "C";
ALTER TABLE review.acknowledgements
    ADD COLUMN recorded_by TEXT COLLATE "C",
    ADD COLUMN deletion_recorded_by TEXT COLLATE "C";
ALTER TABLE review.models
    ADD COLUMN recorded_by TEXT COLLATE "C",
    ADD COLUMN deletion_recorded_by TEXT COLLATE "C";
ALTER TABLE outbox.resends ADD COLUMN recorded_by TEXT COLLATE "C";

DROP INDEX review.decisions_unsure_key;
CREATE UNIQUE INDEX decisions_unsure_key
    ON review.decisions (prisoner_number, cid_person_id, recorded_by)
    WHERE deleted_at IS NULL AND judgement = 'cannot_tell';

-- Who answers for a night that is published in spite of failed checks.

CREATE TABLE review.answers (
    answer_id BIGINT GENERATED ALWAYS AS IDENTITY,
    as_of_date DATE NOT NULL,
    rules TEXT COLLATE "C" NOT NULL,
    answered_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    answered_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_by TEXT COLLATE "C",
    CONSTRAINT answers_pkey PRIMARY KEY (answer_id)
);
