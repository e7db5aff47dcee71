-- What the warehouse begins with. Never changed: later revisions change the tables.

CREATE TABLE nightly.assessments (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    episode_id TEXT COLLATE "C" NOT NULL,
    identity_id TEXT COLLATE "C" NOT NULL,
    prisoner_number TEXT COLLATE "C" NOT NULL,
    prison_id TEXT COLLATE "C",
    nationality TEXT COLLATE "C",
    status TEXT COLLATE "C" NOT NULL,
    status_rule_id TEXT COLLATE "C" NOT NULL,
    is_foreign_national BOOLEAN NOT NULL,
    is_nationality_unknown BOOLEAN NOT NULL,
    is_in_custody BOOLEAN NOT NULL,
    is_released BOOLEAN NOT NULL,
    is_court_recommended BOOLEAN NOT NULL,
    is_in_scope BOOLEAN NOT NULL,
    scope_rule_id TEXT COLLATE "C",
    offence_code TEXT COLLATE "C",
    seriousness BIGINT,
    sentence_date DATE,
    sentence_days BIGINT,
    release_date DATE,
    earliest_release_date DATE,
    due_date DATE,
    days_to_release BIGINT,
    referred_date DATE,
    started_date DATE,
    considered_date DATE,
    decision TEXT COLLATE "C",
    order_signed_date DATE,
    removed_date DATE,
    case_id TEXT COLLATE "C",
    link_outcome TEXT COLLATE "C" NOT NULL,
    link_probability DOUBLE PRECISION,
    possible_case_id TEXT COLLATE "C",
    is_possibly_considered BOOLEAN NOT NULL,
    priority BIGINT,
    CONSTRAINT assessments_pkey PRIMARY KEY (as_of_date, publication_number, episode_id)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.backlog (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    case_id TEXT COLLATE "C" NOT NULL,
    team TEXT COLLATE "C" NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    is_allocated BOOLEAN NOT NULL,
    nationality TEXT COLLATE "C",
    opened_date DATE,
    age_days BIGINT,
    age_band TEXT COLLATE "C" NOT NULL,
    days_in_stage BIGINT,
    days_idle BIGINT,
    episode_id TEXT COLLATE "C",
    offence_code TEXT COLLATE "C",
    is_in_custody BOOLEAN,
    CONSTRAINT backlog_pkey PRIMARY KEY (as_of_date, publication_number, case_id)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.census (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    prison_id TEXT COLLATE "C" NOT NULL,
    prison_name TEXT COLLATE "C",
    is_removal_centre BOOLEAN,
    has_foreign_national_work BOOLEAN,
    people BIGINT NOT NULL,
    foreign_nationals BIGINT NOT NULL,
    nationality_unknown BIGINT NOT NULL,
    sentenced_foreign_nationals BIGINT NOT NULL,
    remand_foreign_nationals BIGINT NOT NULL,
    due BIGINT NOT NULL,
    CONSTRAINT census_pkey PRIMARY KEY (as_of_date, publication_number, prison_id)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.check_results (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    check_id TEXT COLLATE "C" NOT NULL,
    severity TEXT COLLATE "C" NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    column_name TEXT COLLATE "C",
    meaning TEXT COLLATE "C" NOT NULL,
    passed BOOLEAN NOT NULL,
    rows_checked BIGINT,
    rows_failed BIGINT,
    observed DOUBLE PRECISION,
    CONSTRAINT check_results_pkey PRIMARY KEY (as_of_date, publication_number, check_id)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.figures (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    figure_id TEXT COLLATE "C" NOT NULL,
    group_value TEXT COLLATE "C" NOT NULL,
    value DOUBLE PRECISION,
    low DOUBLE PRECISION,
    high DOUBLE PRECISION,
    unit TEXT COLLATE "C" NOT NULL,
    CONSTRAINT figures_pkey PRIMARY KEY (as_of_date, publication_number, figure_id, group_value)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.quarantine (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    register TEXT COLLATE "C" NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    row_number BIGINT NOT NULL,
    row_key TEXT COLLATE "C",
    rule_id TEXT COLLATE "C" NOT NULL,
    row TEXT COLLATE "C" NOT NULL,
    CONSTRAINT quarantine_pkey PRIMARY KEY (as_of_date, publication_number, register, table_name, row_number, rule_id)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.reasons (
    episode_id TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    rule_id TEXT COLLATE "C" NOT NULL,
    finding TEXT COLLATE "C" NOT NULL,
    source_table TEXT COLLATE "C",
    source_key TEXT COLLATE "C",
    since BIGINT NOT NULL,
    until BIGINT,
    follows BIGINT,
    CONSTRAINT reasons_one_open UNIQUE NULLS NOT DISTINCT (episode_id, position, until),
    CONSTRAINT reasons_one_first UNIQUE NULLS NOT DISTINCT (episode_id, position, follows),
    CONSTRAINT reasons_follows_fkey FOREIGN KEY(episode_id, position, follows) REFERENCES nightly.reasons (episode_id, position, until),
    CONSTRAINT reasons_half_open_check CHECK (since < until),
    CONSTRAINT reasons_no_overlap_check CHECK (follows <= since)
);

CREATE TABLE nightly.row_counts (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    register TEXT COLLATE "C" NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    rows_in BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    CONSTRAINT row_counts_pkey PRIMARY KEY (as_of_date, publication_number, register, table_name)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.teams (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    team TEXT COLLATE "C" NOT NULL,
    open_cases BIGINT NOT NULL,
    fte DOUBLE PRECISION,
    fte_absent DOUBLE PRECISION,
    fte_diverted DOUBLE PRECISION,
    fte_working DOUBLE PRECISION,
    cases_per_fte DOUBLE PRECISION,
    CONSTRAINT teams_pkey PRIMARY KEY (as_of_date, publication_number, team)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE registry.identities (
    register TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    identity_id TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    follows BIGINT,
    CONSTRAINT identities_one_open UNIQUE NULLS NOT DISTINCT (register, person_id, until),
    CONSTRAINT identities_one_first UNIQUE NULLS NOT DISTINCT (register, person_id, follows),
    CONSTRAINT identities_follows_fkey FOREIGN KEY(register, person_id, follows) REFERENCES registry.identities (register, person_id, until),
    CONSTRAINT identities_half_open_check CHECK (since < until),
    CONSTRAINT identities_no_overlap_check CHECK (follows <= since)
);

CREATE TABLE registry.links (
    prisoner_number TEXT COLLATE "C" NOT NULL,
    cid_person_id TEXT COLLATE "C" NOT NULL,
    probability DOUBLE PRECISION NOT NULL,
    match_weight DOUBLE PRECISION NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    decided_by TEXT COLLATE "C",
    since BIGINT NOT NULL,
    until BIGINT,
    follows BIGINT,
    CONSTRAINT links_one_open UNIQUE NULLS NOT DISTINCT (prisoner_number, cid_person_id, until),
    CONSTRAINT links_one_first UNIQUE NULLS NOT DISTINCT (prisoner_number, cid_person_id, follows),
    CONSTRAINT links_follows_fkey FOREIGN KEY(prisoner_number, cid_person_id, follows) REFERENCES registry.links (prisoner_number, cid_person_id, until),
    CONSTRAINT links_half_open_check CHECK (since < until),
    CONSTRAINT links_no_overlap_check CHECK (follows <= since)
);

CREATE TABLE review.acknowledgements (
    acknowledgement_id BIGINT GENERATED ALWAYS AS IDENTITY,
    episode_id TEXT COLLATE "C" NOT NULL,
    acknowledged_by TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    acknowledged_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    deleted_by TEXT COLLATE "C",
    deletion_reason TEXT COLLATE "C",
    CONSTRAINT acknowledgements_pkey PRIMARY KEY (acknowledgement_id),
    CONSTRAINT acknowledgements_withdrawn_whole_check CHECK (num_nulls(deleted_at, deleted_by, deletion_reason) IN (0, 3))
);

CREATE UNIQUE INDEX acknowledgements_holding_key ON review.acknowledgements (episode_id) WHERE deleted_at IS NULL;

CREATE TABLE review.decisions (
    decision_id BIGINT GENERATED ALWAYS AS IDENTITY,
    prisoner_number TEXT COLLATE "C" NOT NULL,
    cid_person_id TEXT COLLATE "C" NOT NULL,
    judgement TEXT COLLATE "C" NOT NULL,
    reviewer TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    deleted_by TEXT COLLATE "C",
    deletion_reason TEXT COLLATE "C",
    CONSTRAINT decisions_pkey PRIMARY KEY (decision_id),
    CONSTRAINT decisions_withdrawn_whole_check CHECK (num_nulls(deleted_at, deleted_by, deletion_reason) IN (0, 3)),
    CONSTRAINT decisions_judgement_check CHECK (judgement IN ('must_link', 'must_not_link'))
);

CREATE UNIQUE INDEX decisions_holding_key ON review.decisions (prisoner_number, cid_person_id) WHERE deleted_at IS NULL;

CREATE TABLE run.attempts (
    attempt_number BIGINT GENERATED ALWAYS AS IDENTITY,
    as_of_date DATE NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    publication_id TEXT COLLATE "C",
    failure TEXT COLLATE "C",
    timings JSONB NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT attempts_pkey PRIMARY KEY (attempt_number),
    CONSTRAINT attempts_outcome_check CHECK (outcome IN ('published', 'unchanged', 'refused', 'failed'))
);

CREATE INDEX attempts_as_of_date_idx ON run.attempts (as_of_date);

CREATE TABLE run.publications (
    publication_number BIGINT NOT NULL,
    publication_id TEXT COLLATE "C" NOT NULL,
    as_of_date DATE NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    published_by TEXT COLLATE "C" DEFAULT session_user NOT NULL,
    supersedes BIGINT,
    content_digest TEXT COLLATE "C" NOT NULL,
    manifest JSONB NOT NULL,
    override_by TEXT COLLATE "C",
    override_reason TEXT COLLATE "C",
    CONSTRAINT publications_pkey PRIMARY KEY (publication_number),
    CONSTRAINT publications_publication_id_key UNIQUE (publication_id),
    CONSTRAINT publications_as_of_date_publication_number_key UNIQUE (as_of_date, publication_number),
    CONSTRAINT publications_override_whole_check CHECK (num_nulls(override_by, override_reason) <> 1),
    CONSTRAINT publications_supersedes_fkey FOREIGN KEY(supersedes) REFERENCES run.publications (publication_number)
);

CREATE TABLE outbox.messages (
    outbox_id BIGINT GENERATED ALWAYS AS IDENTITY,
    publication_id TEXT COLLATE "C" NOT NULL,
    as_of_date DATE NOT NULL,
    recipient TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    message BYTEA NOT NULL,
    state TEXT COLLATE "C" DEFAULT 'pending' NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    state_changed_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    last_error TEXT COLLATE "C",
    CONSTRAINT messages_pkey PRIMARY KEY (outbox_id),
    CONSTRAINT messages_publication_id_recipient_kind_key UNIQUE (publication_id, recipient, kind),
    CONSTRAINT messages_state_check CHECK (state IN ('pending', 'sending', 'sent', 'refused', 'unknown')),
    CONSTRAINT messages_publication_id_fkey FOREIGN KEY(publication_id) REFERENCES run.publications (publication_id)
);

CREATE INDEX messages_waiting_idx ON outbox.messages (state) WHERE state IN ('pending', 'sending');

CREATE TABLE run.contents (
    publication_number BIGINT NOT NULL,
    table_name TEXT COLLATE "C" NOT NULL,
    row_count BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    CONSTRAINT contents_pkey PRIMARY KEY (publication_number, table_name),
    CONSTRAINT contents_publication_number_fkey FOREIGN KEY(publication_number) REFERENCES run.publications (publication_number)
);

CREATE TABLE run.current (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    CONSTRAINT current_pkey PRIMARY KEY (as_of_date),
    CONSTRAINT current_as_of_date_publication_number_fkey FOREIGN KEY(as_of_date, publication_number) REFERENCES run.publications (as_of_date, publication_number)
);

CREATE TABLE run.supersessions (
    supersession_number BIGINT GENERATED ALWAYS AS IDENTITY,
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    replaces BIGINT,
    made_current_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    made_current_by TEXT COLLATE "C" DEFAULT session_user NOT NULL,
    CONSTRAINT supersessions_pkey PRIMARY KEY (supersession_number),
    CONSTRAINT supersessions_publication_number_fkey FOREIGN KEY(publication_number) REFERENCES run.publications (publication_number),
    CONSTRAINT supersessions_replaces_fkey FOREIGN KEY(replaces) REFERENCES run.publications (publication_number)
);

CREATE INDEX supersessions_as_of_date_made_current_at_idx ON run.supersessions (as_of_date, made_current_at);

-- Room for the nights of a month: the partitions that snapshot tables lack. Runs with its owner's
-- rights, so that the role that publishes need not own the tables.
CREATE FUNCTION run.make_room(as_of date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first date := date_trunc('month', as_of);
    parent name;
    part name;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('reconciliation room', 0));
    FOR parent IN
        SELECT relname FROM pg_class
        WHERE relnamespace = 'nightly'::regnamespace AND relkind = 'p' ORDER BY relname
    LOOP
        part := parent || to_char(first, '"_"YYYY"_"MM');
        CONTINUE WHEN EXISTS (
            SELECT FROM pg_class
            WHERE relnamespace = 'nightly'::regnamespace AND relname = part
        );
        EXECUTE format(
            'CREATE TABLE nightly.%I PARTITION OF nightly.%I FOR VALUES FROM (%L) TO (%L)',
            part, parent, first, (first + interval '1 month')::date
        );
    END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION run.make_room(date) FROM PUBLIC;

-- What is published stays as it is.
CREATE FUNCTION run.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a publication is never changed' USING ERRCODE = 'restrict_violation';
END
$$;

-- A row of a ledger is withdrawn once, by name and with a reason, and otherwise stays as it is.
CREATE FUNCTION review.keep_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    withdrawal text[] := ARRAY['deleted_at', 'deleted_by', 'deletion_reason'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.deleted_at IS NULL
        AND to_jsonb(NEW) - withdrawal = to_jsonb(OLD) - withdrawal
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a row of a ledger is withdrawn once and otherwise stays as it is'
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON review.decisions
    FOR EACH ROW EXECUTE FUNCTION review.keep_ledger();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON review.decisions
    FOR EACH STATEMENT EXECUTE FUNCTION review.keep_ledger();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON review.acknowledgements
    FOR EACH ROW EXECUTE FUNCTION review.keep_ledger();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON review.acknowledgements
    FOR EACH STATEMENT EXECUTE FUNCTION review.keep_ledger();
