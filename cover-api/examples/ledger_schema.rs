//! Prints the SQL that creates the tables of a ledger in PostgreSQL, or migrates those of an earlier version.
//!
//! ```text
//! cargo run --example ledger_schema --features postgres | psql --single-transaction "$URL"
//! ```

use cover_api::ledger::PostgresLedger;

fn main() {
    print!("{}", PostgresLedger::schema_sql());
}
