-- Until when somebody has taken on an episode; those of before hold until they are withdrawn.

ALTER TABLE review.acknowledgements ADD COLUMN until_date DATE;
