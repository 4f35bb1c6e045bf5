//! The multipart body of an upload. The file is never in memory as a whole.

use std::fmt::{self, Write};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use cover_spec::tables::UploadSpec;
use http_body::{Body, Frame, SizeHint};
use tokio::sync::Notify;

use super::source::{Content, Stop};
use crate::error::{BoxError, Cause, Got, UploadFault};

/// Types of files by their extension. Any other file has no type that a service could rely on.
const MEDIA_TYPES: [(&str, &str); 8] = [
    ("mp3", "audio/mpeg"),
    ("wav", "audio/wav"),
    ("m4a", "audio/mp4"),
    ("flac", "audio/flac"),
    ("ogg", "audio/ogg"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("mp4", "video/mp4"),
];

/// What a body has before and after the bytes of the file.
pub(super) struct Form {
    boundary: String,
    head: Bytes,
    tail: Bytes,
}

impl Form {
    pub(super) fn new(spec: &UploadSpec, name: &str) -> Self {
        // 128 random bits, which no file contains by chance.
        Self::with_boundary(spec, name, format!("cover-{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)))
    }

    fn with_boundary(spec: &UploadSpec, name: &str, boundary: String) -> Self {
        let mut head = String::new();
        for (part, content) in spec.fields.iter() {
            let content = content.replace("{name}", name);
            let _ =
                write!(head, "--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"\r\n\r\n{content}\r\n");
        }
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let known = MEDIA_TYPES.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension));
        let kind = known.map_or("application/octet-stream", |(_, kind)| kind);
        // As browsers write it. Control characters were refused before.
        let (part, name) = (&spec.file, name.replace('"', "%22"));
        let _ = write!(
            head,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        Self { boundary, head: head.into(), tail: tail.into() }
    }

    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// Returns the body of one attempt, with a file of this length.
    pub(super) fn body(&self, content: Content, length: u64, handed: Arc<Handed>) -> FormBody {
        FormBody {
            head: Some(self.head.clone()),
            content: Some(content),
            left: length,
            length,
            tail: Some(self.tail.clone()),
            handed,
        }
    }
}

/// How much of the file was handed to the connection.
#[derive(Default)]
pub(super) struct Handed {
    bytes: AtomicU64,
    /// Whether the connection waits for bytes of the file.
    is_reading: AtomicBool,
    changed: Notify,
    stop: Mutex<Option<Stop>>,
}

impl Handed {
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn is_reading(&self) -> bool {
        self.is_reading.load(Ordering::Relaxed)
    }

    /// Waits for more bytes.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Returns why the file could not be sent to its end, if it is the cause of a broken connection.
    pub(super) fn stop(&self) -> Option<Stop> {
        self.stop.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn add(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        self.changed.notify_one();
    }
}

/// A body that reads the file while it is sent.
pub(crate) struct FormBody {
    head: Option<Bytes>,
    /// Gone at its end.
    content: Option<Content>,
    /// Number of bytes of the file that are still to come.
    left: u64,
    length: u64,
    tail: Option<Bytes>,
    handed: Arc<Handed>,
}

/// The error of a body whose file could not be read to its end. [`Handed::stop`] has the cause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Incomplete;

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the file could not be sent to its end")
    }
}

impl std::error::Error for Incomplete {}

impl FormBody {
    fn stop(&mut self, fault: UploadFault, source: Option<BoxError>) -> Poll<Option<Result<Frame<Bytes>, Incomplete>>> {
        let source = source.map(|source| Box::new(Cause::redacted(&*source)) as BoxError);
        *self.handed.stop.lock().unwrap_or_else(PoisonError::into_inner) = Some(Stop { fault, source });
        Poll::Ready(Some(Err(Incomplete)))
    }
}

impl Body for FormBody {
    type Data = Bytes;
    type Error = Incomplete;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = self.get_mut();
        if let Some(head) = this.head.take() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        let expected = this.length;
        while let Some(content) = &mut this.content {
            let next = content.poll_next(context);
            this.handed.is_reading.store(next.is_pending(), Ordering::Relaxed);
            let Poll::Ready(next) = next else { return Poll::Pending };
            match next {
                Some(Ok(bytes)) if bytes.is_empty() => {}
                Some(Ok(bytes)) => {
                    let Some(left) = this.left.checked_sub(bytes.len() as u64) else {
                        return this.stop(UploadFault::Length { expected, got: Got::More }, None);
                    };
                    this.left = left;
                    this.handed.add(bytes.len());
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Err(error)) => {
                    let got = expected - this.left;
                    return this.stop(UploadFault::UnreadableAfter { got, length: expected }, Some(error));
                }
                None if this.left > 0 => {
                    let got = Got::Only(expected - this.left);
                    return this.stop(UploadFault::Length { expected, got }, None);
                }
                None => this.content = None,
            }
        }
        Poll::Ready(this.tail.take().map(|tail| Ok(Frame::data(tail))))
    }

    fn is_end_stream(&self) -> bool {
        self.tail.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let ends = [&self.head, &self.tail].map(|part| part.as_ref().map_or(0, |part| part.len() as u64));
        SizeHint::with_exact(self.left.saturating_add(ends.iter().sum()))
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;
    use crate::UploadCover;
    use crate::service::StaticService;

    fn form(name: &str) -> Form {
        let spec = UploadCover::api().upload.clone().expect("the shipped spec has uploads");
        let spec = UploadSpec { fields: vec![("title".into(), "My {name}".into())].into(), ..spec };
        Form::with_boundary(&spec, name, "b".to_owned())
    }

    /// Reads a body whose content never has to be waited for.
    fn read(mut body: FormBody) -> Result<String, UploadFault> {
        let (mut text, handed) = (String::new(), Arc::clone(&body.handed));
        assert!(body.size_hint().exact().is_some());
        let expected = body.size_hint().exact().unwrap_or_default();
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(frame)) = Pin::new(&mut body).poll_frame(&mut context) {
            match frame {
                Ok(frame) => text += std::str::from_utf8(frame.data_ref().unwrap()).unwrap(),
                Err(Incomplete) => return Err(handed.stop().unwrap().fault),
            }
        }
        assert_eq!(text.len() as u64, expected, "the length is announced");
        assert!(body.is_end_stream());
        Ok(text)
    }

    #[test]
    fn a_body_has_the_constant_parts_and_then_the_file() {
        let body = form("a \"b\".MP3").body(Content::Bytes("song".into()), 4, Arc::default());
        let expected = "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nMy a \"b\".MP3\r\n\
            --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b%22.MP3\"\r\n\
            Content-Type: audio/mpeg\r\n\r\nsong\r\n--b--\r\n";
        assert_eq!(read(body).as_deref(), Ok(expected));
        assert_ne!(Form::new(UploadCover::api().upload.as_ref().unwrap(), "a").boundary.len(), 1);
    }

    #[test]
    fn a_file_that_changes_its_length_is_not_sent_to_its_end() {
        let body = |length| form("a.wav").body(Content::Bytes("song".into()), length, Arc::default());
        assert_eq!(read(body(5)), Err(UploadFault::Length { expected: 5, got: Got::Only(4) }));
        assert_eq!(read(body(3)), Err(UploadFault::Length { expected: 3, got: Got::More }));
    }

    #[test]
    fn a_large_file_is_handed_over_in_pieces() {
        let handed = Arc::new(Handed::default());
        let bytes = Bytes::from(vec![b'a'; 200_000]);
        let mut body = form("a.wav").body(Content::Bytes(bytes), 200_000, Arc::clone(&handed));
        let mut context = Context::from_waker(Waker::noop());
        let mut seen = Vec::new();
        while let Poll::Ready(Some(Ok(_))) = Pin::new(&mut body).poll_frame(&mut context) {
            seen.push(handed.bytes());
        }
        assert_eq!(seen, [0, 65_536, 131_072, 196_608, 200_000, 200_000]);
    }
}
