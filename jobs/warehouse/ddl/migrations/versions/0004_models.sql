-- Which linkage model is in use, and why an identity came together or apart.

CREATE TABLE review.models (
    approval_id BIGINT GENERATED ALWAYS AS IDENTITY,
    model_version TEXT COLLATE "C" NOT NULL,
    model_digest TEXT COLLATE "C" NOT NULL,
    model TEXT COLLATE "C" NOT NULL,
    quality TEXT COLLATE "C" NOT NULL,
    approved_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    approved_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    deleted_at TIMESTAMP WITH TIME ZONE,
    deleted_by TEXT COLLATE "C",
    deletion_reason TEXT COLLATE "C",
    CONSTRAINT models_pkey PRIMARY KEY (approval_id),
    CONSTRAINT models_withdrawn_whole_check CHECK (num_nulls(deleted_at, deleted_by, deletion_reason) IN (0, 3))
);

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON review.models
    FOR EACH ROW EXECUTE FUNCTION review.keep_ledger();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON review.models
    FOR EACH STATEMENT EXECUTE FUNCTION review.keep_ledger();

CREATE TABLE nightly.identity_changes (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    register TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    before_identity_id TEXT COLLATE "C" NOT NULL,
    after_identity_id TEXT COLLATE "C" NOT NULL,
    change TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    CONSTRAINT identity_changes_pkey PRIMARY KEY (as_of_date, publication_number, register, person_id)
) PARTITION BY RANGE (as_of_date);
