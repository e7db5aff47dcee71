-- Each publication holds a digest of itself and of the one before it; those that are there get
-- theirs in order of publishing.
ALTER TABLE run.publications ADD COLUMN chain_digest TEXT COLLATE "C";
DO $$
DECLARE
    p run.publications;
    before text := '';
BEGIN
    FOR p IN SELECT * FROM run.publications ORDER BY publication_number LOOP
        before := encode(sha256(convert_to(before || jsonb_build_array(
            p.publication_number, p.publication_id, p.as_of_date,
            extract(epoch FROM p.published_at), p.published_by, p.supersedes, p.content_digest,
            p.manifest, p.override_by, p.override_reason
        )::text, 'UTF8')), 'hex');
        UPDATE run.publications SET chain_digest = before
            WHERE publication_number = p.publication_number;
    END LOOP;
END
$$;
ALTER TABLE run.publications ALTER COLUMN chain_digest SET NOT NULL;
