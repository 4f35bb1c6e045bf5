use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tokio::io::AsyncWrite;

use super::{Client, Error, Service};
use crate::Link;
use crate::download::{self, Limits, Progress};

/// Most bytes that are written, where the caller does not say: hours of audio without compression are below this.
const MOST_WRITTEN: u64 = 1 << 30;
/// Most bytes that are kept in memory.
const MOST_KEPT: u64 = 256 << 20;
const TIMEOUT: Duration = Duration::from_secs(600);

/// A download to a writer. Nothing happens before it is awaited, which gives the number of bytes written.
///
/// Made by [`Client::download_to`].
#[must_use = "nothing is downloaded before `.await`"]
pub struct Download<'a, S: Service, W> {
    client: Client<S>,
    link: Link,
    writer: W,
    limits: Limits,
    progress: Option<Progress<'a>>,
}

impl<'a, S: Service, W> Download<'a, S, W> {
    /// Calls this after each piece that was written, with the number of bytes so far and of the whole file, where the server
    /// gives that.
    pub fn progress(mut self, progress: impl FnMut(u64, Option<u64>) + Send + 'a) -> Self {
        self.progress = Some(Box::new(progress));
        self
    }

    /// The most bytes that the file may have; 1 GiB otherwise. A file whose server says that it is larger is not begun.
    pub fn max_size(mut self, bytes: u64) -> Self {
        self.limits.size = bytes;
        self
    }

    /// How long the download may take in all, resumptions and the writer included; 10 minutes otherwise.
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
            let transport = &self.client.account().transport;
            let copied = download::run(transport, self.link.as_str(), self.limits, self.progress, self.writer);
            Ok(copied.await?)
        })
    }
}

impl<S: Service> Client<S> {
    /// Downloads what a link leads to, such as a track's address, to a writer.
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
    /// Links come from outside, so that much of what they may lead to is refused:
    ///
    /// - The API key is not sent, and no `Referer`.
    /// - Hosts that are private, loopback, link-local, multicast or otherwise not public are not reached, neither by address nor
    ///   by a name that resolves to one, without
    ///   [`ClientBuilder::allow_private_downloads`](super::ClientBuilder::allow_private_downloads). A client whose base address
    ///   is on this machine, such as a sandbox's, may also reach this machine.
    /// - At most 5 redirects are followed, each to https, or to the origin of the base address where that is on this machine.
    ///   [`ClientBuilder::allow_plain_http`](super::ClientBuilder::allow_plain_http) allows plain http.
    /// - The file has at most the bytes of [`max_size`](Download::max_size), and the download ends within
    ///   [`timeout`](Download::timeout), or after 30 seconds of silence.
    /// - The body must not be encoded, and its length or end must be told.
    ///
    /// Where the connection breaks, the rest is asked for, at most 5 times within the download, with pauses from half a second
    /// to 8 seconds. That needs a strong `ETag` or a `Last-Modified` date from the server. Where the file has changed, the
    /// download fails, as what was written cannot be taken back.
    ///
    /// A client with a [router](super::ClientBuilder::transport) asks that router, whatever the host is.
    ///
    /// # Errors
    ///
    /// [`Error::is_timeout`] where time ran out. The text of every error names the host, the rule that does not hold, and how
    /// many bytes were written by then. The beginning of the file may have been written.
    pub fn download_to<'a, W: AsyncWrite + Unpin + Send + 'a>(&self, link: &Link, writer: W) -> Download<'a, S, W> {
        let limits = Limits { size: MOST_WRITTEN, time: TIMEOUT };
        Download { client: self.clone(), link: link.clone(), writer, limits, progress: None }
    }

    /// Downloads what a link leads to, at most 256 MiB, into memory. All else is as in [`download_to`](Self::download_to).
    ///
    /// # Errors
    ///
    /// Those of [`download_to`](Self::download_to).
    pub async fn download(&self, link: &Link) -> Result<Vec<u8>, Error<S>> {
        let mut bytes = Vec::new();
        self.download_to(link, &mut bytes).max_size(MOST_KEPT).await?;
        Ok(bytes)
    }
}

impl<S: Service, W> fmt::Debug for Download<'_, S, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("link", &self.link).field("limits", &self.limits).finish_non_exhaustive()
    }
}
