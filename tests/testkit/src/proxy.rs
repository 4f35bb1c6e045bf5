//! A proxy that cuts connections and holds back bytes.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::postgres::{Address, socket_name};

/// A proxy in front of a server. It ends when dropped, and closes its connections.
#[derive(Debug)]
pub struct Proxy {
    address: Address,
    connections: Connections,
    parted: watch::Sender<bool>,
    accepting: JoinHandle<()>,
    /// Folder of its socket.
    _folder: Option<TempDir>,
}

type Connections = Arc<Mutex<JoinSet<()>>>;

/// The two directions of a connection.
type Halves = (Box<dyn AsyncRead + Send + Unpin>, Box<dyn AsyncWrite + Send + Unpin>);

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Proxy {
    /// Starts a proxy in front of this address, on a free port if it is a port, and on a socket if it is a socket. It runs on the
    /// current runtime.
    ///
    /// # Errors
    ///
    /// If nothing can be listened on.
    pub async fn to(server: Address) -> io::Result<Self> {
        let (listener, address, folder) = match &server {
            Address::Tcp(_) => {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
                let address = Address::Tcp(listener.local_addr()?);
                (Listener::Tcp(listener), address, None)
            }
            Address::Unix { port, .. } => {
                // The path of a socket has at most 103 bytes on some systems.
                let folder = tempfile::Builder::new().prefix("cover-proxy.").tempdir_in("/tmp")?;
                let listener = UnixListener::bind(folder.path().join(socket_name(*port)))?;
                let address = Address::Unix { folder: folder.path().to_owned(), port: *port };
                (Listener::Unix(listener), address, Some(folder))
            }
        };
        let (connections, parted) = (Connections::default(), watch::Sender::new(false));
        let accepting = tokio::spawn(accept(listener, server, Arc::clone(&connections), parted.subscribe()));
        Ok(Self { address, connections, parted, accepting, _folder: folder })
    }

    /// Returns where the proxy listens.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Closes all connections on both sides. Bytes under way are lost. New connections are accepted as before.
    pub async fn cut(&self) {
        let mut connections = std::mem::take(&mut *self.connections.lock().unwrap_or_else(PoisonError::into_inner));
        connections.shutdown().await;
    }

    /// Holds back all bytes and ends of connections in both directions, until [`heal`](Self::heal). New connections are accepted, and
    /// hear nothing.
    pub fn partition(&self) {
        self.parted.send_replace(true);
    }

    /// Forwards what was held back, and everything that follows.
    pub fn heal(&self) {
        self.parted.send_replace(false);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.connections.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
    }
}

impl Listener {
    async fn accept(&self) -> io::Result<Halves> {
        Ok(match self {
            Self::Tcp(listener) => tcp(listener.accept().await?.0)?,
            Self::Unix(listener) => halves(listener.accept().await?.0),
        })
    }
}

async fn accept(listener: Listener, server: Address, connections: Connections, parted: watch::Receiver<bool>) {
    // An error to accept, such as of a client that has gone, concerns one connection.
    loop {
        let Ok(client) = listener.accept().await else { continue };
        let mut connections = connections.lock().unwrap_or_else(PoisonError::into_inner);
        while connections.try_join_next().is_some() {}
        connections.spawn(serve(client, server.clone(), parted.clone()));
    }
}

/// Forwards both directions of a connection. If the server does not accept it, or either side fails, it is closed.
async fn serve(client: Halves, server: Address, mut parted: watch::Receiver<bool>) {
    if joined(&mut parted).await.is_err() {
        return;
    }
    let Ok(server) = dial(&server).await else { return };
    let there = forward(client.0, server.1, parted.clone());
    let back = forward(server.0, client.1, parted);
    tokio::try_join!(there, back).ok();
}

async fn dial(server: &Address) -> io::Result<Halves> {
    match server {
        Address::Tcp(address) => tcp(TcpStream::connect(address).await?),
        Address::Unix { folder, port } => Ok(halves(UnixStream::connect(folder.join(socket_name(*port))).await?)),
    }
}

/// Forwards bytes until their end, and then the end.
async fn forward(
    mut from: Box<dyn AsyncRead + Send + Unpin>,
    mut to: Box<dyn AsyncWrite + Send + Unpin>,
    mut parted: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await;
        joined(&mut parted).await?;
        match read? {
            0 => return to.shutdown().await,
            length => to.write_all(&buffer[..length]).await?,
        }
    }
}

/// Waits until the sides are not parted.
async fn joined(parted: &mut watch::Receiver<bool>) -> io::Result<()> {
    parted.wait_for(|parted| !parted).await.map_err(io::Error::other)?;
    Ok(())
}

/// Returns the directions of a TCP connection that does not collect bytes before it sends them.
fn tcp(stream: TcpStream) -> io::Result<Halves> {
    stream.set_nodelay(true)?;
    Ok(halves(stream))
}

fn halves(stream: impl AsyncRead + AsyncWrite + Send + 'static) -> Halves {
    let (read, write) = split(stream);
    (Box::new(read), Box::new(write))
}
