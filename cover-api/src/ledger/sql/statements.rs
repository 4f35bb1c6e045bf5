//! The SQL statements.
//!
//! SQLite and PostgreSQL accept them, except where a feature says otherwise. Parameters are numbered in the order of their first use, since SQLite treats `$1` as a
//! name. The conditions repeat those of the partial indexes word for word.

/// The columns of [`record::entry`](super::record::entry).
macro_rules! entry {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, operation, key, fingerprint_version, fingerprint, state, attempt, attempts, task, cost, \
             consent, delivered, status, created, changed, waiter FROM entries WHERE ",
            $rest
        )
    };
}

/// The columns of [`record::attempt`](super::record::attempt).
macro_rules! attempt {
    ($rest:literal) => {
        concat!(
            "SELECT id, entry, number, holder, state, task, source, duplicate, hint, evidence, started, supersedes, \
             cost, lease FROM attempts WHERE ",
            $rest
        )
    };
}

/// Finds entries that may be purged, the oldest first.
macro_rules! over {
    ($rest:literal) => {
        concat!(
            "SELECT id FROM entries WHERE account = $1 AND operation = $2 AND changed < $3 \
             AND ((state IN ('done', 'failed') AND delivered) OR (state = 'ready' AND key IS NULL)) \
             AND NOT EXISTS (SELECT 1 FROM attempts AS other WHERE other.entry = entries.id AND other.duplicate) \
             ORDER BY changed LIMIT $4",
            $rest
        )
    };
}

pub(in crate::ledger) const ENTRY: &str = entry!("id = $1");
pub(in crate::ledger) const ENTRY_BY_KEY: &str = entry!("account = $1 AND operation = $2 AND key = $3");
pub(in crate::ledger) const OPEN_ENTRIES: &str = entry!(
    "account = $1 AND operation = $2 AND fingerprint = $3 AND fingerprint_version = $4 AND key IS NULL AND NOT consent \
     AND (state IN ('ready', 'posting', 'unknown') OR NOT delivered) ORDER BY id"
);
/// Finds what [`ENTRY_BY_KEY`] and [`OPEN_ENTRIES`] find.
macro_rules! purchase {
    ($lock:literal) => {
        concat!(
            "SELECT * FROM (",
            entry!("account = $1 AND operation = $2 AND key = $3"),
            $lock,
            ") AS with_key UNION ALL SELECT * FROM (",
            entry!(
                "account = $1 AND operation = $2 AND fingerprint = $4 AND fingerprint_version = $5 AND key IS NULL \
                 AND NOT consent AND (state IN ('ready', 'posting', 'unknown') OR NOT delivered)"
            ),
            $lock,
            ") AS equal"
        )
    };
}

pub(in crate::ledger) const PURCHASE: &str = purchase!("");
/// [`PURCHASE`], which locks the rows. SQLite has no such locks.
pub(in crate::ledger) const PURCHASE_LOCKED: &str = purchase!(" FOR UPDATE");
pub(in crate::ledger) const LIST_OPEN: &str = entry!(
    "account = $1 AND operation = $2 AND id > $3 AND (state = 'posting' OR state = 'unknown') ORDER BY id LIMIT $4"
);
pub(in crate::ledger) const LIST_UNFINISHED: &str = entry!(
    "account = $1 AND operation = $2 AND id > $3 \
     AND (state = 'running' OR (state IN ('done', 'failed') AND NOT delivered)) ORDER BY id LIMIT $4"
);
pub(in crate::ledger) const INSERT_ENTRY: &str = "INSERT INTO entries (account, operation, key, fingerprint_version, fingerprint, \
    state, attempt, attempts, task, cost, consent, delivered, status, created, changed, waiter) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id";
/// Account, operation and key identify the entry and do not change.
pub(in crate::ledger) const UPDATE_ENTRY: &str = "UPDATE entries SET fingerprint_version = $1, fingerprint = $2, state = $3, \
    attempt = $4, attempts = $5, task = $6, cost = $7, consent = $8, delivered = $9, status = $10, created = $11, \
    changed = $12, waiter = $13 WHERE id = $14";

