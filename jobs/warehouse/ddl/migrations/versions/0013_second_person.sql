-- Decisions that wait for a second person, and who confirmed them. What held before holds on.

ALTER TABLE review.decisions
    ADD COLUMN is_pending BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN second_wanted TEXT COLLATE "C";
ALTER TABLE review.decisions DROP CONSTRAINT decisions_judgement_check;
ALTER TABLE review.decisions ADD CONSTRAINT decisions_judgement_check
    CHECK (judgement IN ('must_link', 'must_not_link', 'cannot_tell', 'left_to_model'));
DROP INDEX review.decisions_holding_key;
CREATE UNIQUE INDEX decisions_holding_key
    ON review.decisions (prisoner_number, cid_person_id, is_pending)
    WHERE deleted_at IS NULL AND judgement <> 'cannot_tell';

CREATE TABLE review.confirmations (
    confirmation_id BIGINT GENERATED ALWAYS AS IDENTITY,
    decision_id BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    confirmed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_by TEXT COLLATE "C",
    CONSTRAINT confirmations_pkey PRIMARY KEY (confirmation_id),
    CONSTRAINT confirmations_decision_id_key UNIQUE (decision_id),
    CONSTRAINT confirmations_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES review.decisions (decision_id)
);

ALTER TABLE review.audit DROP CONSTRAINT audit_action_check;
ALTER TABLE review.audit ADD CONSTRAINT audit_action_check
    CHECK (action IN ('look', 'decide', 'confirm', 'withdraw', 'put back'));
