-- Two pairs of eyes: a decision by which somebody could come off a list waits for a second person.
-- Functions of the tables' owner, so that who decides needs no right to change a ledger, and cannot
-- go round them.

-- Whether somebody of a register is in the last publication.
CREATE OR REPLACE FUNCTION review.is_known(the_register text, the_person text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM registry.identities AS i
        JOIN run.current AS c ON i.since <= c.publication_number
            AND (i.until IS NULL OR i.until > c.publication_number)
        WHERE c.as_of_date = (SELECT max(as_of_date) FROM run.current)
            AND i.register = the_register AND i.person_id = the_person
    )
$$;

-- Why a second person is wanted before a prisoner's link may come to stand; empty where none is.
-- That the case is undecided today is no reason to do without: it may be decided tomorrow.
CREATE OR REPLACE FUNCTION review.second_wanted(the_prisoner text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN bool_or(seriousness <= 2) THEN 'a serious offence'
        WHEN bool_or(status NOT IN ('CONSIDERED', 'OUT_OF_SCOPE')) THEN 'not considered so far'
        WHEN bool_or(is_in_custody AND status = 'OUT_OF_SCOPE')
            THEN 'in custody, and may come into scope'
    END
    FROM nightly.assessments AS a
    JOIN run.current AS c USING (as_of_date, publication_number)
    WHERE c.as_of_date = (SELECT max(as_of_date) FROM run.current)
        AND a.prisoner_number = the_prisoner
$$;

-- Whether no night has used a decision yet, nor anything that it took the place of.
CREATE OR REPLACE FUNCTION review.is_unused(the_decision bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH last AS (SELECT max(published_at) AS moment FROM run.publications)
    SELECT d.decided_at > last.moment AND NOT EXISTS (
        SELECT FROM review.decisions AS earlier
        WHERE (earlier.prisoner_number, earlier.cid_person_id)
                = (d.prisoner_number, d.cid_person_id)
            AND earlier.decision_id <> d.decision_id
            AND earlier.judgement <> 'cannot_tell' AND NOT earlier.is_pending
            AND earlier.decided_at <= last.moment AND earlier.deleted_at > last.moment
    )
    FROM review.decisions AS d, last WHERE d.decision_id = the_decision
$$;

-- Every decision is weighed when it is entered: its persons must be known, and one that could bring
-- a link about waits. Until then what held on the pair goes on to hold.
CREATE OR REPLACE FUNCTION run.weigh_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT review.is_known('prison', NEW.prisoner_number)
        OR NOT review.is_known('immigration', NEW.cid_person_id)
    THEN
        RAISE EXCEPTION 'a person whom the registers of the last publication do not hold'
            USING ERRCODE = 'restrict_violation';
    END IF;
    NEW.second_wanted := NULL;
    IF NEW.judgement IN ('must_link', 'left_to_model') THEN
        NEW.second_wanted := review.second_wanted(NEW.prisoner_number);
    END IF;
    NEW.is_pending := NEW.second_wanted IS NOT NULL;
    UPDATE review.decisions AS earlier SET deleted_at = clock_timestamp(),
            deleted_by = NEW.reviewer, deletion_reason = 'replaced by a later decision'
        WHERE (earlier.prisoner_number, earlier.cid_person_id)
                = (NEW.prisoner_number, NEW.cid_person_id)
            AND earlier.deleted_at IS NULL
            AND CASE
                WHEN earlier.judgement = 'cannot_tell' THEN earlier.recorded_by = NEW.recorded_by
                WHEN NEW.judgement = 'cannot_tell'
                    THEN earlier.recorded_by = NEW.recorded_by AND review.is_unused(earlier.decision_id)
                ELSE earlier.is_pending OR NOT NEW.is_pending
            END;
    RETURN NEW;
END
$$;

-- A second person is somebody else.
CREATE OR REPLACE FUNCTION run.weigh_confirmation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen review.decisions;
BEGIN
    SELECT * INTO chosen FROM review.decisions
        WHERE decision_id = NEW.decision_id AND is_pending AND deleted_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no decision of this number waits' USING ERRCODE = 'restrict_violation';
    END IF;
    IF chosen.recorded_by IS NOT DISTINCT FROM NEW.recorded_by THEN
        RAISE EXCEPTION 'a second person confirms, not the first again'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

-- What was confirmed takes the place of what held.
CREATE OR REPLACE FUNCTION run.take_effect() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE review.decisions AS earlier SET deleted_at = clock_timestamp(),
            deleted_by = chosen.reviewer, deletion_reason = 'replaced by a later decision'
        FROM review.decisions AS chosen
        WHERE chosen.decision_id = NEW.decision_id
            AND (earlier.prisoner_number, earlier.cid_person_id)
                = (chosen.prisoner_number, chosen.cid_person_id)
            AND earlier.deleted_at IS NULL AND NOT earlier.is_pending
            AND earlier.judgement <> 'cannot_tell';
    UPDATE review.decisions SET is_pending = false WHERE decision_id = NEW.decision_id;
    RETURN NULL;
END
$$;

-- Withdraws a decision. Where the model could then link somebody whom two persons must see, the
-- withdrawal is itself a decision that waits. Gives the number of that, 0 where it is withdrawn,
-- and nothing where no such decision holds.
CREATE OR REPLACE FUNCTION review.withdraw(the_decision bigint, named text, why text)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    chosen review.decisions;
    asked bigint;
BEGIN
    SELECT * INTO chosen FROM review.decisions
        WHERE decision_id = the_decision AND deleted_at IS NULL FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF chosen.judgement IN ('must_link', 'must_not_link') AND NOT chosen.is_pending
        AND NOT review.is_unused(the_decision)
        AND review.is_known('prison', chosen.prisoner_number)
        AND review.is_known('immigration', chosen.cid_person_id)
        AND review.second_wanted(chosen.prisoner_number) IS NOT NULL
    THEN
        INSERT INTO review.decisions (prisoner_number, cid_person_id, judgement, reviewer, reason)
            VALUES (chosen.prisoner_number, chosen.cid_person_id, 'left_to_model', named, why)
            RETURNING decision_id INTO asked;
        RETURN asked;
    END IF;
    UPDATE review.decisions SET deleted_at = clock_timestamp(), deleted_by = named,
        deletion_reason = why WHERE decision_id = the_decision;
    RETURN 0;
END
$$;
REVOKE EXECUTE ON FUNCTION review.is_known(text, text), review.second_wanted(text),
    review.is_unused(bigint), review.withdraw(bigint, text, text) FROM PUBLIC;
