use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::ledger::Local;

/// What the lanes of a process share.
pub(super) struct Process {
    /// The database in errors.
    pub(super) place: Arc<Path>,
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
    pub(super) is_pooled: bool,
    pub(super) migrates: bool,
    /// How long work waits for a connection, and a statement for its answer.
    pub(super) patience: Duration,
    /// The name of this process among all users of the database.
    pub(super) holder: String,
    pub(super) local: Arc<Local>,
    /// How long nothing may be heard of this process before it counts as dead.
    pub(super) silence: Duration,
    /// Number of lanes that have not ended.
    pub(super) lanes: AtomicUsize,
}
