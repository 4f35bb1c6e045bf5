//! Reads and changes the PostgreSQL database of a ledger directly, without the ledger.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::sleep;
use tokio_postgres::Client;

use crate::Result;
use crate::ledger_file::Entry;
use crate::postgres::connect;

/// A connection to the database of a ledger.
#[derive(Debug)]
pub struct Database(Client);

impl Database {
    /// Connects.
    pub async fn open(url: &str) -> Result<Self> {
        Ok(Self(connect(url).await?))
    }

    /// Returns all entries with a key.
    pub async fn entries(&self) -> Result<BTreeMap<String, Entry>> {
        let select = "SELECT key, state, task, attempts FROM entries WHERE key IS NOT NULL";
        let rows = self.0.query(select, &[]).await?;
        let entry = |row: &tokio_postgres::Row| {
            let attempts = u32::try_from(row.get::<_, i64>(3))?;
            Ok((row.get(0), Entry { state: row.get(1), task: row.get(2), attempts }))
        };
        rows.iter().map(entry).collect()
    }

    /// Returns the number of attempts that are recorded as duplicate charges.
    pub async fn duplicates(&self) -> Result<i64> {
        self.number("SELECT count(*) FROM attempts WHERE duplicate").await
    }

    /// Returns what was spent, in thousandths of a credit.
    pub async fn spent(&self) -> Result<i64> {
        self.number("SELECT coalesce(sum(total), 0)::bigint FROM spending").await
    }

    /// Ends the connections that wait for a statement within a transaction, as the server does after some time, and waits until
    /// their transactions are rolled back.
    pub async fn end_idle_transactions(&self) -> Result<()> {
        let end = "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'";
        while self.number(end).await? > 0 {
            sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }

    /// Makes all attempts with a lease older by `leases` of it, as if that time had passed.
    pub async fn age(&self, leases: i64) -> Result<()> {
        let update = "UPDATE attempts SET started = started - $1 * lease WHERE lease IS NOT NULL";
        self.0.execute(update, &[&leases]).await?;
        Ok(())
    }

    /// Removes the processes that have recorded an attempt and not its outcome, as a person does who knows that they are dead. Returns
    /// their number.
    pub async fn remove_posting_holders(&self) -> Result<u64> {
        let delete = "DELETE FROM holders WHERE name IN (SELECT holder FROM attempts WHERE state = 'posting')";
        Ok(self.0.execute(delete, &[]).await?)
    }

    /// Returns the lease of the attempts that have one.
    pub async fn lease(&self) -> Result<Duration> {
        let lease = self.number("SELECT max(lease) FROM attempts").await?;
        Ok(Duration::from_millis(u64::try_from(lease)?))
    }

    async fn number(&self, select: &str) -> Result<i64> {
        Ok(self.0.query_one(select, &[]).await?.try_get(0)?)
    }
}
