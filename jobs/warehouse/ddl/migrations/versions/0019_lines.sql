-- Since when each line of each case list has been there, and what closed it. Both name nobody and
-- stay, as movement does.

CREATE TABLE nightly.listed (
    list_name TEXT COLLATE "C" NOT NULL,
    line_key TEXT COLLATE "C" NOT NULL,
    episode_id TEXT COLLATE "C",
    case_id TEXT COLLATE "C",
    prison_id TEXT COLLATE "C",
    team TEXT COLLATE "C",
    first_listed_date DATE NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    follows BIGINT,
    CONSTRAINT listed_one_open UNIQUE NULLS NOT DISTINCT (list_name, line_key, until),
    CONSTRAINT listed_one_first UNIQUE NULLS NOT DISTINCT (list_name, line_key, follows),
    CONSTRAINT listed_follows_fkey FOREIGN KEY(list_name, line_key, follows) REFERENCES nightly.listed (list_name, line_key, until),
    CONSTRAINT listed_half_open_check CHECK (since < until),
    CONSTRAINT listed_no_overlap_check CHECK (follows <= since)
);

CREATE TABLE nightly.closed (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    list_name TEXT COLLATE "C" NOT NULL,
    line_key TEXT COLLATE "C" NOT NULL,
    episode_id TEXT COLLATE "C",
    case_id TEXT COLLATE "C",
    prison_id TEXT COLLATE "C",
    team TEXT COLLATE "C",
    first_listed_date DATE NOT NULL,
    last_listed_date DATE NOT NULL,
    closed_by TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C",
    CONSTRAINT closed_pkey PRIMARY KEY (as_of_date, publication_number, list_name, line_key)
) PARTITION BY RANGE (as_of_date);
