-- Times are milliseconds since 1970. Ids of attempts have 16 bytes, fingerprints 32.

CREATE TABLE entries (
    -- AUTOINCREMENT: an id is never used twice, even when its entry was purged.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT,
    fingerprint_version INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    state TEXT NOT NULL,
    attempt BLOB,
    attempts BIGINT NOT NULL,
    task TEXT,
    cost DOUBLE PRECISION,
    consent BOOLEAN NOT NULL,
    delivered BOOLEAN NOT NULL,
    status TEXT,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    CHECK (state NOT IN ('running', 'done', 'failed') OR task IS NOT NULL)
);

CREATE TABLE attempts (
    id BLOB NOT NULL PRIMARY KEY,
    entry BIGINT NOT NULL REFERENCES entries (id),
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    number BIGINT NOT NULL,
    holder TEXT NOT NULL,
    state TEXT NOT NULL,
    task TEXT,
    source TEXT,
    duplicate BOOLEAN NOT NULL,
    hint TEXT,
    evidence TEXT,
    started BIGINT NOT NULL,
    -- What counts again where this one created nothing. It may be of another entry, and outlive it.
    supersedes BLOB
);

CREATE TABLE holders (
    name TEXT NOT NULL PRIMARY KEY,
    started BIGINT NOT NULL
);

-- What may exist once.

CREATE UNIQUE INDEX entries_by_key ON entries (account, operation, key) WHERE key IS NOT NULL;

CREATE UNIQUE INDEX entries_in_the_way ON entries (account, operation, fingerprint, fingerprint_version)
    WHERE key IS NULL AND NOT consent AND (state = 'posting' OR state = 'unknown');

CREATE UNIQUE INDEX entries_by_task ON entries (account, operation, task) WHERE task IS NOT NULL;

CREATE UNIQUE INDEX attempts_by_task ON attempts (account, operation, task) WHERE task IS NOT NULL;

-- What is looked for. The conditions are repeated by the statements, word for word.

CREATE INDEX entries_without_key ON entries (account, operation, fingerprint, fingerprint_version)
    WHERE key IS NULL AND NOT consent AND (state IN ('ready', 'posting', 'unknown') OR NOT delivered);

CREATE INDEX entries_open ON entries (account, operation, id) WHERE (state = 'posting' OR state = 'unknown');

CREATE INDEX entries_unfinished ON entries (account, operation, id)
    WHERE (state = 'running' OR (state IN ('done', 'failed') AND NOT delivered));

CREATE INDEX entries_over ON entries (account, operation, changed)
    WHERE ((state IN ('done', 'failed') AND delivered) OR (state = 'ready' AND key IS NULL));

CREATE INDEX attempts_of_entry ON attempts (entry);

CREATE INDEX attempts_duplicate ON attempts (account, operation, entry, number) WHERE duplicate;
