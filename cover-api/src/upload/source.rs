//! Where the bytes of an upload come from.

use std::fs::Metadata;
use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use futures_core::stream::BoxStream;
use tokio::fs;
use tokio::io::{AsyncRead, ReadBuf};

use crate::error::{BoxError, UploadFault};
use crate::redact::shown;

/// Number of bytes that are read and sent at once.
const CHUNK: usize = 64 * 1024;

/// A stream of the caller.
///
/// Only its owner polls it. The lock makes it `Sync`, as the HTTP client wants.
pub(crate) struct ByteStream(Mutex<BoxStream<'static, Result<Bytes, BoxError>>>);

impl ByteStream {
    pub(crate) fn new(stream: impl Stream<Item = Result<Bytes, BoxError>> + Send + 'static) -> Self {
        Self(Mutex::new(Box::pin(stream)))
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll_next(context)
    }
}

/// A file, or what stands for one.
pub(crate) enum Source {
    Path(PathBuf),
    Bytes {
        name: String,
        bytes: Bytes,
    },
    /// The stream is gone once it was opened.
    Stream {
        name: String,
        length: u64,
        stream: Option<ByteStream>,
    },
}

/// Why a file cannot be sent.
pub(crate) struct Stop {
    pub(crate) fault: UploadFault,
    pub(crate) source: Option<BoxError>,
}

impl From<UploadFault> for Stop {
    fn from(fault: UploadFault) -> Self {
        Self { fault, source: None }
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => UploadFault::Missing.into(),
            _ => Self { fault: UploadFault::Unreadable, source: Some(error.into()) },
        }
    }
}

impl Source {
    /// Returns the path or the name as errors show it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Path(path) => shown(&path.to_string_lossy()),
            Self::Bytes { name, .. } | Self::Stream { name, .. } => shown(name),
        }
    }

    pub(super) fn name(&self) -> Result<String, UploadFault> {
        match self {
            Self::Path(path) => {
                let name = path.file_name().unwrap_or_default().to_str();
                name.map(str::to_owned).ok_or(UploadFault::Name("is not valid UTF-8"))
            }
            Self::Bytes { name, .. } | Self::Stream { name, .. } => Ok(name.clone()),
        }
    }

    /// Returns the number of bytes.
    pub(super) async fn length(&self) -> Result<u64, Stop> {
        match self {
            // A pipe would never end, so nothing but a file is opened.
            Self::Path(path) => file_length(&fs::metadata(path).await?),
            Self::Bytes { bytes, .. } => Ok(bytes.len() as u64),
            Self::Stream { length, .. } => Ok(*length),
        }
    }

    pub(super) fn is_repeatable(&self) -> bool {
        !matches!(self, Self::Stream { .. })
    }

    /// Returns the bytes from the beginning. A stream has them once.
    pub(super) async fn open(&mut self) -> Result<Content, Stop> {
        Ok(match self {
            Self::Path(path) => {
                let file = fs::File::open(path).await?;
                file_length(&file.metadata().await?)?;
                Content::File(file, vec![0; CHUNK])
            }
            Self::Bytes { bytes, .. } => Content::Bytes(bytes.clone()),
            Self::Stream { stream, .. } => match stream.take() {
                Some(stream) => Content::Stream(stream),
                None => return Err(UploadFault::Unreadable.into()),
            },
        })
    }
}

fn file_length(metadata: &Metadata) -> Result<u64, Stop> {
    match metadata {
        metadata if metadata.is_file() => Ok(metadata.len()),
        metadata if metadata.is_dir() => Err(UploadFault::NotAFile("a directory").into()),
        _ => Err(UploadFault::NotAFile("a pipe or a device").into()),
    }
}

/// The bytes of one attempt.
pub(super) enum Content {
    File(fs::File, Vec<u8>),
    Bytes(Bytes),
    Stream(ByteStream),
}

impl Content {
    /// Returns the next bytes, or `None` at the end.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, BoxError>>> {
        match self {
            Self::File(file, buffer) => {
                let mut read = ReadBuf::new(buffer);
                let end = ready!(Pin::new(file).poll_read(context, &mut read));
                let bytes = Bytes::copy_from_slice(read.filled());
                Poll::Ready(match end {
                    Err(error) => Some(Err(error.into())),
                    Ok(()) => (!bytes.is_empty()).then_some(Ok(bytes)),
                })
            }
            Self::Bytes(rest) => {
                let next = rest.split_to(rest.len().min(CHUNK));
                Poll::Ready((!next.is_empty()).then_some(Ok(next)))
            }
            Self::Stream(stream) => stream.poll_next(context),
        }
    }
}
