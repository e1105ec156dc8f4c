-- What readers searched. No visitor, no session: only the words and what came of them.
CREATE TABLE searches (
    id TEXT NOT NULL PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    query TEXT NOT NULL,
    total INTEGER NOT NULL,
    confidence TEXT NOT NULL,
    lang TEXT NOT NULL,
    opened TEXT,
    helped TEXT
) STRICT, WITHOUT ROWID;
