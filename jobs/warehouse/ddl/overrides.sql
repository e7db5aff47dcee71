-- A change of a rule by a site holds by the word of two people. Nothing of it is ever changed: what
-- stands follows from the last word that was said.

-- What is registered says itself which rule it changes, who answers for it and until when. It ends
-- within a year of the last night; before the first night, of today.
CREATE OR REPLACE FUNCTION run.weigh_override() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said jsonb := NEW.entry::jsonb;
    last date := coalesce((SELECT max(as_of_date) FROM run.current), current_date);
BEGIN
    NEW.rule_id := btrim(said ->> 'rule');
    NEW.period_from_date := (said ->> 'from')::date;
    NEW.owner := btrim(said ->> 'owner');
    NEW.reason := btrim(said ->> 'reason');
    NEW.expires_date := (said ->> 'expires')::date;
    IF nullif(NEW.rule_id, '') IS NULL OR nullif(NEW.owner, '') IS NULL
        OR nullif(NEW.reason, '') IS NULL
    THEN
        RAISE EXCEPTION 'a change of a rule names the rule, an owner and a reason'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.expires_date IS NULL OR NEW.expires_date <= last
        OR NEW.expires_date > last + interval '1 year'
    THEN
        RAISE EXCEPTION 'a change of a rule ends after the last night and within a year of it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

-- A word is said on what waits for it: on a change that was registered, or on an end that was asked
-- for. Who confirms is never who registered or asked.
CREATE OR REPLACE FUNCTION run.weigh_word() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    first_by text;
    last review.override_words;
BEGIN
    SELECT recorded_by INTO first_by FROM review.overrides
        WHERE override_id = NEW.override_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no change of this number' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT * INTO last FROM review.override_words
        WHERE override_id = NEW.override_id ORDER BY word_id DESC LIMIT 1;
    -- One that takes the place of another ends it: two people have agreed to that.
    IF pg_trigger_depth() > 1 AND NEW.word = 'end' AND last.word IN ('confirm', 'keep', 'ask_end') THEN
        RETURN NEW;
    END IF;
    IF NOT (CASE
        WHEN last.word IS NULL THEN NEW.word IN ('confirm', 'refuse')
        WHEN last.word IN ('confirm', 'keep') THEN NEW.word = 'ask_end'
        WHEN last.word = 'ask_end' THEN NEW.word IN ('end', 'keep')
        ELSE false
    END) THEN
        RAISE EXCEPTION 'nothing waits for this word' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.word = 'confirm' AND NEW.recorded_by IS NOT DISTINCT FROM first_by)
        OR (NEW.word = 'end' AND NEW.recorded_by IS NOT DISTINCT FROM last.recorded_by)
    THEN
        RAISE EXCEPTION 'a second person confirms, not the first again'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;

-- A change that is confirmed takes the place of the one that held of the same rule and period.
CREATE OR REPLACE FUNCTION run.replace_override() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO review.override_words (override_id, word, reason)
        SELECT earlier.override_id, 'end', 'replaced by change ' || NEW.override_id
        FROM review.overrides AS chosen
        JOIN review.overrides AS earlier ON earlier.rule_id = chosen.rule_id
            AND earlier.period_from_date IS NOT DISTINCT FROM chosen.period_from_date
            AND earlier.override_id <> chosen.override_id
        CROSS JOIN LATERAL (
            SELECT word FROM review.override_words AS w
            WHERE w.override_id = earlier.override_id ORDER BY word_id DESC LIMIT 1
        ) AS last
        WHERE chosen.override_id = NEW.override_id AND NEW.word = 'confirm'
            AND last.word IN ('confirm', 'keep', 'ask_end');
    RETURN NULL;
END
$$;
