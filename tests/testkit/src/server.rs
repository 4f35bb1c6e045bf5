//! A server on raw TCP that misbehaves on every connection in one way, and counts complete POSTs.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::fault::Fault;
use crate::tls::{Certificate, acceptor};
use crate::{h1, h2};

/// A server that misbehaves in one way. It stops when dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    fault: Fault,
    seen: Arc<Seen>,
    serving: Option<JoinHandle<()>>,
}

/// What has arrived.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Number of complete POSTs by marker.
    posts: Mutex<HashMap<String, usize>>,
}

impl Server {
    /// Starts the server on a loopback port.
    ///
    /// # Errors
    ///
    /// If no port is free.
    pub async fn start(fault: Fault, seed: u64) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let seen = Arc::new(Seen::default());
        // If no connection is to succeed, the listener is dropped here.
        let serving = (fault != Fault::Refuse).then(|| tokio::spawn(serve(listener, fault, Arc::clone(&seen), seed)));
        Ok(Self { address, fault, seen, serving })
    }

    /// Returns the address of the server.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.fault.is_tls() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Returns the number of complete POSTs with this marker.
    #[must_use]
    pub fn posts(&self, marker: &str) -> usize {
        self.seen.posts.lock().unwrap_or_else(PoisonError::into_inner).get(marker).copied().unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(serving) = &self.serving {
            serving.abort();
        }
    }
}

impl Seen {
    /// Counts a complete POST.
    pub(crate) fn post(&self, body: &[u8]) {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let marker = body["prompt"].as_str().unwrap_or_default().to_owned();
        *self.posts.lock().unwrap_or_else(PoisonError::into_inner).entry(marker).or_default() += 1;
    }
}

async fn serve(listener: TcpListener, fault: Fault, seen: Arc<Seen>, seed: u64) {
    let mut chance = fastrand::Rng::with_seed(seed);
    let certificate = if fault == Fault::TlsElsewhere { Certificate::Elsewhere } else { Certificate::Here };
    let tls = acceptor(certificate, fault.is_h2());
    while let Ok((stream, _)) = listener.accept().await {
        let (seen, tls, chance) = (Arc::clone(&seen), tls.clone(), chance.fork());
        tokio::spawn(async move {
            // A client may end the connection at any time.
            let _ = match fault {
                Fault::Close => Ok(()),
                Fault::Reset => reset(&stream),
                Fault::TlsClose => hello_then_close(stream).await,
                Fault::TlsSilence => silence(stream).await,
                _ if fault.is_h2() => match tls.accept(stream).await {
                    Ok(stream) => h2::serve(stream, fault, &seen).await,
                    Err(error) => Err(error),
                },
                _ if fault.is_tls() => match tls.accept(stream).await {
                    Ok(stream) => h1::serve(stream, fault, &seen, chance).await.map(drop),
                    Err(error) => Err(error),
                },
                _ => tcp(stream, fault, &seen, chance).await,
            };
        });
    }
}

async fn tcp(stream: TcpStream, fault: Fault, seen: &Seen, mut chance: fastrand::Rng) -> std::io::Result<()> {
    let resets = fault == Fault::AllThenReset || (fault == Fault::PartThenEnd && chance.bool());
    let stream = h1::serve(stream, fault, seen, chance).await?;
    if resets { reset(&stream) } else { Ok(()) }
}

/// Lets the connection end with a reset.
fn reset(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_zero_linger()
}

async fn hello_then_close(mut stream: TcpStream) -> std::io::Result<()> {
    stream.read(&mut [0; 64]).await.map(drop)
}

async fn silence(mut stream: TcpStream) -> std::io::Result<()> {
    drain(&mut stream).await
}

/// Reads without answering until the client ends the connection.
pub(crate) async fn drain(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> std::io::Result<()> {
    let mut bytes = [0; 1024];
    while stream.read(&mut bytes).await? > 0 {}
    sleep(Duration::ZERO).await;
    Ok(())
}

/// Returns the reply to a POST that became a task with a new id.
pub(crate) fn fine() -> String {
    static TASKS: AtomicU64 = AtomicU64::new(1);
    let task = TASKS.fetch_add(1, Ordering::Relaxed);
    format!(r#"{{"code":200,"msg":"success","data":{{"taskId":"task-{task}"}}}}"#)
}
