//! One transfer: redirects, the copy to a sink, and resumptions after the connection broke.

use std::io;
use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, IF_RANGE, RANGE};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::sleep;
use url::Url;

use super::head::{self, File};
use crate::error::{BadDownload, BoxError, DownloadFault, Failure, Kind};
use crate::events;
use crate::redact;
use crate::transport::Transport;
use crate::transport::stream::Stream;

const MAX_REDIRECTS: u32 = 5;
const MAX_RESUMPTIONS: u32 = 5;
/// Pause before the first resumption. It doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Is called with the number of bytes written, and the total if it is known.
pub(crate) type OnProgress<'a> = Box<dyn FnMut(u64, Option<u64>) + Send + 'a>;

/// The limits of a download.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Largest number of bytes.
    pub(crate) size: u64,
    pub(crate) time: Duration,
}

/// Where the bytes go.
pub(super) trait Sink: Send {
    /// Whether bytes that were written can be taken back, so that a changed file is downloaded from its beginning.
    const REWINDS: bool;

    /// Takes back all bytes. A file with this head follows.
    fn begin(&mut self, file: &File) -> impl Future<Output = io::Result<()>> + Send;

    fn write(&mut self, bytes: &[u8]) -> impl Future<Output = io::Result<()>> + Send;

    fn flush(&mut self) -> impl Future<Output = io::Result<()>> + Send;
}

/// A writer, whose bytes cannot be taken back.
pub(super) struct Writer<W>(pub(super) W);

impl<W: AsyncWrite + Unpin + Send> Sink for Writer<W> {
    const REWINDS: bool = false;

    async fn begin(&mut self, _: &File) -> io::Result<()> {
        Ok(())
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes).await
    }

    async fn flush(&mut self) -> io::Result<()> {
        self.0.flush().await
    }
}

/// A download under way.
pub(super) struct Transfer<'a> {
    transport: &'a Transport,
    link: &'a str,
    most: u64,
    progress: Option<OnProgress<'a>>,
    /// The host of the last request, for errors.
    host: String,
    done: u64,
    file: Option<File>,
}

/// Why a download failed.
pub(super) struct TransferError {
    pub(super) fault: DownloadFault,
    pub(super) source: Option<BoxError>,
}

/// An answer, and the byte before which its body must end, if known.
struct Incoming {
    stream: Stream,
    end: Option<u64>,
}

/// How a body ended.
enum CopyEnd {
    Complete,
    Broken(Option<BoxError>),
}

impl From<DownloadFault> for TransferError {
    fn from(fault: DownloadFault) -> Self {
        Self { fault, source: None }
    }
}

impl<'a> Transfer<'a> {
    pub(super) fn new(transport: &'a Transport, link: &'a str, most: u64, progress: Option<OnProgress<'a>>) -> Self {
        redact::remember_address(link);
        Self { transport, link, most, progress, host: String::new(), done: 0, file: None }
    }

    /// Resumes a file. An earlier download has written this many bytes of it.
    pub(super) fn go_on(&mut self, file: File, done: u64) {
        (self.file, self.done) = (Some(file), done);
    }

    /// Returns the number of bytes that were written.
    pub(super) fn done(&self) -> u64 {
        self.done
    }

    pub(super) async fn copy_all<S: Sink>(&mut self, sink: &mut S) -> Result<(), TransferError> {
        let stream = self.request().await?;
        let mut incoming = self.accept(stream, sink).await?;
        let mut resumptions = 0;
        while let CopyEnd::Broken(source) = self.copy(&mut incoming, sink).await? {
            incoming = self.resume(&mut resumptions, source, sink).await?;
        }
        sink.flush().await.map_err(broken_writer)
    }

