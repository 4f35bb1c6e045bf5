-- What several machines need.

-- How long an attempt counts as alive after it was recorded, in milliseconds. NULL: its process can no longer send it.
ALTER TABLE attempts ADD COLUMN lease BIGINT;

-- What a callback said that another process received, for the process that waits.

CREATE TABLE messages (
    attempt BLOB NOT NULL PRIMARY KEY REFERENCES attempts (id) ON DELETE CASCADE,
    holder TEXT NOT NULL,
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    task TEXT NOT NULL,
    rank BIGINT NOT NULL
);

CREATE INDEX messages_by_holder ON messages (holder);

-- What the processes know that share the rate limit of an account and API key, of which `id` is a hash.

CREATE TABLE budgets (
    id BLOB NOT NULL PRIMARY KEY,
    paused_until BIGINT,
    slowness DOUBLE PRECISION NOT NULL,
    needs_probe BOOLEAN NOT NULL,
    prober TEXT,
    prober_until BIGINT,
    no_credits BOOLEAN NOT NULL
);

-- The places that each of these processes holds. `requests` in `per` milliseconds is the limit that it was given.

CREATE TABLE budget_shares (
    budget BLOB NOT NULL REFERENCES budgets (id),
    holder TEXT NOT NULL,
    held BIGINT NOT NULL,
    wants BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    per BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    PRIMARY KEY (budget, holder)
);

-- The process that waits for the task of a running entry. Empty: none does.

ALTER TABLE entries ADD COLUMN waiter TEXT NOT NULL DEFAULT '';

CREATE INDEX entries_waiting ON entries (account, waiter, operation, id) WHERE state = 'running';

-- When a process counts as dead if nothing is heard of it until then. NULL: a lock tells whether it lives.
ALTER TABLE holders ADD COLUMN alive_until BIGINT;

-- Views for people and dashboards, with times that can be read, and prices in credits.

CREATE VIEW ledger_entries AS SELECT id, account, operation, key, state, task, status, attempts, cost AS credits, consent, delivered,
    datetime(created / 1000, 'unixepoch') AS created, datetime(changed / 1000, 'unixepoch') AS changed,
    unixepoch() - created / 1000 AS age_seconds, unixepoch() - changed / 1000 AS unchanged_seconds FROM entries;

CREATE VIEW ledger_attempts AS SELECT attempts.entry, attempts.account, attempts.operation, entries.key, attempts.number,
    attempts.state, attempts.task, attempts.duplicate, attempts.cost / CAST(1000 AS DOUBLE PRECISION) AS credits,
    attempts.holder, attempts.hint, attempts.evidence, datetime(attempts.started / 1000, 'unixepoch') AS started
    FROM attempts JOIN entries ON entries.id = attempts.entry;
