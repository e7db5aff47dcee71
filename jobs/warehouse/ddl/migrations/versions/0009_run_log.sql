-- The run log holds what each step took and counted, and the failures of runs that are of no night.

ALTER TABLE run.attempts ADD COLUMN steps JSONB;
ALTER TABLE run.attempts ALTER COLUMN as_of_date DROP NOT NULL;
