-- What a change is called and when it was made; a change has a time, and one without an article
-- touched only words or settings.
ALTER TABLE feedback ADD COLUMN change_title TEXT NOT NULL DEFAULT '';
ALTER TABLE feedback ADD COLUMN change_ms BIGINT;
UPDATE feedback SET change_ms = changed_ms WHERE change_article IS NOT NULL;

-- What happened to a proposal: decided by a reviewer, closed by a commit ('git'), or opened again
-- by the ranking job (actor '') when readers say the same once more.
CREATE TABLE proposal_events (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    proposal_id TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    note TEXT NOT NULL
);

CREATE INDEX proposal_events_proposal ON proposal_events (proposal_id, id);

-- Names in `Suggestion:` trailers that were looked at, so that every commit closes once, whichever
-- instance sees it; those that name nothing known are told at the desk.
CREATE TABLE closings (
    commit_id TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    found BIGINT NOT NULL,
    PRIMARY KEY (commit_id, name)
);

CREATE INDEX closings_unknown ON closings (found, at_ms);

-- Word of feedback that another system waits for. A row goes when it was delivered or given up.
CREATE TABLE outbox (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    feedback_id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    due_ms BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX outbox_due ON outbox (due_ms);