/// The waiter is a range of one value. If it were compared by `=`, PostgreSQL would look through all entries in the order of their ids, and read
/// again each time what has another waiter by now.
macro_rules! waiting {
    ($rest:literal) => {
        concat!(
            entry!(
                "account = $1 AND waiter >= $2 AND waiter <= $2 AND operation = $3 AND state = 'running' \
                 ORDER BY waiter, operation, id LIMIT $4"
            ),
            $rest
        )
    };
}

pub(in crate::ledger) const WAITING: &str = waiting!("");
/// [`WAITING`] without the rows that other transactions have locked.
pub(in crate::ledger) const WAITING_UNLOCKED: &str = waiting!(" FOR UPDATE SKIP LOCKED");
pub(in crate::ledger) const LEAVE: &str =
    "UPDATE entries SET waiter = '' WHERE id = $1 AND waiter = $2 AND state = 'running'";
/// Finds each waiter by the index, however many entries it has.
pub(in crate::ledger) const WAITERS: &str = "SELECT name FROM (WITH RECURSIVE waiters (name) AS \
    (SELECT MIN(waiter) FROM entries WHERE account = $1 AND state = 'running' UNION ALL SELECT \
    (SELECT MIN(waiter) FROM entries WHERE account = $1 AND state = 'running' AND waiter > waiters.name) \
    FROM waiters WHERE waiters.name IS NOT NULL) SELECT name FROM waiters WHERE name IS NOT NULL) AS found";

pub(in crate::ledger) const OPERATIONS: &str =
    "SELECT DISTINCT operation FROM entries WHERE account = $1 ORDER BY operation";

/// Reads an attempt together with its entry, which is locked first.
pub(in crate::ledger) const ATTEMPT: &str = "SELECT attempts.id, attempts.entry, attempts.number, attempts.holder, attempts.state, \
    attempts.task, attempts.source, attempts.duplicate, attempts.hint, attempts.evidence, attempts.started, \
    attempts.supersedes, attempts.cost, attempts.lease, entries.id, entries.account, entries.operation, entries.key, \
    entries.fingerprint_version, entries.fingerprint, entries.state, entries.attempt, entries.attempts, entries.task, \
    entries.cost, entries.consent, entries.delivered, entries.status, entries.created, entries.changed, entries.waiter \
    FROM entries JOIN attempts ON attempts.entry = entries.id WHERE attempts.id = $1";
pub(in crate::ledger) const ATTEMPT_BY_TASK: &str =
    "SELECT id FROM attempts WHERE account = $1 AND operation = $2 AND task = $3";
pub(in crate::ledger) const DUPLICATES: &str =
    attempt!("account = $1 AND operation = $2 AND duplicate ORDER BY entry, number");
pub(in crate::ledger) const PUT_ATTEMPT: &str = "INSERT INTO attempts (id, account, operation, entry, number, holder, state, task, \
    source, duplicate, hint, evidence, started, supersedes, cost, lease) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
    ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, number = excluded.number, holder = excluded.holder, \
    state = excluded.state, task = excluded.task, source = excluded.source, duplicate = excluded.duplicate, \
    hint = excluded.hint, evidence = excluded.evidence, started = excluded.started, supersedes = excluded.supersedes, \
    cost = excluded.cost, lease = excluded.lease";
/// Does the same with an attempt that is there, at a lower cost.
pub(in crate::ledger) const UPDATE_ATTEMPT: &str = "UPDATE attempts SET entry = $1, number = $2, holder = $3, state = $4, task = $5, \
    source = $6, duplicate = $7, hint = $8, evidence = $9, started = $10, supersedes = $11, cost = $12, lease = $13 \
    WHERE id = $14";

/// [`INSERT_ENTRY`] with its first attempt. SQLite has no such statements.
pub(in crate::ledger) const INSERT_WITH_ATTEMPT: &str = "WITH inserted AS (INSERT INTO entries (account, operation, key, \
    fingerprint_version, fingerprint, state, attempt, attempts, task, cost, consent, delivered, status, created, changed, \
    waiter) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id) \
    INSERT INTO attempts (id, account, operation, entry, number, holder, state, task, source, duplicate, hint, evidence, \
    started, supersedes, cost, lease) SELECT $17, $1, $2, inserted.id, $18, $19, $20, $21, $22, $23, $24, $25, $26, \
    $27, $28, $29 FROM inserted RETURNING entry";
