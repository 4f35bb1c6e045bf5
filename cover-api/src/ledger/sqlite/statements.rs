//! The SQL statements.
//!
//! PostgreSQL accepts them as well. Parameters are numbered in the order of their first use, since SQLite treats `$1` as a
//! name. The conditions repeat those of the partial indexes word for word.

/// The columns of [`record::entry`](super::record::entry).
macro_rules! entry {
    ($rest:literal) => {
        concat!(
            "SELECT id, account, operation, key, fingerprint_version, fingerprint, state, attempt, attempts, task, cost, \
             consent, delivered, status, created, changed FROM entries WHERE ",
            $rest
        )
    };
}

/// The columns of [`record::attempt`](super::record::attempt).
macro_rules! attempt {
    ($rest:literal) => {
        concat!(
            "SELECT id, entry, number, holder, state, task, source, duplicate, hint, evidence, started, supersedes, \
             cost FROM attempts WHERE ",
            $rest
        )
    };
}

macro_rules! over {
    () => {
        "account = $1 AND operation = $2 AND changed < $3 \
         AND ((state IN ('done', 'failed') AND delivered) OR (state = 'ready' AND key IS NULL)) \
         AND NOT EXISTS (SELECT 1 FROM attempts AS other WHERE other.entry = entries.id AND other.duplicate)"
    };
}

pub(super) const ENTRY: &str = entry!("id = $1");
pub(super) const ENTRY_BY_KEY: &str = entry!("account = $1 AND operation = $2 AND key = $3");
pub(super) const OPEN_ENTRIES: &str = entry!(
    "account = $1 AND operation = $2 AND fingerprint = $3 AND fingerprint_version = $4 AND key IS NULL AND NOT consent \
     AND (state IN ('ready', 'posting', 'unknown') OR NOT delivered) ORDER BY id"
);
pub(super) const LIST_OPEN: &str = entry!(
    "account = $1 AND operation = $2 AND id > $3 AND (state = 'posting' OR state = 'unknown') ORDER BY id LIMIT $4"
);
pub(super) const LIST_UNFINISHED: &str = entry!(
    "account = $1 AND operation = $2 AND id > $3 \
     AND (state = 'running' OR (state IN ('done', 'failed') AND NOT delivered)) ORDER BY id LIMIT $4"
);
pub(super) const INSERT_ENTRY: &str = "INSERT INTO entries (account, operation, key, fingerprint_version, fingerprint, \
    state, attempt, attempts, task, cost, consent, delivered, status, created, changed) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id";
/// Account, operation and key identify the entry and do not change.
pub(super) const UPDATE_ENTRY: &str = "UPDATE entries SET fingerprint_version = $1, fingerprint = $2, state = $3, \
    attempt = $4, attempts = $5, task = $6, cost = $7, consent = $8, delivered = $9, status = $10, created = $11, \
    changed = $12 WHERE id = $13";

pub(super) const OPERATIONS: &str = "SELECT DISTINCT operation FROM entries WHERE account = $1 ORDER BY operation";

pub(super) const ATTEMPT: &str = attempt!("id = $1");
pub(super) const ATTEMPT_BY_TASK: &str = attempt!("account = $1 AND operation = $2 AND task = $3");
pub(super) const DUPLICATES: &str = attempt!("account = $1 AND operation = $2 AND duplicate ORDER BY entry, number");
pub(super) const PUT_ATTEMPT: &str = "INSERT INTO attempts (id, entry, account, operation, number, holder, state, task, \
    source, duplicate, hint, evidence, started, supersedes, cost) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
    ON CONFLICT (id) DO UPDATE SET entry = excluded.entry, number = excluded.number, holder = excluded.holder, \
    state = excluded.state, task = excluded.task, source = excluded.source, duplicate = excluded.duplicate, \
    hint = excluded.hint, evidence = excluded.evidence, started = excluded.started, supersedes = excluded.supersedes, \
    cost = excluded.cost";

pub(super) const ANSWER: &str = "SELECT bytes FROM answers WHERE attempt = $1";
pub(super) const PUT_ANSWER: &str = "INSERT INTO answers (attempt, entry, bytes) VALUES ($1, $2, $3) \
    ON CONFLICT (attempt) DO UPDATE SET entry = excluded.entry, bytes = excluded.bytes";
pub(super) const DELETE_ANSWERS: &str = "DELETE FROM answers WHERE entry = $1";

macro_rules! total {
    ($before:literal) => {
        concat!(
            "COALESCE((SELECT total FROM spending WHERE holder = $1 AND account = $2",
            $before,
            " ORDER BY minute DESC LIMIT 1), 0)"
        )
    };
}

/// Begins a minute with the sum of those before.
pub(super) const BEGIN_MINUTE: &str = concat!(
    "INSERT INTO spending (holder, account, minute, total) VALUES ($1, $2, $3, ",
    total!(" AND minute < $3"),
    ") ON CONFLICT (holder, account, minute) DO NOTHING"
);
/// Changes the sums of a minute and of those after it.
pub(super) const SPEND: &str =
    "UPDATE spending SET total = total + $1 WHERE holder = $2 AND account = $3 AND minute >= $4";
pub(super) const SPENT: &str = concat!("SELECT ", total!(""), " - ", total!(" AND minute < $3"));
pub(super) const FORGET_SPENDING: &str = "DELETE FROM spending WHERE holder = $1";

pub(super) const PURGE_ANSWERS: &str =
    concat!("DELETE FROM answers WHERE entry IN (SELECT id FROM entries WHERE ", over!(), ")");
pub(super) const PURGE_ATTEMPTS: &str =
    concat!("DELETE FROM attempts WHERE entry IN (SELECT id FROM entries WHERE ", over!(), ")");
pub(super) const PURGE_ENTRIES: &str = concat!("DELETE FROM entries WHERE ", over!());

pub(super) const HOLDERS: &str = "SELECT name FROM holders";
pub(super) const ADD_HOLDER: &str = "INSERT INTO holders (name, started) VALUES ($1, $2)";
pub(super) const REMOVE_HOLDER: &str = "DELETE FROM holders WHERE name = $1";
/// Finds an entry whose current attempt is posting and belongs to this holder.
pub(super) const IS_POSTING: &str = "SELECT 1 FROM entries JOIN attempts ON attempts.id = entries.attempt \
    WHERE entries.state = 'posting' AND attempts.holder = $1 LIMIT 1";

pub(super) const VERSIONS: &str = "SELECT version, least_version FROM ledger_meta";

/// All statements.
pub(super) const ALL: [&str; 27] = [
    ENTRY,
    ENTRY_BY_KEY,
    OPEN_ENTRIES,
    LIST_OPEN,
    LIST_UNFINISHED,
    INSERT_ENTRY,
    UPDATE_ENTRY,
    OPERATIONS,
    ATTEMPT,
    ATTEMPT_BY_TASK,
    DUPLICATES,
    PUT_ATTEMPT,
    ANSWER,
    PUT_ANSWER,
    DELETE_ANSWERS,
    BEGIN_MINUTE,
    SPEND,
    SPENT,
    FORGET_SPENDING,
    PURGE_ANSWERS,
    PURGE_ATTEMPTS,
    PURGE_ENTRIES,
    HOLDERS,
    ADD_HOLDER,
    REMOVE_HOLDER,
    IS_POSTING,
    VERSIONS,
];
