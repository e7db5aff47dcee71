-- By how many the range of the missed narrows if a pair is decided; that of pairs laid out before is
-- not known, and the next publication lays them out anew.

ALTER TABLE review.pairs ADD COLUMN narrows DOUBLE PRECISION NOT NULL DEFAULT 0;
ALTER TABLE review.pairs ALTER COLUMN narrows DROP DEFAULT;