    /// Copies one body.
    async fn copy<S: Sink>(&mut self, incoming: &mut Incoming, sink: &mut S) -> Result<CopyEnd, TransferError> {
        loop {
            let chunk = match incoming.stream.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) if self.is_short() => return Ok(CopyEnd::Broken(None)),
                Err(source) if self.length().is_none() || self.is_short() => return Ok(CopyEnd::Broken(Some(source))),
                Ok(None) | Err(_) => return Ok(CopyEnd::Complete),
            };
            let done = self.done.saturating_add(chunk.len() as u64);
            if let Some(end) = incoming.end.filter(|end| done > *end) {
                return Err(DownloadFault::MoreThanSaid(end).into());
            }
            if done > self.most {
                return Err(DownloadFault::TooLarge { limit: self.most, length: None }.into());
            }
            sink.write(&chunk).await.map_err(broken_writer)?;
            self.done = done;
            let length = self.length();
            if let Some(progress) = &mut self.progress {
                progress(done, length);
            }
        }
    }

    /// Requests the rest with growing pauses, until an answer contains it. Before the first byte, the rest is the whole file.
    async fn resume<S: Sink>(
        &mut self,
        resumptions: &mut u32,
        mut source: Option<BoxError>,
        sink: &mut S,
    ) -> Result<Incoming, TransferError> {
        loop {
            if self.done > 0 && self.file.as_ref().is_none_or(|file| file.validator.is_none()) {
                if !S::REWINDS {
                    return Err(TransferError { fault: DownloadFault::NoValidator, source });
                }
                self.start_over();
            }
            if *resumptions == MAX_RESUMPTIONS {
                return Err(TransferError { fault: DownloadFault::Resumed(MAX_RESUMPTIONS), source });
            }
            sleep(FIRST_PAUSE * 2_u32.pow(*resumptions)).await;
            *resumptions += 1;
            events::download_resumed(&self.host, self.done);
            match self.request().await {
                Ok(stream) if head::is_passing(stream.head.status) => {}
                Ok(stream) => return self.accept(stream, sink).await,
                Err(TransferError { fault: DownloadFault::NoAnswer, source: again }) => source = again,
                Err(stop) => return Err(stop),
            }
        }
    }

    /// Requests the missing bytes, and follows redirects.
    async fn request(&mut self) -> Result<Stream, TransferError> {
        let mut url = Url::parse(self.link).map_err(|_| DownloadFault::NotAnAddress)?;
        for redirects in 0..=MAX_REDIRECTS {
            self.host = shown_host(&url);
            self.transport.check_target(&url, redirects > 0)?;
            let stream = self.transport.open(&url, self.headers()).await;
            let stream = stream.map_err(|(fault, source)| TransferError { fault, source: Some(source) })?;
            match head::location(&stream.head)? {
                None => return Ok(stream),
                Some(location) => {
                    url = url.join(location).map_err(|_| DownloadFault::NoLocation(stream.head.status))?;
                }
            }
        }
        Err(DownloadFault::TooManyRedirects(MAX_REDIRECTS).into())
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static("identity"))]);
        let validator = self.file.as_ref().and_then(|file| file.validator.as_ref());
        if let Some(validator) = validator.filter(|_| self.done > 0) {
            let range = HeaderValue::from_str(&format!("bytes={}-", self.done));
            headers.insert(RANGE, range.expect("digits fit a header"));
            headers.insert(IF_RANGE, validator.value.clone());
        }
        headers
    }

    /// Checks the head of an answer against the request. If the file has changed, the sink starts over if it can.
    async fn accept<S: Sink>(&mut self, mut stream: Stream, sink: &mut S) -> Result<Incoming, TransferError> {
        let end = match self.rest(&stream) {
            Some(Ok(part)) => Some(part.end),
            Some(Err(fault)) if !S::REWINDS || !head::is_about_the_rest(&fault) => return Err(fault.into()),
            rest => {
                self.start_over();
                // An answer to a request for the rest is the whole file, or useless.
                if rest.is_some() && stream.head.status != 200 {
                    stream = self.request().await?;
                }
                let file = self.file.insert(head::whole(&stream.head)?);
                check_length(file.length, self.most)?;
                sink.begin(file).await.map_err(broken_writer)?;
                file.length
            }
        };
        check_length(self.length(), self.most)?;
        Ok(Incoming { stream, end })
    }

    /// Reads the answer to a request for the rest; `None` if that was for the whole file.
    fn rest(&mut self, stream: &Stream) -> Option<Result<head::Part, DownloadFault>> {
        let file = self.file.as_mut().filter(|_| self.done > 0)?;
        let part = head::rest(&stream.head, file, self.done);
        if let Ok(part) = &part {
            file.length = Some(part.length);
        }
        Some(part)
    }

    fn start_over(&mut self) {
        (self.file, self.done) = (None, 0);
    }

    fn length(&self) -> Option<u64> {
        self.file.as_ref()?.length
    }

    fn is_short(&self) -> bool {
        self.length().is_some_and(|length| self.done < length)
    }

    pub(super) fn failure(&self, stop: TransferError) -> Failure {
        let bad = BadDownload { host: self.host.clone(), done: self.done, total: self.length(), fault: stop.fault };
        let failure = Failure::new(Kind::Download(bad));
        match stop.source {
            Some(source) => failure.with_source(source),
            None => failure,
        }
    }
}

fn check_length(length: Option<u64>, limit: u64) -> Result<(), DownloadFault> {
    match length {
        Some(length) if length > limit => Err(DownloadFault::TooLarge { limit, length: Some(length) }),
        _ => Ok(()),
    }
}

fn broken_writer(error: io::Error) -> TransferError {
    TransferError { fault: DownloadFault::Writer, source: Some(error.into()) }
}

fn shown_host(url: &Url) -> String {
    // A redirect can contain anything as its host.
    let host = redact::shown(url.host_str().unwrap_or_default());
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    }
}
