//! What became of a submit, decided by its reply alone.

use super::envelope::{self, Envelope, Unreadable};
use super::error::Seen;
use super::{Api, CodeMeaning, Created};

/// What became of a submit whose reply has at least begun.
#[derive(Debug, PartialEq)]
pub(super) enum Submitted {
    /// A task was created.
    Task(String),
    /// The service refused it; nothing was created.
    Refused(CodeAndMessage),
    /// Something before the service refused it for want of time; nothing was created.
    Throttled(u16),
    /// It was to be sent elsewhere, which it was not; nothing was created.
    Redirected(u16),
    /// A proxy wants a password; the service has not got it.
    StoppedByProxy,
    /// Nobody knows; the id of a task may have been seen nevertheless.
    Unknown { seen: Seen, code: CodeAndMessage, task: Option<String> },
}

type CodeAndMessage = Option<(u32, Option<String>)>;

/// The envelope decides; the HTTP status only where there is none.
pub(super) fn judge(api: &Api, status: u16, bytes: &[u8], read: Result<Envelope, Unreadable>) -> Submitted {
    match read {
        Ok(envelope) => by_code(api, envelope),
        Err(_) if (300..400).contains(&status) => Submitted::Redirected(status),
        Err(_) if status == 407 => Submitted::StoppedByProxy,
        Err(_) if status == 429 => Submitted::Throttled(status),
        Err(why) => Submitted::Unknown { seen: Seen::Status(status, Some(why)), code: None, task: glimpse(api, bytes) },
    }
}

fn by_code(api: &Api, envelope: Envelope) -> Submitted {
    let task = envelope.text(&api.submit.task);
    let known = envelope::code(api, envelope.code);
    let code = Some((envelope.code, envelope.message));
    match known {
        Some(known) if known.means == CodeMeaning::Success => match task {
            Some(id) => Submitted::Task(id),
            None => Submitted::Unknown { seen: Seen::NoTask, code, task },
        },
        Some(known) if known.created == Created::No && task.is_none() => Submitted::Refused(code),
        _ => Submitted::Unknown { seen: Seen::Code, code, task },
    }
}

/// The id of a task in a reply that cannot be read as a whole: the text after the last key of its path.
fn glimpse(api: &Api, bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let key = format!("\"{}\"", api.submit.task.last()?);
    let (_, rest) = text.split_once(&key)?;
    let (id, _) = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?.split_once('"')?;
    (!id.is_empty() && !id.contains('\\')).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UploadCover;
    use crate::runtime::Service;

    fn judge(status: u16, reply: &str) -> Submitted {
        let read = Envelope::read(UploadCover::api(), status, reply.as_bytes());
        super::judge(UploadCover::api(), status, reply.as_bytes(), read)
    }

    fn is_unknown(submitted: &Submitted) -> bool {
        matches!(submitted, Submitted::Unknown { .. })
    }

    #[test]
    fn the_envelope_counts_and_not_the_http_status() {
        assert_eq!(judge(500, r#"{"code":200,"data":{"taskId":"t1"}}"#), Submitted::Task("t1".to_owned()));
        let refused = Submitted::Refused(Some((400, Some("no".to_owned()))));
        assert_eq!(judge(200, r#"{"code":"400","msg":"no","data":null}"#), refused);
    }

    #[test]
    fn every_code_that_creates_nothing_is_a_refusal_and_every_other_is_unknown() {
        for code in [400, 401, 404, 405, 413, 429, 430, 455] {
            let submitted = judge(200, &format!(r#"{{"code":{code}}}"#));
            assert_eq!(submitted, Submitted::Refused(Some((code, None))), "{code}");
        }
        for code in [500, 402, 531, 0] {
            assert!(is_unknown(&judge(200, &format!(r#"{{"code":{code}}}"#))), "{code}");
        }
    }

    #[test]
    fn success_without_a_task_is_unknown() {
        for data in ["null", "{}", "[]", r#"{"taskId":""}"#, r#"{"taskId":null}"#] {
            let submitted = judge(200, &format!(r#"{{"code":200,"data":{data}}}"#));
            assert!(matches!(submitted, Submitted::Unknown { seen: Seen::NoTask, .. }), "{data}");
        }
    }

    #[test]
    fn a_refusal_that_names_a_task_is_not_believed() {
        let submitted = judge(200, r#"{"code":400,"data":{"taskId":"t1"}}"#);
        assert!(matches!(submitted, Submitted::Unknown { task: Some(task), .. } if task == "t1"));
    }

    #[test]
    fn without_an_envelope_only_redirects_throttling_and_proxies_are_known_to_create_nothing() {
        assert_eq!(judge(302, ""), Submitted::Redirected(302));
        assert_eq!(judge(429, "<html>"), Submitted::Throttled(429));
        assert_eq!(judge(407, "<html>"), Submitted::StoppedByProxy);
        for status in [200, 403, 408, 500, 502, 503, 504] {
            assert!(is_unknown(&judge(status, "<html>")), "{status}");
        }
    }

    #[test]
    fn a_task_is_glimpsed_in_a_reply_that_was_cut_short() {
        let submitted = judge(200, r#"{"code":200,"data":{"taskId" : "t1","x":"#);
        assert!(matches!(submitted, Submitted::Unknown { task: Some(task), .. } if task == "t1"));
        let submitted = judge(200, r#"{"code":200,"data":{"taskId":"t"#);
        assert!(matches!(submitted, Submitted::Unknown { task: None, .. }));
    }
}