/// [`UPDATE_ATTEMPT`] and [`UPDATE_ENTRY`]. SQLite has no such statements.
pub(in crate::ledger) const UPDATE_BOTH: &str = "WITH updated AS (UPDATE attempts SET entry = $1, number = $2, holder = $3, \
    state = $4, task = $5, source = $6, duplicate = $7, hint = $8, evidence = $9, started = $10, supersedes = $11, \
    cost = $12, lease = $13 WHERE id = $14 RETURNING id) UPDATE entries SET fingerprint_version = $15, \
    fingerprint = $16, state = $17, attempt = $18, attempts = $19, task = $20, cost = $21, consent = $22, \
    delivered = $23, status = $24, created = $25, changed = $26, waiter = $27 FROM updated WHERE entries.id = $28";

pub(in crate::ledger) const ANSWER: &str = "SELECT bytes FROM answers WHERE attempt = $1";
pub(in crate::ledger) const PUT_ANSWER: &str = "INSERT INTO answers (attempt, entry, bytes) VALUES ($1, $2, $3) \
    ON CONFLICT (attempt) DO UPDATE SET entry = excluded.entry, bytes = excluded.bytes";
pub(in crate::ledger) const DELETE_ANSWERS: &str = "DELETE FROM answers WHERE entry = $1";

/// Adds to what a holder has spent in a minute.
pub(in crate::ledger) const SPEND: &str = "INSERT INTO spending (account, minute, holder, lane, total) VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (account, minute, holder, lane) DO UPDATE SET total = spending.total + excluded.total";
pub(in crate::ledger) const SPENT_BY: &str =
    "SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM spending WHERE account = $1 AND holder = $2";
pub(in crate::ledger) const SPENT_SINCE: &str =
    "SELECT CAST(COALESCE(SUM(total), 0) AS BIGINT) FROM spending WHERE account = $1 AND minute >= $2";

pub(in crate::ledger) const BUDGET: &str = "SELECT paused_until, slowness, needs_probe, prober, prober_until, no_credits \
    FROM budgets WHERE id = $1";
pub(in crate::ledger) const ADD_BUDGET: &str = "INSERT INTO budgets (id, slowness, needs_probe, no_credits) \
    VALUES ($1, 1.0, FALSE, FALSE) ON CONFLICT (id) DO NOTHING";
pub(in crate::ledger) const PUT_BUDGET: &str = "UPDATE budgets SET paused_until = $1, slowness = $2, needs_probe = $3, prober = $4, \
    prober_until = $5, no_credits = $6 WHERE id = $7";
pub(in crate::ledger) const SHARES: &str =
    "SELECT holder, held, wants, requests, per, valid_until FROM budget_shares WHERE budget = $1";
pub(in crate::ledger) const PUT_SHARE: &str = "INSERT INTO budget_shares (budget, holder, held, wants, requests, per, valid_until) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (budget, holder) DO UPDATE SET held = excluded.held, \
    wants = excluded.wants, requests = excluded.requests, per = excluded.per, valid_until = excluded.valid_until";
pub(in crate::ledger) const DELETE_SHARE: &str = "DELETE FROM budget_shares WHERE budget = $1 AND holder = $2";

pub(in crate::ledger) const PUT_MESSAGE: &str = "INSERT INTO messages (attempt, holder, account, operation, task, rank) \
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (attempt) DO UPDATE SET holder = excluded.holder, task = excluded.task, \
    rank = CASE WHEN messages.rank > excluded.rank THEN messages.rank ELSE excluded.rank END";
pub(in crate::ledger) const TAKE_MESSAGES: &str = "DELETE FROM messages WHERE attempt IN \
    (SELECT attempt FROM messages WHERE holder = $1 LIMIT $2) RETURNING attempt, account, operation, task, rank";
pub(in crate::ledger) const DELETE_MESSAGES: &str = "DELETE FROM messages WHERE holder = $1";

pub(in crate::ledger) const OVER: &str = over!("");
/// Finds those that no other transaction has locked, and locks them. SQLite has no such locks.
pub(in crate::ledger) const OVER_FREE: &str = over!(" FOR UPDATE SKIP LOCKED");
pub(in crate::ledger) const DELETE_ATTEMPTS: &str = "DELETE FROM attempts WHERE entry = $1";
pub(in crate::ledger) const DELETE_ENTRY: &str = "DELETE FROM entries WHERE id = $1";

