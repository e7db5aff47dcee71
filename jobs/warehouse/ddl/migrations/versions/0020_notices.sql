-- Referral notices: each stays as it ended, so that no number is used again.
CREATE TABLE nightly.notices (
    notice_number TEXT COLLATE "C" NOT NULL,
    episode_id TEXT COLLATE "C" NOT NULL,
    occurrence BIGINT NOT NULL,
    prison_id TEXT COLLATE "C",
    team TEXT COLLATE "C",
    written_date DATE NOT NULL,
    answer_due_date DATE NOT NULL,
    is_open BOOLEAN NOT NULL,
    is_unanswered BOOLEAN NOT NULL,
    ended_date DATE,
    ended_by TEXT COLLATE "C",
    case_id TEXT COLLATE "C",
    since BIGINT NOT NULL,
    until BIGINT,
    follows BIGINT,
    CONSTRAINT notices_one_open UNIQUE NULLS NOT DISTINCT (notice_number, until),
    CONSTRAINT notices_one_first UNIQUE NULLS NOT DISTINCT (notice_number, follows),
    CONSTRAINT notices_follows_fkey FOREIGN KEY(notice_number, follows) REFERENCES nightly.notices (notice_number, until),
    CONSTRAINT notices_half_open_check CHECK (since < until),
    CONSTRAINT notices_no_overlap_check CHECK (follows <= since)
);
