-- A message that a later publication replaced is withdrawn, which nobody has to mend; and who had a
-- message sent again, and why.

ALTER TABLE outbox.messages DROP CONSTRAINT messages_state_check;
UPDATE outbox.messages SET state = 'withdrawn'
    WHERE state = 'refused' AND last_error = 'not sent: a later publication of the night replaced it';
ALTER TABLE outbox.messages ADD CONSTRAINT messages_state_check
    CHECK (state IN ('pending', 'sending', 'sent', 'refused', 'unknown', 'withdrawn'));

CREATE TABLE outbox.resends (
    resend_number BIGINT GENERATED ALWAYS AS IDENTITY,
    outbox_id BIGINT NOT NULL,
    state_before TEXT COLLATE "C" NOT NULL,
    resent_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    resent_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT resends_pkey PRIMARY KEY (resend_number),
    CONSTRAINT resends_outbox_id_fkey FOREIGN KEY (outbox_id) REFERENCES outbox.messages (outbox_id)
);
