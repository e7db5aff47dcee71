-- Why a figure is not what it was: the cases, and the bridge of each figure. Never changed.

CREATE TABLE nightly.movement (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    figure_id TEXT COLLATE "C" NOT NULL,
    episode_id TEXT COLLATE "C" NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    change BIGINT NOT NULL,
    before_status TEXT COLLATE "C",
    after_status TEXT COLLATE "C",
    CONSTRAINT movement_pkey PRIMARY KEY (as_of_date, publication_number, figure_id, episode_id)
) PARTITION BY RANGE (as_of_date);

CREATE TABLE nightly.bridges (
    as_of_date DATE NOT NULL,
    publication_number BIGINT NOT NULL,
    figure_id TEXT COLLATE "C" NOT NULL,
    before_publication_id TEXT COLLATE "C" NOT NULL,
    before_as_of_date DATE NOT NULL,
    basis TEXT COLLATE "C" NOT NULL,
    opening BIGINT NOT NULL,
    redefined BIGINT NOT NULL,
    came_in BIGINT NOT NULL,
    went_out BIGINT NOT NULL,
    closing BIGINT NOT NULL,
    CONSTRAINT bridges_pkey PRIMARY KEY (as_of_date, publication_number, figure_id)
) PARTITION BY RANGE (as_of_date);
