-- What the desk calls suggestions: found by the ranking job, decided by editors. The job writes
-- evidence and score, editors write state, note and merged_into; neither touches the other's.
CREATE TABLE proposals (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    article TEXT,
    path TEXT NOT NULL,
    evidence TEXT NOT NULL,
    severity TEXT NOT NULL,
    concern TEXT NOT NULL,
    readers BIGINT NOT NULL,
    of_readers BIGINT NOT NULL,
    share_low DOUBLE PRECISION NOT NULL,
    share_high DOUBLE PRECISION NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    first_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    merged_into TEXT,
    note TEXT NOT NULL DEFAULT '',
    changed_ms BIGINT NOT NULL
);

CREATE INDEX proposals_rank ON proposals (state, score DESC, id);
CREATE INDEX proposals_merged ON proposals (merged_into);

-- Figures that cost too much to count while somebody waits, as the job last counted them (JSON).
CREATE TABLE figures (
    name TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    made_ms BIGINT NOT NULL
);
