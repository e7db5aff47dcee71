-- What the law says of each episode, and where the registers disagree. Never changed.

CREATE TABLE nightly.flags (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    episode_id TEXT COLLATE "C" NOT NULL,
    is_duty_to_deport BOOLEAN NOT NULL,
    duty_rule_id TEXT COLLATE "C",
    is_liable BOOLEAN NOT NULL,
    liability_rule_id TEXT COLLATE "C",
    is_referral_met BOOLEAN NOT NULL,
    referral_rule_id TEXT COLLATE "C",
    is_exempt BOOLEAN NOT NULL,
    exemption_rule_id TEXT COLLATE "C",
    computed_release_date DATE,
    computed_release_latest_date DATE,
    is_release_disputed BOOLEAN NOT NULL,
    disputed_release_date DATE,
    early_removal_date DATE,
    referral_due_date DATE,
    is_referred_late BOOLEAN,
    alert_days BIGINT,
    restriction_date DATE,
    is_restriction_missing BOOLEAN NOT NULL,
    outcome TEXT COLLATE "C",
    outcome_rule_id TEXT COLLATE "C",
    CONSTRAINT flags_pkey PRIMARY KEY (as_of_date, publication_number, episode_id)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.discrepancies (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    discrepancy_id TEXT COLLATE "C" NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    episode_id TEXT COLLATE "C" NOT NULL,
    cid_person_id TEXT COLLATE "C" NOT NULL,
    prison_value TEXT COLLATE "C" NOT NULL,
    immigration_value TEXT COLLATE "C" NOT NULL,
    likely_wrong TEXT COLLATE "C" NOT NULL,
    since_date DATE,
    first_seen_date DATE NOT NULL,
    age_days BIGINT NOT NULL,
    CONSTRAINT discrepancies_pkey PRIMARY KEY (as_of_date, publication_number, discrepancy_id)
) PARTITION BY RANGE (as_of_date);
