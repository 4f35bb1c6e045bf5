//! One download: redirects, the copy to a writer, and resumptions after the connection broke.

mod head;

use std::time::Duration;

use reqwest::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue, IF_RANGE, RANGE};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{sleep, timeout};
use url::Url;

use crate::error::{BadDownload, BoxError, DownloadFault, Failure, Kind};
use crate::events;
use crate::redact;
use crate::transport::Transport;
use crate::transport::stream::Stream;
use head::File;

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

/// Copies the file at a link to a writer. Returns its length.
pub(crate) async fn run<W: AsyncWrite + Unpin + Send>(
    transport: &Transport,
    link: &str,
    limits: Limits,
    progress: Option<OnProgress<'_>>,
    writer: W,
) -> Result<u64, Failure> {
    redact::remember_address(link);
    let mut transfer =
        Transfer { transport, link, most: limits.size, progress, host: String::new(), done: 0, file: None };
    match timeout(limits.time, transfer.copy_all(writer)).await {
        Ok(Ok(())) => Ok(transfer.done),
        Ok(Err(stop)) => Err(transfer.failure(stop)),
        Err(_) => Err(transfer.failure(DownloadFault::Timeout(limits.time).into())),
    }
}

/// A download under way.
struct Transfer<'a> {
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
struct TransferError {
    fault: DownloadFault,
    source: Option<BoxError>,
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

impl Transfer<'_> {
    async fn copy_all<W: AsyncWrite + Unpin>(&mut self, mut writer: W) -> Result<(), TransferError> {
        let stream = self.request().await?;
        let mut incoming = self.accept(stream)?;
        let mut resumptions = 0;
        while let CopyEnd::Broken(source) = self.copy(&mut incoming, &mut writer).await? {
            incoming = self.resume(&mut resumptions, source).await?;
        }
        writer.flush().await.map_err(broken_writer)
    }

    /// Copies one body.
    async fn copy<W: AsyncWrite + Unpin>(
        &mut self,
        incoming: &mut Incoming,
        writer: &mut W,
    ) -> Result<CopyEnd, TransferError> {
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
            writer.write_all(&chunk).await.map_err(broken_writer)?;
            self.done = done;
            let length = self.length();
            if let Some(progress) = &mut self.progress {
                progress(done, length);
            }
        }
    }

    /// Requests the rest with growing pauses, until an answer contains it. Before the first byte, the rest is the whole file.
    async fn resume(&mut self, resumptions: &mut u32, mut source: Option<BoxError>) -> Result<Incoming, TransferError> {
        loop {
            if self.done > 0 && self.file.as_ref().is_none_or(|file| file.validator.is_none()) {
                return Err(TransferError { fault: DownloadFault::NoValidator, source });
            }
            if *resumptions == MAX_RESUMPTIONS {
                return Err(TransferError { fault: DownloadFault::Resumed(MAX_RESUMPTIONS), source });
            }
            sleep(FIRST_PAUSE * 2_u32.pow(*resumptions)).await;
            *resumptions += 1;
            events::download_resumed(&self.host, self.done);
            match self.request().await {
                Ok(stream) if head::is_passing(stream.head.status) => {}
                Ok(stream) => return self.accept(stream),
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

    /// Checks the head of an answer against the request.
    fn accept(&mut self, stream: Stream) -> Result<Incoming, TransferError> {
        let end = match &mut self.file {
            Some(file) if self.done > 0 => {
                let part = head::rest(&stream.head, file, self.done)?;
                file.length = Some(part.length);
                Some(part.end)
            }
            file => file.insert(head::whole(&stream.head)?).length,
        };
        match self.length() {
            Some(length) if length > self.most => {
                Err(DownloadFault::TooLarge { limit: self.most, length: Some(length) }.into())
            }
            _ => Ok(Incoming { stream, end }),
        }
    }

    fn length(&self) -> Option<u64> {
        self.file.as_ref()?.length
    }

    fn is_short(&self) -> bool {
        self.length().is_some_and(|length| self.done < length)
    }

    fn failure(&self, stop: TransferError) -> Failure {
        let bad = BadDownload { host: self.host.clone(), done: self.done, total: self.length(), fault: stop.fault };
        let failure = Failure::new(Kind::Download(bad));
        match stop.source {
            Some(source) => failure.with_source(source),
            None => failure,
        }
    }
}

fn broken_writer(error: std::io::Error) -> TransferError {
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
