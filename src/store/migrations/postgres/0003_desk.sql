-- The review desk. Passwords are kept as argon2id strings, tokens only as their SHA-256.
CREATE TABLE reviewers (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    password TEXT NOT NULL,
    token TEXT UNIQUE,
    disabled BIGINT NOT NULL DEFAULT 0,
    created_ms BIGINT NOT NULL
);

CREATE TABLE sessions (
    token TEXT NOT NULL PRIMARY KEY,
    reviewer TEXT COLLATE "C" NOT NULL REFERENCES reviewers (name) ON DELETE CASCADE,
    created_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);

CREATE INDEX sessions_reviewer ON sessions (reviewer);

CREATE TABLE audit (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL
);

-- Rate limits: how often a key was seen in a window. A key is a hash under the salt of its day.
CREATE TABLE takes (
    key BYTEA NOT NULL,
    window_ms BIGINT NOT NULL,
    ends_ms BIGINT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (key, window_ms, ends_ms)
);

CREATE INDEX takes_ends ON takes (ends_ms);

CREATE TABLE salts (
    day BIGINT NOT NULL PRIMARY KEY,
    salt BYTEA NOT NULL
);
