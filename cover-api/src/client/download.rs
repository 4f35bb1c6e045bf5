//! Downloads of the addresses that tracks have.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tokio::io::AsyncWrite;

use super::Client;
use crate::download::{self, Limits, OnProgress};
use crate::error::Error;
use crate::response::Link;
use crate::service::Service;

/// Default for the largest file on a disk, in bytes. Hours of uncompressed audio are smaller.
pub(super) const MAX_WRITTEN: u64 = 1 << 30;
/// Largest file that is read into memory, in bytes.
const MAX_IN_MEMORY: u64 = 256 << 20;
pub(super) const TIMEOUT: Duration = Duration::from_secs(600);

/// A download to a writer, from [`Client::download_to`]. Await it to start it; the result is the number of bytes written.
#[must_use = "nothing is downloaded before `.await`"]
pub struct Download<'a, S: Service, W> {
    client: Client<S>,
    link: Link,
    writer: W,
    limits: Limits,
    progress: Option<OnProgress<'a>>,
}

impl<'a, S: Service, W> Download<'a, S, W> {
    /// Sets a closure that is called after each written piece, with the number of bytes so far and, if the server gives it, of the whole
    /// file.
    pub fn progress(mut self, progress: impl FnMut(u64, Option<u64>) + Send + 'a) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// Sets the largest size of the file, in bytes. Defaults to 1 GiB. A file that the server announces as larger is not
    /// downloaded at all.
    pub fn max_size(mut self, bytes: u64) -> Self {
        self.limits.size = bytes;
        self
    }

    /// Sets the time limit of the whole download, including resumptions and the writer. Defaults to 10 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.time = timeout;
        self
    }
}

impl<'a, S: Service, W: AsyncWrite + Unpin + Send + 'a> IntoFuture for Download<'a, S, W> {
    type Output = Result<u64, Error<S>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let transport = &self.client.operation.account.transport;
            let copied = download::to_writer(transport, self.link.as_str(), self.limits, self.progress, self.writer);
            Ok(copied.await?)
        })
    }
}

impl<S: Service> Client<S> {
    /// Downloads a link, such as the address of a track, to a writer.
    ///
    /// ```no_run
    /// # async fn example(client: cover_api::Client, link: cover_api::Link) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut song = Vec::new();
    /// let show = |done, total| println!("{done} of {total:?} bytes");
    /// client.download_to(&link, &mut song).max_size(64 << 20).progress(show).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The service chooses the links, so downloads are restricted:
    ///
    /// - Neither the API key nor a `Referer` is sent.
    /// - Hosts that are private, loopback, link-local, multicast or otherwise not public are refused, by address and by a name that
    ///   resolves to one, without
    ///   [`ClientBuilder::allow_private_downloads`](super::ClientBuilder::allow_private_downloads). A client whose base address
    ///   is on this machine, such as a sandbox's, may also reach this machine.
    /// - At most 5 redirects are followed, each to https, or to the origin of the base address where that is on this machine.
    ///   [`ClientBuilder::allow_plain_http`](super::ClientBuilder::allow_plain_http) allows plain http.
    /// - The file has at most the bytes of [`max_size`](Download::max_size), and the download ends within
    ///   [`timeout`](Download::timeout), or after 30 seconds of silence.
    /// - The body must not be compressed, and the answer must show where it ends.
    ///
    /// If the connection breaks, the download resumes, at most 5 times and after pauses of half a second to 8 seconds. The server must
    /// send a strong `ETag` or a `Last-Modified` date for that. If the file has changed in the meantime, the download fails, because
    /// written bytes cannot be taken back.
    ///
    /// A client with a [router](super::ClientBuilder::transport) sends downloads to that router, whatever their host is.
    ///
    /// # Errors
    ///
    /// [`Error::is_timeout`] if the time limit has passed. The text of every error names the host, the broken rule, and the number of
    /// bytes that were written before.
    pub fn download_to<'a, W: AsyncWrite + Unpin + Send + 'a>(&self, link: &Link, writer: W) -> Download<'a, S, W> {
        let limits = Limits { size: MAX_WRITTEN, time: TIMEOUT };
        Download { client: self.clone(), link: link.clone(), writer, limits, progress: None }
    }

    /// Downloads a link into memory, at most 256 MiB. The rules of [`download_to`](Self::download_to) apply.
    ///
    /// # Errors
    ///
    /// Those of [`download_to`](Self::download_to).
    pub async fn download(&self, link: &Link) -> Result<Vec<u8>, Error<S>> {
        let mut bytes = Vec::new();
        self.download_to(link, &mut bytes).max_size(MAX_IN_MEMORY).await?;
        Ok(bytes)
    }
}

impl<S: Service, W> fmt::Debug for Download<'_, S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("link", &self.link).field("limits", &self.limits).finish_non_exhaustive()
    }
}
