//! Downloads into files that are complete under their name, or not there.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use super::Client;
use super::download::{MAX_WRITTEN, TIMEOUT};
use crate::download::{self, Limits, OnProgress};
use crate::error::Error;
use crate::response::Link;
use crate::service::Service;

/// A download into a file, from [`Client::download_file`]. Await it to start it; the result is the length of the file in bytes.
#[must_use = "nothing is downloaded before `.await`"]
pub struct FileDownload<'a, S: Service> {
    client: Client<S>,
    link: Link,
    path: PathBuf,
    overwrites: bool,
    limits: Limits,
    progress: Option<OnProgress<'a>>,
}

impl<'a, S: Service> FileDownload<'a, S> {
    /// Replaces a file that has the path already, when the new one is complete.
    pub fn overwrite(mut self) -> Self {
        self.overwrites = true;
        self
    }

    /// Sets a closure that is called after each piece, with the number of bytes so far and, if the server gives it, of the whole
    /// file. Bytes of an earlier download count. The number falls if the server no longer has the same file.
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

    /// Sets the time limit of the transfer, including resumptions. Defaults to 10 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.limits.time = timeout;
        self
    }
}

impl<'a, S: Service> IntoFuture for FileDownload<'a, S> {
    type Output = Result<u64, Error<S>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { client, link, path, overwrites, limits, progress } = self;
            let transport = &client.operation.account.transport;
            Ok(download::to_file(transport, link.as_str(), limits, progress, path, overwrites).await?)
        })
    }
}

impl<S: Service> Client<S> {
    /// Downloads a link, such as the address of a track, into a file.
    ///
    /// ```no_run
    /// # async fn example(client: cover_api::Client, link: cover_api::Link) -> Result<(), Box<dyn std::error::Error>> {
    /// client.download_file(&link, "Night Drive.mp3").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The file is complete under its name, or not there. A file that exists is replaced only with
    /// [`overwrite`](FileDownload::overwrite). The folder must exist. The rules of [`download_to`](Self::download_to) apply to
    /// the link and to broken connections, with one difference: if the file has changed, it is downloaded from its beginning.
    ///
    /// Until it is complete, its bytes are in `NAME.part`, and `NAME.part.resume` says which link they belong to. A download that
    /// fails, is dropped, or ends with its process leaves these two files. The next download of the same link to the same path goes on
    /// with them, if the server confirms by a strong `ETag` or a `Last-Modified` date that it still has the same file. Otherwise it
    /// starts from the beginning. It repeats about 1 MiB at most, which may not have reached the disk. Files of which
    /// nothing can be used are removed.
    ///
    /// `NAME.part.resume` is locked, so a second download to the same path is refused, also one of another process.
    ///
    /// # Errors
    ///
    /// - [`Error::is_path_taken`] if the file exists, or another download is writing to it.
    /// - [`Error::is_timeout`] if the time limit has passed.
    ///
    /// The text of an error about the file names its path. The cause is its [`source`](std::error::Error::source), such as a full disk.
    pub fn download_file<'a>(&self, link: &Link, path: impl Into<PathBuf>) -> FileDownload<'a, S> {
        let limits = Limits { size: MAX_WRITTEN, time: TIMEOUT };
        FileDownload {
            client: self.clone(),
            link: link.clone(),
            path: path.into(),
            overwrites: false,
            limits,
            progress: None,
        }
    }
}

impl<S: Service> fmt::Debug for FileDownload<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("FileDownload");
        shown.field("link", &self.link).field("path", &self.path).field("overwrites", &self.overwrites);
        shown.field("limits", &self.limits).finish_non_exhaustive()
    }
}
