//! Reads the heads of answers to downloads. Nothing here does I/O.

use std::time::{Duration, SystemTime};

use reqwest::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, DATE, ETAG, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED,
    LOCATION, TRANSFER_ENCODING,
};

use crate::error::DownloadFault;
use crate::redact::shown;
use crate::transport::stream::Head;

/// Number of characters of a coding that an error shows.
const MAX_CODING: usize = 60;

/// What the first answer says about the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct File {
    pub(super) length: Option<u64>,
    /// Shows whether a later answer belongs to the same bytes.
    pub(super) validator: Option<Validator>,
}

/// A header that changes whenever the file does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Validator {
    pub(super) name: HeaderName,
    pub(super) value: HeaderValue,
}

/// The bytes of a partial answer: their end, and the length of the whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) end: u64,
    pub(super) length: u64,
}

/// Returns the address of a redirect, or `None` for other answers.
pub(super) fn location(head: &Head) -> Result<Option<&str>, DownloadFault> {
    if !matches!(head.status, 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = head.headers.get(LOCATION).and_then(|value| value.to_str().ok());
    location.map(Some).ok_or(DownloadFault::NoLocation(head.status))
}

/// Whether a fault in the answer to a request for the rest says that the rest belongs to another file, or cannot be had.
pub(super) fn is_about_the_rest(fault: &DownloadFault) -> bool {
    matches!(fault, DownloadFault::Changed | DownloadFault::WrongRange { .. } | DownloadFault::Status(416))
}

/// Returns whether the same request may succeed a little later.
pub(super) fn is_passing(status: u16) -> bool {
    matches!(status, 429 | 500..=599)
}

/// Reads the answer to a request for the whole file.
pub(super) fn whole(head: &Head) -> Result<File, DownloadFault> {
    if head.status != 200 {
        return Err(DownloadFault::Status(head.status));
    }
    check_coding(&head.headers)?;
    if !head.has_end {
        return Err(DownloadFault::NoEnd);
    }
    Ok(File { length: content_length(&head.headers)?, validator: validator(&head.headers) })
}

/// Reads the answer to a request for the bytes from `from` on.
pub(super) fn rest(head: &Head, file: &File, from: u64) -> Result<Part, DownloadFault> {
    match head.status {
        206 => {}
        200 => return Err(DownloadFault::Changed),
        status => return Err(DownloadFault::Status(status)),
    }
    check_coding(&head.headers)?;
    let changed =
        |validator: &Validator| head.headers.get(&validator.name).is_some_and(|value| *value != validator.value);
    if file.validator.as_ref().is_some_and(changed) {
        return Err(DownloadFault::Changed);
    }
    let wrong = DownloadFault::WrongRange { from };
    let range = head.headers.get(CONTENT_RANGE).and_then(|value| content_range(value.to_str().ok()?));
    let Some((start, end, length)) = range.filter(|(start, ..)| *start == from) else { return Err(wrong) };
    if file.length.is_some_and(|known| known != length) {
        return Err(DownloadFault::Changed);
    }
    if content_length(&head.headers)?.is_some_and(|body| body != end - start) {
        return Err(wrong);
    }
    // A server repeats the ETag of the file that the range belongs to. It need not repeat the date.
    let lacks_tag =
        file.validator.as_ref().is_some_and(|validator| validator.name == ETAG) && !head.headers.contains_key(ETAG);
    if lacks_tag { Err(DownloadFault::Changed) } else { Ok(Part { end, length }) }
}

fn check_coding(headers: &HeaderMap) -> Result<(), DownloadFault> {
    for (name, plain) in [(CONTENT_ENCODING, "identity"), (TRANSFER_ENCODING, "chunked")] {
        for value in headers.get_all(name) {
            let coding = String::from_utf8_lossy(value.as_bytes()).trim().to_ascii_lowercase();
            if coding != plain && !coding.is_empty() {
                return Err(DownloadFault::Encoded(shown(&coding).chars().take(MAX_CODING).collect()));
            }
        }
    }
    Ok(())
}

/// Returns the `Content-Length`, which is ignored for a chunked body.
fn content_length(headers: &HeaderMap) -> Result<Option<u64>, DownloadFault> {
    let given = headers.get(CONTENT_LENGTH).filter(|_| !headers.contains_key(TRANSFER_ENCODING));
    let Some(given) = given else { return Ok(None) };
    let number = given.to_str().ok().and_then(digits);
    number.map(Some).ok_or(DownloadFault::BadLength)
}

/// Returns start, exclusive end and total length of `bytes 5-9/10`.
fn content_range(text: &str) -> Option<(u64, u64, u64)> {
    let (range, length) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (start, last) = range.split_once('-')?;
    let (start, last, length) = (digits(start)?, digits(last)?, digits(length)?);
    (start <= last && last < length).then(|| (start, last + 1, length))
}

fn digits(text: &str) -> Option<u64> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Returns a strong `ETag`, or a `Last-Modified` at least a second before `Date`, so that any later change has another one.
fn validator(headers: &HeaderMap) -> Option<Validator> {
    if let Some(tag) = headers.get(ETAG) {
        let bytes = tag.as_bytes();
        let is_strong = bytes.len() >= 2 && bytes.starts_with(b"\"") && bytes.ends_with(b"\"");
        return is_strong.then(|| Validator { name: ETAG, value: tag.clone() });
    }
    let time =
        |name: HeaderName| -> Option<SystemTime> { httpdate::parse_http_date(headers.get(name)?.to_str().ok()?).ok() };
    let settled = time(DATE)?.duration_since(time(LAST_MODIFIED)?).ok()?;
    let value = headers.get(LAST_MODIFIED).filter(|_| settled >= Duration::from_secs(1))?;
    Some(Validator { name: LAST_MODIFIED, value: value.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16, headers: &[(&'static str, &'static str)]) -> Head {
        let pairs =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        Head { status, headers: pairs.collect(), has_end: true }
    }

    fn tag(value: &'static str) -> Validator {
        Validator { name: ETAG, value: HeaderValue::from_static(value) }
    }

    #[test]
    fn only_strong_validators_count() {
        let (early, late) = ("Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:28:01 GMT");
        let date = Some(Validator { name: LAST_MODIFIED, value: HeaderValue::from_static(early) });
        for (headers, expected) in [
            (&[("etag", "\"a\"")][..], Some(tag("\"a\""))),
            (&[("etag", "W/\"a\"")], None),
            (&[("etag", "a")], None),
            (&[("etag", "\"")], None),
            (&[("etag", "W/\"a\""), ("last-modified", early), ("date", late)], None),
            (&[("last-modified", early), ("date", late)], date),
            (&[("last-modified", early), ("date", early)], None),
            (&[("last-modified", late), ("date", early)], None),
            (&[("last-modified", early)], None),
            (&[("last-modified", "soon"), ("date", late)], None),
            (&[], None),
        ] {
            assert_eq!(whole(&head(200, headers)).unwrap().validator, expected, "{headers:?}");
        }
    }

    #[test]
    fn a_partial_answer_must_match_the_file_and_the_range() {
        let file = File { length: Some(10), validator: Some(tag("\"a\"")) };
        let (wrong, changed) = (Err(DownloadFault::WrongRange { from: 4 }), Err(DownloadFault::Changed));
        for (status, headers, expected) in [
            (206, &[("content-range", "bytes 4-9/10"), ("etag", "\"a\"")][..], Ok(Part { end: 10, length: 10 })),
            (206, &[("content-range", "bytes 4-9/10")], changed.clone()),
            (206, &[("content-range", "bytes 4-5/10"), ("etag", "\"a\"")], Ok(Part { end: 6, length: 10 })),
            (206, &[("content-range", "bytes 4-9/10"), ("etag", "\"b\"")], changed.clone()),
            (206, &[("content-range", "bytes 4-9/11")], changed.clone()),
            (200, &[("content-length", "10")], changed),
            (206, &[("content-range", "bytes 3-9/10")], wrong.clone()),
            (206, &[("content-range", "bytes 4-9/*")], wrong.clone()),
            (206, &[("content-range", "bytes 4-10/10")], wrong.clone()),
            (206, &[("content-range", "bytes 4-3/10")], wrong.clone()),
            (206, &[("content-range", "bytes 4-18446744073709551615/18446744073709551615")], wrong.clone()),
            (206, &[("content-range", "bytes +4-9/10")], wrong.clone()),
            (206, &[("content-range", "items 4-9/10")], wrong.clone()),
            (206, &[("content-range", "bytes 4-9/10"), ("content-length", "7")], wrong.clone()),
            (206, &[("content-type", "multipart/byteranges; boundary=x")], wrong),
            (
                206,
                &[("content-range", "bytes 4-9/10"), ("content-encoding", "gzip")],
                Err(DownloadFault::Encoded("gzip".to_owned())),
            ),
            (416, &[("content-range", "bytes */4")], Err(DownloadFault::Status(416))),
        ] {
            assert_eq!(rest(&head(status, headers), &file, 4), expected, "{status} {headers:?}");
        }
    }

    #[test]
    fn a_complete_answer_needs_plain_bytes_and_a_detectable_end() {
        let length = |headers| whole(&head(200, headers)).map(|file| file.length);
        assert_eq!(length(&[("content-length", "1000000000000000000")]), Ok(Some(1_000_000_000_000_000_000)));
        assert_eq!(length(&[("content-length", "99999999999999999999")]), Err(DownloadFault::BadLength));
        assert_eq!(length(&[("content-length", "+1")]), Err(DownloadFault::BadLength));
        assert_eq!(length(&[("content-length", "")]), Err(DownloadFault::BadLength));
        assert_eq!(length(&[("content-length", "5"), ("transfer-encoding", "chunked")]), Ok(None));
        assert_eq!(length(&[("content-encoding", "identity")]), Ok(None));
        let coded = Err(DownloadFault::Encoded("gzip, chunked".to_owned()));
        assert_eq!(length(&[("transfer-encoding", "gzip, chunked")]), coded);
        assert_eq!(whole(&head(206, &[])), Err(DownloadFault::Status(206)));
        assert_eq!(whole(&Head { has_end: false, ..head(200, &[]) }), Err(DownloadFault::NoEnd));
    }
}
