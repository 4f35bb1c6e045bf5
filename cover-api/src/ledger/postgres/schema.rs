//! The tables, and the migration of tables of earlier versions.

use std::fmt::Write;

use super::connection::{Connection, Query};
use super::failure::Failure;
use crate::ledger::LedgerError;
use crate::ledger::sql::schema::{LEAST, STEPS, VERSION};
use crate::ledger::sql::{get, statements};

/// The name of the lock that processes hold while they migrate.
pub(super) const LOCK: i64 = 0x636f_7665_7221;

/// Creates or migrates the tables if that is necessary. Fails if this version must not write to them.
pub(super) fn prepare(connection: &mut Connection<'_>, migrates: bool) -> Result<(), Failure> {
    check_encoding(connection)?;
    let found = version(connection)?;
    if found.is_some_and(|version| version >= VERSION) {
        return Ok(());
    }
    let what = match found {
        None => "its tables are missing".to_owned(),
        Some(version) => format!("its tables have version {version}, and this version of the crate needs {VERSION}"),
    };
    if !migrates {
        let advice = "apply the SQL of `PostgresLedger::schema_sql()`";
        return Err(Failure::of(LedgerError::unavailable(format!("{what}; {advice}"))));
    }
    // Each statement must see what a process that migrated first has done.
    let transaction = format!("BEGIN ISOLATION LEVEL READ COMMITTED; {} COMMIT", script());
    connection.run(&transaction).map_err(|failure| {
        let advice = "let a role that may create tables apply the SQL of `PostgresLedger::schema_sql()`";
        let error = LedgerError::unavailable(format!("{what}, and migrating them failed; {advice}"));
        Failure { error: error.caused_by(failure.error), ..failure }
    })
}

/// Fails if the database cannot store every text. Otherwise, an outcome that quotes the service might never be recorded.
fn check_encoding(connection: &mut Connection<'_>) -> Result<(), Failure> {
    let rows = connection.query(Query { text: statements::ENCODING, locks: false }, Vec::new())?;
    let encoding: String = rows.first().map(|row| get(row, 0)).transpose().map_err(Failure::of)?.unwrap_or_default();
    // The latter keeps all bytes as they are.
    if ["UTF8", "SQL_ASCII"].contains(&&*encoding) {
        return Ok(());
    }
    let what = format!("its encoding is {encoding}, which lacks characters; create a database with the encoding UTF8");
    Err(Failure::of(LedgerError::unavailable(what)))
}

/// Returns the version of the tables; `None` without tables.
fn version(connection: &mut Connection<'_>) -> Result<Option<i64>, Failure> {
    let rows = connection.query(Query { text: statements::HAS_META, locks: false }, Vec::new())?;
    if !rows.first().is_some_and(|row| get(row, 0).unwrap_or(false)) {
        return Ok(None);
    }
    let rows = connection.query(Query { text: statements::VERSIONS, locks: false }, Vec::new())?;
    let row = rows.first().ok_or_else(|| Failure::of(LedgerError::not_a_ledger("it has no version")))?;
    let (version, least) = (get(row, 0).map_err(Failure::of)?, get(row, 1).map_err(Failure::of)?);
    if least > VERSION {
        return Err(Failure::of(LedgerError::newer(version, least)));
    }
    Ok(Some(version))
}

/// Returns the SQL that brings tables of any earlier version, or none, to the current one. Applied again, it changes nothing.
pub(super) fn script() -> String {
    let mut steps = String::new();
    for (number, step) in STEPS.iter().enumerate() {
        let step = step.trim().replace('\n', "\n        ");
        write!(steps, "    IF done < {} THEN\n        {}\n    END IF;\n", number + 1, in_dialect(&step))
            .expect("a string takes all text");
    }
    format!(
        "DO $ledger$\n\
         DECLARE\n    done BIGINT;\n    home TEXT;\n\
         BEGIN\n    -- Several processes may start at once.\n    PERFORM pg_advisory_xact_lock({LOCK});\n    \
         -- Tables that are there need not be in the first schema of the search path.\n    \
         SELECT nspname INTO home FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace\n        \
         WHERE pg_class.oid = to_regclass('ledger_meta');\n    \
         IF home IS NOT NULL THEN\n        PERFORM set_config('search_path', quote_ident(home), TRUE);\n    END IF;\n    \
         CREATE TABLE IF NOT EXISTS ledger_meta (version BIGINT NOT NULL, least_version BIGINT NOT NULL);\n    \
         IF NOT EXISTS (SELECT 1 FROM ledger_meta) THEN\n        \
         INSERT INTO ledger_meta (version, least_version) VALUES (0, 0);\n    \
         END IF;\n    SELECT version INTO done FROM ledger_meta;\n    \
         IF done < {VERSION} THEN\n        -- Transactions that have read the version before end first.\n        \
         LOCK TABLE ledger_meta IN ACCESS EXCLUSIVE MODE;\n    \
         END IF;\n{steps}    \
         UPDATE ledger_meta SET version = {VERSION}, least_version = {LEAST} WHERE version < {VERSION};\n\
         END\n$ledger$;\n"
    )
}

/// Translates what SQLite calls otherwise.
pub(super) fn in_dialect(step: &str) -> String {
    [
        ("INTEGER PRIMARY KEY AUTOINCREMENT", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
        (" BLOB", " BYTEA"),
        ("datetime(", "to_timestamp("),
        (", 'unixepoch')", ")"),
        ("unixepoch()", "CAST(EXTRACT(EPOCH FROM now()) AS BIGINT)"),
    ]
    .iter()
    .fold(step.to_owned(), |step, (theirs, ours)| step.replace(theirs, ours))
}
