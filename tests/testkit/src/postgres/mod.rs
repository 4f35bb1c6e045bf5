//! PostgreSQL servers that tests and examples start, stop and restart, from the installed binaries.

mod address;
mod installation;
mod pooler;
mod supervisor;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::sync::OnceLock;

use tokio_postgres::NoTls;

pub use self::address::Address;
pub(crate) use self::address::socket_name;
pub use self::installation::Installation;
pub use self::pooler::Pooler;
use self::supervisor::Supervisor;
use crate::{Result, tls};

/// Port in the name of the socket of a server without a TCP port.
const PORT: u16 = 5432;

/// Settings of every server. Dynamic shared memory is in files of its folder, so that a killed server leaves none in memory.
const ALWAYS: [&str; 2] = ["max_connections=200", "dynamic_shared_memory_type=mmap"];

/// Settings of a server that does not survive the loss of power.
const VOLATILE: [&str; 2] = ["fsync=off", "full_page_writes=off"];

/// Settings of a server with TLS. The files are beside the folder of the data, from which the server starts.
const TLS: [&str; 3] = ["ssl=on", "ssl_cert_file=../tls.pem", "ssl_key_file=../tls.key"];

/// A running PostgreSQL server with a superuser `postgres` and no password. It listens on a socket that only the user of the tests and
/// root can reach. It is removed when dropped, and when the test process ends in any way, even if it is killed.
#[derive(Debug)]
pub struct Postgres {
    supervisor: Supervisor,
    tcp: Option<SocketAddr>,
}

/// What a test needs of its server.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The server writes each commit to the disk, as in production. Otherwise, a commit survives [`Stop::Kill`], but not the loss of
    /// power, and takes less time.
    pub durable: bool,
    /// The server also listens on a port of 127.0.0.1. Every user of this machine can then reach it.
    pub tcp: bool,
    /// Connections may be encrypted. [`AUTHORITY`](crate::tls::AUTHORITY) vouches for the certificate, which is that of the port.
    pub tls: bool,
}

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Transactions are rolled back and connections closed. Everything is written to the disk.
    Fast,
    /// The server ends without writing anything, and recovers when it starts again.
    Immediate,
    /// All processes of the server are killed at once with SIGKILL.
    Kill,
}

impl Postgres {
    /// Returns the installed binaries, or what is missing.
    pub fn installed() -> std::result::Result<Installation, String> {
        Installation::find()
    }

    /// Starts a server. Returns `None`, and says so, if PostgreSQL is not installed.
    ///
    /// # Errors
    ///
    /// If it is not installed and `COVER_TEST_ALL` is 1, or if it does not start.
    pub fn start() -> Result<Option<Self>> {
        Self::start_with(Options::default())
    }

