-- The review desk. Passwords are kept as argon2id strings, tokens only as their SHA-256.
CREATE TABLE reviewers (
    name TEXT NOT NULL PRIMARY KEY,
    password TEXT NOT NULL,
    token TEXT UNIQUE,
    disabled INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
    token TEXT NOT NULL PRIMARY KEY,
    reviewer TEXT NOT NULL REFERENCES reviewers (name) ON DELETE CASCADE,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_reviewer ON sessions (reviewer);

CREATE TABLE audit (
    id TEXT NOT NULL PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;

-- Rate limits: how often a key was seen in a window. A key is a hash under the salt of its day.
CREATE TABLE takes (
    key BLOB NOT NULL,
    window_ms INTEGER NOT NULL,
    ends_ms INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (key, window_ms, ends_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX takes_ends ON takes (ends_ms);

CREATE TABLE salts (
    day INTEGER NOT NULL PRIMARY KEY,
    salt BLOB NOT NULL
) STRICT;
