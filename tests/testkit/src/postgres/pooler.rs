//! PgBouncer in front of a server.

use super::installation::{User, program};
use super::supervisor::Supervisor;
use super::{Address, Postgres, needs_all, or_skipped};
use crate::Result;

/// Folders outside of `PATH` that packages install PgBouncer into.
const FOLDERS: [&str; 3] = ["/usr/sbin", "/opt/homebrew/bin", "/usr/local/bin"];

/// Port in the name of the pooler's socket. `pooler.sh` has it as well.
const PORT: u16 = 6432;

/// A running PgBouncer, which lends a connection to the server for one transaction at a time. Every client is the role `postgres`. It
/// ends when dropped, and when the test process ends in any way.
#[derive(Debug)]
pub struct Pooler(Supervisor);

impl Pooler {
    /// Starts a pooler for all databases of the server. Returns `None`, and says so, if PgBouncer is not installed.
    ///
    /// # Errors
    ///
    /// If it is not installed and `COVER_TEST_ALL` is 1, or if it does not start.
    pub fn before(server: &Postgres) -> Result<Option<Self>> {
        let binary = program("pgbouncer", &FOLDERS);
        let missing = "PgBouncer is not installed: PATH and /usr/sbin have no pgbouncer; install the package pgbouncer with apt-get or brew";
        let Some(binary) = or_skipped(binary.ok_or_else(|| missing.to_owned()), needs_all())? else { return Ok(None) };
        let Address::Unix { folder, port } = server.address() else { return Err("the server has no socket".into()) };
        // Like the server, PgBouncer refuses root.
        let mut shell = User::find()?.shell(include_str!("pooler.sh"));
        shell.arg(binary).arg(folder).arg(port.to_string());
        Ok(Some(Self(Supervisor::start(shell)?)))
    }

    /// Returns the socket of the pooler.
    #[must_use]
    pub fn address(&self) -> Address {
        Address::Unix { folder: self.0.folder().to_owned(), port: PORT }
    }
}
