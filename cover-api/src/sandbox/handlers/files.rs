//! The files that the sandbox serves, without a key: those of tasks, and those that were uploaded.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_RANGE, ETAG, IF_RANGE, RANGE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use sha2::{Digest, Sha256};

use crate::sandbox::answer::respond;
use crate::sandbox::task::media;
use crate::sandbox::{Backend, BackendState};

/// A file that the sandbox serves.
pub(super) struct File {
    kind: &'static str,
    pub(super) content: Bytes,
}

/// The type of a file that came from outside.
const ANY: &str = "application/octet-stream";

impl Backend {
    /// Answers with a file, such as `task-1/0.wav` or `uploads/1.mp3`, or with the rest of one, if it is the file that the request means.
    pub(in crate::sandbox) fn file(&self, path: &str, headers: &HeaderMap) -> Response {
        let file = self.state().file(path);
        let Some(File { kind, content }) = file else {
            return respond(StatusCode::NOT_FOUND, "text/plain", Body::from("no such file"));
        };
        let (tag, length) = (tag(&content), content.len());
        let mut response = match rest(headers, &tag, length) {
            Some(start) => {
                let mut response = respond(StatusCode::PARTIAL_CONTENT, kind, Body::from(content.slice(start..)));
                let range = format!("bytes {start}-{}/{length}", length - 1);
                response.headers_mut().extend(HeaderValue::from_str(&range).map(|range| (CONTENT_RANGE, range)));
                response
            }
            None => respond(StatusCode::OK, kind, Body::from(content)),
        };
        response.headers_mut().extend(HeaderValue::from_str(&tag).map(|tag| (ETAG, tag)));
        response
    }
}

/// Returns the tag of a content, which differs from that of another one.
fn tag(content: &[u8]) -> String {
    let number = Sha256::digest(content).iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("\"{number:016x}\"")
}

/// Returns where the rest of a file begins, if the request asks for the rest of this one.
fn rest(headers: &HeaderMap, tag: &str, length: usize) -> Option<usize> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let start = text(RANGE)?.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok()?;
    (start < length && text(IF_RANGE).is_none_or(|wanted| wanted == tag)).then_some(start)
}

impl BackendState {
    /// Returns a file, such as `task-1/0.wav` or `uploads/1.mp3`.
    pub(super) fn file(&self, path: &str) -> Option<File> {
        let (folder, name) = path.split_once('/')?;
        if folder == "uploads" {
            return Some(File { kind: ANY, content: self.uploaded(name)? });
        }
        let task = self.tasks.get(folder)?;
        if let Some(content) = task.served(name) {
            return Some(File { kind: ANY, content: content.clone() });
        }
        let (number, extension) = name.split_once('.')?;
        let number = number.parse().ok().filter(|number| *number < task.files())?;
        match extension {
            "wav" => Some(File { kind: "audio/wav", content: media::wav(number).into() }),
            "svg" => Some(File { kind: "image/svg+xml", content: media::SVG.into() }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_file_is_served_only_if_it_is_still_the_same() {
        let tag = tag(b"0123456789");
        assert_ne!(tag, super::tag(b"012345678"));
        let rest = |range: &'static str, wanted: &str| {
            let wanted = HeaderValue::from_str(wanted).unwrap();
            let headers = HeaderMap::from_iter([(RANGE, HeaderValue::from_static(range)), (IF_RANGE, wanted)]);
            rest(&headers, &tag, 10)
        };
        assert_eq!((rest("bytes=4-", &tag), rest("bytes=9-", &tag)), (Some(4), Some(9)));
        assert_eq!(
            (rest("bytes=10-", &tag), rest("bytes=4-", "\"other\""), rest("bytes=1-2", &tag)),
            (None, None, None)
        );
        assert_eq!(super::rest(&HeaderMap::new(), &tag, 10), None);
    }
}