#[cfg(feature = "sqlite")]
pub(in crate::ledger) const HOLDERS: &str = "SELECT name FROM holders";
#[cfg(feature = "sqlite")]
pub(in crate::ledger) const ADD_HOLDER: &str = "INSERT INTO holders (name, started) VALUES ($1, $2)";
pub(in crate::ledger) const REMOVE_HOLDER: &str = "DELETE FROM holders WHERE name = $1";
/// Finds an entry whose current attempt is posting and belongs to this holder.
#[cfg(feature = "sqlite")]
pub(in crate::ledger) const IS_POSTING: &str = "SELECT 1 FROM entries JOIN attempts ON attempts.id = entries.attempt \
    WHERE entries.state = 'posting' AND attempts.holder = $1 LIMIT 1";

/// Finds a holder.
#[cfg(feature = "postgres")]
pub(in crate::ledger) const HOLDER: &str = "SELECT alive_until FROM holders WHERE name = $1";
#[cfg(feature = "postgres")]
pub(in crate::ledger) const ENTER: &str = "INSERT INTO holders (name, started, alive_until) VALUES ($1, $2, $3)";
#[cfg(feature = "postgres")]
pub(in crate::ledger) const STAY: &str = "UPDATE holders SET alive_until = $1 WHERE name = $2";
/// What a transaction needs to know at its beginning: the versions of the tables, the time, whether its holder is listed, and whether
/// its commit will be durable.
#[cfg(feature = "postgres")]
macro_rules! begun {
    ($more:literal) => {
        concat!(
            "SELECT version, least_version, CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT), \
             EXISTS (SELECT 1 FROM holders WHERE name = $1), current_setting('synchronous_commit') = 'on'",
            $more,
            " FROM ledger_meta"
        )
    };
}

#[cfg(feature = "postgres")]
pub(in crate::ledger) const BEGUN: &str = begun!("");
/// [`BEGUN`] and [`EXCLUDE`].
#[cfg(feature = "postgres")]
pub(in crate::ledger) const BEGUN_EXCLUDING: &str = begun!(", pg_advisory_xact_lock($2)");
/// Tells a holder that there are messages for it.
#[cfg(feature = "postgres")]
pub(in crate::ledger) const NOTIFY: &str = "SELECT pg_notify('cover_messages_' || $1, '')";
/// Takes a named lock until the end of the transaction.
#[cfg(feature = "postgres")]
pub(in crate::ledger) const EXCLUDE: &str = "SELECT pg_advisory_xact_lock($1)";
#[cfg(feature = "postgres")]
pub(in crate::ledger) const ENCODING: &str = "SELECT current_setting('server_encoding')";
#[cfg(feature = "postgres")]
pub(in crate::ledger) const HAS_META: &str = "SELECT to_regclass('ledger_meta') IS NOT NULL";

pub(in crate::ledger) const VERSIONS: &str = "SELECT version, least_version FROM ledger_meta";

/// All statements.
#[cfg(feature = "sqlite")]
pub(in crate::ledger) const ALL: [&str; 40] = [
    ENTRY,
    ENTRY_BY_KEY,
    OPEN_ENTRIES,
    PURCHASE,
    LIST_OPEN,
    LIST_UNFINISHED,
    WAITING,
    WAITERS,
    LEAVE,
    INSERT_ENTRY,
    UPDATE_ENTRY,
    OPERATIONS,
    ATTEMPT,
    ATTEMPT_BY_TASK,
    UPDATE_ATTEMPT,
    DUPLICATES,
    PUT_ATTEMPT,
    ANSWER,
    PUT_ANSWER,
    DELETE_ANSWERS,
    SPEND,
    SPENT_BY,
    SPENT_SINCE,
    BUDGET,
    ADD_BUDGET,
    PUT_BUDGET,
    SHARES,
    PUT_SHARE,
    DELETE_SHARE,
    PUT_MESSAGE,
    TAKE_MESSAGES,
    DELETE_MESSAGES,
    OVER,
    DELETE_ATTEMPTS,
    DELETE_ENTRY,
    HOLDERS,
    ADD_HOLDER,
    REMOVE_HOLDER,
    IS_POSTING,
    VERSIONS,
];