    /// Starts a server with these options. Returns `None`, and says so, if PostgreSQL is not installed.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_with(options: Options) -> Result<Option<Self>> {
        or_skipped(Self::installed(), needs_all())?.map(|installation| Self::launch(&installation, options)).transpose()
    }

    /// Returns the server that all tests of this process share. The first call starts it. Each test uses a [`database`](Self::database)
    /// of its own. Returns `None`, and says so, if PostgreSQL is not installed.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn shared() -> Result<Option<&'static Self>> {
        static SHARED: OnceLock<std::result::Result<Postgres, String>> = OnceLock::new();
        let Some(installation) = or_skipped(Self::installed(), needs_all())? else { return Ok(None) };
        let launch = || Self::launch(&installation, Options::default()).map_err(|error| error.to_string());
        Ok(Some(SHARED.get_or_init(launch).as_ref().map_err(Clone::clone)?))
    }

    /// Starts a server from these binaries. An example does so, which has nothing to skip.
    pub fn launch(installation: &Installation, options: Options) -> Result<Self> {
        let tcp = if options.tcp { Some(free_port()?) } else { None };
        let mut shell = installation.user.shell(include_str!("server.sh"));
        shell.arg(&installation.binaries);
        // An empty host means no TCP.
        shell.args(["-h", &tcp.map(|address| address.ip().to_string()).unwrap_or_default()]);
        shell.args(["-p", &tcp.map_or(PORT, |address| address.port()).to_string()]);
        let volatile = if options.durable { &[][..] } else { &VOLATILE };
        shell.args(ALWAYS.iter().chain(volatile).flat_map(|setting| ["-c", setting]));
        if options.tls {
            shell.args(TLS.iter().flat_map(|setting| ["-c", setting]));
        }
        let supervisor = Supervisor::start(shell)?;
        if options.tls {
            write_certificate(supervisor.folder())?;
        }
        let server = Self { supervisor, tcp };
        server.start_again()?;
        Ok(server)
    }

    /// Returns the socket of the server.
    #[must_use]
    pub fn address(&self) -> Address {
        let port = self.tcp.map_or(PORT, |address| address.port());
        Address::Unix { folder: self.supervisor.folder().to_owned(), port }
    }

    /// Returns the port of the server.
    ///
    /// # Panics
    ///
    /// If it was started without [`Options::tcp`].
    #[must_use]
    pub fn tcp_address(&self) -> Address {
        Address::Tcp(self.tcp.expect("it was started with a port"))
    }

    /// Returns the address of the database `postgres` on the socket.
    #[must_use]
    pub fn url(&self) -> String {
        self.address().url("postgres")
    }

    /// Returns the address of the database `postgres` on the port.
    ///
    /// # Panics
    ///
    /// If it was started without [`Options::tcp`].
    #[must_use]
    pub fn tcp_url(&self) -> String {
        self.tcp_address().url("postgres")
    }

    /// Creates an empty database, and returns its address on the socket.
    ///
    /// # Errors
    ///
    /// If there is one with this name.
    pub async fn database(&self, name: &str) -> Result<String> {
        let create = format!("CREATE DATABASE \"{name}\" TEMPLATE template0");
        connect(&self.url()).await?.batch_execute(&create).await?;
        Ok(self.address().url(name))
    }

    /// Stops the server, and returns once all its connections are closed. Its data are kept.
    ///
    /// # Errors
    ///
    /// If it does not run.
    pub fn stop(&self, how: Stop) -> Result<()> {
        self.supervisor.request(match how {
            Stop::Fast => "stop fast",
            Stop::Immediate => "stop immediate",
            Stop::Kill => "stop kill",
        })
    }

    /// Starts the stopped server with the same addresses, and returns once it answers.
    ///
    /// # Errors
    ///
    /// If it runs, or does not start.
    pub fn start_again(&self) -> Result<()> {
        self.supervisor.request("start")
    }
}

/// Connects to a database. The connection closes when the client is dropped.
pub async fn connect(url: &str) -> Result<tokio_postgres::Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // Its error is that of the client's calls as well.
    tokio::spawn(async { connection.await.ok() });
    Ok(client)
}

/// Returns true if a test fails when a service is missing, and false if it is skipped.
fn needs_all() -> bool {
    std::env::var_os("COVER_TEST_ALL").is_some_and(|value| value == "1")
}

/// Returns what was found. Otherwise, says on standard error that the test is skipped.
///
/// # Errors
///
/// What is missing, if the test needs it.
fn or_skipped<T>(found: std::result::Result<T, String>, is_needed: bool) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(missing) if is_needed => Err(missing.into()),
        Err(missing) => {
            // The test harness would show the output of `eprintln` for failed tests only.
            writeln!(std::io::stderr(), "skipped: {missing}")?;
            Ok(None)
        }
    }
}

/// Writes the files of [`TLS`], which only the owner of the folder may read.
fn write_certificate(folder: &Path) -> Result<()> {
    let files = [("tls.pem", tls::CERTIFICATE), ("tls.key", tls::KEY)];
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::write(&path, content)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
            let owner = std::fs::metadata(folder)?;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
            chown(&path, Some(owner.uid()), Some(owner.gid()))?;
        }
    }
    Ok(())
}

fn free_port() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}

#[cfg(test)]
mod tests {
    use super::or_skipped;
    use crate::Outcome;

    #[test]
    fn a_test_whose_service_is_missing_is_skipped_or_fails() -> Outcome {
        let missing = || Err::<(), _>("it is missing".to_owned());
        assert_eq!(or_skipped(missing(), false)?, None);
        assert_eq!(or_skipped(missing(), true).unwrap_err().to_string(), "it is missing");
        Ok(())
    }
}
