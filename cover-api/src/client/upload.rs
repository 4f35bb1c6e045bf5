//! Uploads of local files.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryStreamExt;

use super::Client;
use crate::error::Error;
use crate::response::Link;
use crate::service::Service;
use crate::upload::{self, ByteStream, Options, Source};

const TIMEOUT: Duration = Duration::from_secs(600);

/// An upload of a file, from [`Client::upload`]. Await it to start it; the result is the address of the file.
#[must_use = "nothing is uploaded before `.await`"]
pub struct Upload<'a, S: Service> {
    client: Client<S>,
    source: Source,
    options: Options<'a>,
}

impl<'a, S: Service> Upload<'a, S> {
    fn new(client: &Client<S>, source: Source) -> Self {
        let options = Options { timeout: TIMEOUT, model: None, has_any_length: false, progress: None };
        Self { client: client.clone(), source, options }
    }

    /// Sets a closure that is called with the number of bytes of the file that were handed to the connection, and with the size of
    /// the file. If the upload is repeated, the number begins at 0 again.
    pub fn on_progress(mut self, progress: impl FnMut(u64, u64) + Send + 'a) -> Self {
        self.options.progress = Some(Box::new(progress));
        self
    }

    /// Sets the time limit of the whole upload, including the time in the queue and repetitions. Defaults to 10 minutes.
    ///
    /// If the service asks for a pause that ends after the limit, the upload fails at once.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// Sets the model that the recording is for, such as `Model::V5`. Its limit of the length counts then, instead of the greatest
    /// of all models.
    pub fn model(mut self, model: impl fmt::Display) -> Self {
        self.options.model = Some(model.to_string());
        self
    }

    /// Uploads a recording of any length, and a file that is not known to be audio. [`send`](Client::send) does not check the length of
    /// this recording either.
    pub fn unchecked_length(mut self) -> Self {
        self.options.has_any_length = true;
        self
    }

    /// Checks the file as the upload does before it sends anything, and sends nothing.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`], for the reasons that [`Client::upload`] has.
    pub async fn check(self) -> Result<(), Error<S>> {
        Ok(upload::check(&self.client.operation, self.source, self.options).await?)
    }
}

impl<'a, S: Service> IntoFuture for Upload<'a, S> {
    type Output = Result<Link, Error<S>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(upload::run(&self.client.operation, self.source, self.options).await?) })
    }
}

impl<S: Service> Client<S> {
    /// Uploads a file, and returns its address, which a request takes. The service does not charge for it.
    ///
    /// ```no_run
    /// # use cover_api::{CoverRequest, Model};
    /// # async fn example(client: cover_api::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let show = |sent, total| println!("{sent} of {total} bytes");
    /// let song = client.upload("song.mp3").on_progress(show).await?;
    /// let request = CoverRequest::non_custom()
    ///     .upload_url(song)
    ///     .without_callback()
    ///     .model(Model::V5)
    ///     .prompt("A calm night drive through the rain")
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The spec says where files go, how large they may be, and which extensions their names may have. The file is read while it
    /// is sent. An upload takes a permit of the rate limit, and is repeated after a failed connection, and after an answer that came before
    /// the whole file was sent, up to [`ClientBuilder::max_attempts`](super::ClientBuilder::max_attempts) times in all. It can be dropped
    /// at any time.
    ///
    /// With the feature `audio`, the length of the recording is read from the file: MP3, WAV, FLAC, M4A, OGG and others. A
    /// recording that is longer than any request takes is refused before anything is sent. The client remembers the lengths of the
    /// last 1024 recordings, and [`send`](Self::send) refuses a request with one that is too long for its mode and model, before
    /// anything is posted. Without the feature, lengths are not checked. Neither are those that a file does not say, such as that of
    /// bare AAC.
    ///
    /// Services delete uploaded files after some days. The address is a secret if it names your account, and errors do not show it.
    ///
    /// # Errors
    ///
    /// - [`Error::is_setup`] if nothing was sent: there is no such file, it is a directory, empty, too large or too long, its name
    ///   cannot be sent or has another extension, or it is not audio; or the spec has no `[upload]`.
    /// - [`Error::is_timeout`] if the time limit has passed, or would pass before the next attempt. The message has the failure of the
    ///   last attempt, and [`Error::code`], [`Error::is_maintenance`] and the like are those of that failure.
    /// - [`Error::is_refused`] if the service refused the file.
    pub fn upload<'a>(&self, path: impl AsRef<Path>) -> Upload<'a, S> {
        Upload::new(self, Source::Path(path.as_ref().to_owned()))
    }

    /// Uploads bytes as a file with this name. The rules of [`upload`](Self::upload) apply.
    ///
    /// # Errors
    ///
    /// Those of [`upload`](Self::upload).
    pub fn upload_bytes<'a>(&self, name: impl Into<String>, bytes: impl Into<Bytes>) -> Upload<'a, S> {
        Upload::new(self, Source::Bytes { name: name.into(), bytes: bytes.into() })
    }

    /// Uploads a stream of `length` bytes as a file with this name.
    ///
    /// The rules of [`upload`](Self::upload) apply with two exceptions: since a stream can be read only once, its recording is not
    /// checked, and it is not sent again after a failed connection.
    ///
    /// # Errors
    ///
    /// Those of [`upload`](Self::upload), and an error if the stream fails, or has more or fewer bytes than announced. The source of the
    /// error is the text of the stream's error, without queries of addresses.
    pub fn upload_stream<'a, B, E>(
        &self,
        name: impl Into<String>,
        length: u64,
        stream: impl Stream<Item = Result<B, E>> + Send + 'static,
    ) -> Upload<'a, S>
    where
        B: Into<Bytes> + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>> + 'static,
    {
        let stream = ByteStream::new(stream.map_ok(Into::into).map_err(Into::into));
        Upload::new(self, Source::Stream { name: name.into(), length, stream: Some(stream) })
    }
}

impl<S: Service> fmt::Debug for Upload<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("timeout", &self.options.timeout).finish_non_exhaustive()
    }
}
