//! How to connect.

use std::error::Error as _;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, TargetSessionAttrs};

use super::lane;
use super::listener::Listener;
use super::process::Process;
use super::queue::Queue;
use super::{Lanes, PostgresLedger, gone, tls};
use crate::ledger::{AttemptId, LedgerError, Local};

/// Number of connections by default.
const CONNECTIONS: usize = 4;
/// Largest number of connections. More of them only wait for each other.
const MAX_CONNECTIONS: usize = 16;
/// How long work waits for a database that cannot be reached, and a statement for its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may be silent. Networks forget silent connections, often after some minutes.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// How long nothing may be heard of a process before others adopt its tasks.
const SILENCE: Duration = Duration::from_secs(30);
/// Least such time. A process that is only slow must not lose its tasks.
const MIN_SILENCE: Duration = Duration::from_millis(300);

/// Builds a [`PostgresLedger`].
#[derive(Clone)]
#[must_use]
pub struct PostgresBuilder {
    config: Config,
    connections: usize,
    is_pooled: bool,
    migrates: bool,
    roots: Vec<u8>,
    silence: Duration,
    patience: Duration,
}

impl PostgresBuilder {
    pub(super) fn new(url: &str) -> Result<Self, LedgerError> {
        // All after the first one would count as the host, which errors name, even if it is part of a password.
        if is_url(url) && url.matches('@').count() > 1 {
            let advice = "write those in a name or a password as `%40`";
            return Err(LedgerError::unavailable(format!("its address has more than one `@`; {advice}")));
        }
        let mut config: Config = url.parse().map_err(|error| unreadable(url, &error))?;
        // A standby cannot record anything.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        if config.get_application_name().is_none() {
            config.application_name("cover-api");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE / 2);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(PATIENCE);
        }
        if config.get_keepalives_idle() == Config::new().get_keepalives_idle() {
            config.keepalives_idle(KEEPALIVE);
        }
        Ok(Self {
            config,
            connections: CONNECTIONS,
            is_pooled: false,
            migrates: true,
            roots: Vec::new(),
            silence: SILENCE,
            patience: PATIENCE,
        })
    }

    /// Sets the number of connections, from 1 to 16. The default is 4. Each belongs to a thread.
    pub fn connections(self, connections: usize) -> Self {
        Self { connections: connections.clamp(1, MAX_CONNECTIONS), ..self }
    }

    /// Connects through a pooler that gives each transaction another session, such as PgBouncer in transaction mode. Statements are
    /// then not prepared, which costs the server some time for each. A process learns within a second, and not at once, of callbacks that
    /// another process has received.
    pub fn through_pooler(self) -> Self {
        Self { is_pooled: true, ..self }
    }

    /// Neither creates nor migrates tables. Connecting fails if they are missing or too old; see
    /// [`schema_sql`](PostgresLedger::schema_sql).
    pub fn without_migration(self) -> Self {
        Self { migrates: false, ..self }
    }

    /// Adds certificates that sign the server's, in PEM, to those of the system.
    pub fn root_certificates(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { roots: pem.into(), ..self }
    }

    /// Sets after how much silence of this process others may [adopt](crate::runtime::Client::adopt) the tasks that it waits for. The
    /// default is 30 seconds. The process writes a row six times in that time, and stops polling what it waits for when it could not write
    /// it for half of it.
    pub fn silence(self, silence: Duration) -> Self {
        Self { silence: silence.max(MIN_SILENCE), ..self }
    }

    /// Sets how long work waits for a connection, and a statement for its answer.
    #[cfg(test)]
    pub(super) fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Connects.
    pub async fn connect(self) -> Result<PostgresLedger, LedgerError> {
        let place: Arc<std::path::Path> = place_of(&self.config).into();
        let process = Arc::new(Process {
            place: Arc::clone(&place),
            tls: tls::connector(&self.roots).map_err(|error| error.at(&place))?,
            config: self.config,
            is_pooled: self.is_pooled,
            migrates: self.migrates,
            patience: self.patience,
            // The id serves as a unique name.
            holder: AttemptId::new().to_string(),
            local: Arc::<Local>::default(),
            silence: self.silence,
            lanes: AtomicUsize::new(self.connections),
        });
        let queue = Arc::new(Queue::default());
        let (opened, is_open) = oneshot::channel();
        let opened = Arc::new(Mutex::new(Some(opened)));
        let listener = Listener::new(Arc::clone(&process));
        let mut lanes = Lanes { place, local: Arc::clone(&process.local), queue, listener, threads: Vec::new() };
        for number in 0..self.connections {
            let (process, queue, opened) = (Arc::clone(&process), Arc::clone(&lanes.queue), Arc::clone(&opened));
            let thread = thread::Builder::new()
                .name(format!("cover-ledger-{number}"))
                .spawn(move || lane::run(&process, number, &queue, &opened));
            let fails = |error: std::io::Error| {
                LedgerError::unavailable("its thread cannot be started").at(&lanes.place).caused_by(error)
            };
            lanes.threads.push(thread.map_err(fails)?);
        }
        is_open.await.unwrap_or_else(|_| Err(gone(&lanes.place)))?;
        Ok(PostgresLedger(Arc::new(lanes)))
    }
}

fn is_url(address: &str) -> bool {
    ["postgres://", "postgresql://"].iter().any(|scheme| address.starts_with(scheme))
}

/// Says why an address cannot be read. The error may quote the text, which may contain a password, so only a text of ours is shown.
fn unreadable(address: &str, error: &tokio_postgres::Error) -> LedgerError {
    let reason = error.source().map(ToString::to_string).unwrap_or_default();
    LedgerError::unavailable(if reason.contains("`sslmode`") {
        "its address has an `sslmode` other than `disable`, `prefer` and `require`; `require` checks the certificate and the name \
         of the server"
    } else if address.contains("sslrootcert") {
        "its address has the option `sslrootcert`; give that certificate to `root_certificates` instead"
    } else if is_url(address) {
        "its address is a URL with an option, a port or a percent code that cannot be read; write `@`, `:`, `/`, `?`, `#` and `%` \
         in a name or a password as percent codes"
    } else {
        "its address is neither a PostgreSQL URL nor a list of `key=value`"
    })
}

/// Returns the database without user and password.
fn place_of(config: &Config) -> PathBuf {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    let name = config.get_dbname().or(config.get_user()).unwrap_or_default();
    format!("postgres://{host}/{name}").into()
}

/// Neither user nor password is shown.
impl fmt::Debug for PostgresBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresBuilder")
            .field("place", &place_of(&self.config))
            .field("connections", &self.connections)
            .field("is_pooled", &self.is_pooled)
            .field("migrates", &self.migrates)
            .field("silence", &self.silence)
            .finish_non_exhaustive()
    }
}
