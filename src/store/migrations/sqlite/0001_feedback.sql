-- Feedback and its history. Ids are UUIDv7 in text form, so that their order is the order of
-- arrival; times are milliseconds since 1970, UTC; `added` holds sentences separated by U+001E.
-- 0x77656e71 is "wenq", by which a restore knows a database of ours.
PRAGMA application_id = 2003136113;

CREATE TABLE feedback (
    id TEXT NOT NULL PRIMARY KEY,
    receipt TEXT NOT NULL UNIQUE,
    article TEXT,
    revision TEXT NOT NULL,
    vote TEXT,
    reason TEXT,
    comment TEXT NOT NULL,
    contact TEXT NOT NULL,
    query TEXT NOT NULL,
    lang TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    changed_ms INTEGER NOT NULL,
    added TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL,
    reply TEXT NOT NULL DEFAULT '',
    change_article TEXT,
    change_revision TEXT NOT NULL DEFAULT '',
    change_commit TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX feedback_article ON feedback (article, id);
CREATE INDEX feedback_status ON feedback (status, id);

-- What happened to a piece of feedback, by the reader's hand (actor '') or a reviewer's.
CREATE TABLE feedback_events (
    id TEXT NOT NULL PRIMARY KEY,
    feedback_id TEXT NOT NULL REFERENCES feedback (id) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    kind TEXT NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL
) STRICT;

CREATE INDEX feedback_events_feedback ON feedback_events (feedback_id, id);
