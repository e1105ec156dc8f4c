-- What readers searched. No visitor, no session: only the words and what came of them.
CREATE TABLE searches (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at_ms BIGINT NOT NULL,
    query TEXT NOT NULL,
    total BIGINT NOT NULL,
    confidence TEXT NOT NULL,
    lang TEXT NOT NULL,
    opened TEXT,
    helped TEXT
);
