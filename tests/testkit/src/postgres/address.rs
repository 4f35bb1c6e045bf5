//! Where a server listens.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Where a server, a pooler or a proxy listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A port.
    Tcp(SocketAddr),
    /// A socket of PostgreSQL: a file whose name ends in the port.
    Unix {
        /// Folder of the socket.
        folder: PathBuf,
        /// Port in the name of the socket.
        port: u16,
    },
}

impl Address {
    /// Returns the address of a database there, for the role `postgres`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        match self {
            Self::Tcp(address) => format!("postgres://postgres@{address}/{database}"),
            Self::Unix { folder, port } => {
                let folder = folder.to_string_lossy().replace('/', "%2F");
                format!("postgres://postgres@{folder}:{port}/{database}")
            }
        }
    }
}

/// Returns the name of the socket for this port, which PostgreSQL fixes.
#[must_use]
pub(crate) fn socket_name(port: u16) -> String {
    format!(".s.PGSQL.{port}")
}
