//! Reads the answer to the POST, which may be incomplete.

use super::envelope::{as_code, as_id, as_text};
use super::held::has_results;
use super::pick::pick_beginning;
use super::{Envelope, Unreadable, at, code, is_success};
use crate::tables::{Api, CodeMeaning, Created};

/// What an answer to the POST says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The id of the task that was created.
    Task(String),
    /// The operation answers at once, and succeeded.
    Answer,
    /// No task was created, as the code says, or the HTTP status 429 of an answer without an envelope.
    Refused,
    /// No task was created, since the request was redirected.
    Redirected,
    /// A task may have been created, for this reason.
    Unknown(Doubt),
}

/// Why an answer to the POST leaves open whether a task was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The code means success, but there is no valid id of a task.
    NoTask,
    /// The code does not rule out that a task was created, or a refusal names a task.
    AmbiguousCode,
    /// A refusal has results, or a part of them.
    HasResults,
    /// A proxy requires a password.
    Proxy,
    /// The answer is not readable. Its beginning may still name a task, which may be the one that was created.
    Unreadable {
        /// The id of that task.
        hint: Option<String>,
    },
}

/// Reads the answer to the POST. The envelope decides. Without one, the HTTP status does.
///
/// `is_whole`: whether the body arrived completely.
#[must_use]
pub fn reply(api: &Api, read: &Result<Envelope, Unreadable>, status: u16, bytes: &[u8], is_whole: bool) -> Reply {
    let reply = match read {
        Ok(envelope) => by_code(api, envelope, bytes),
        Err(why) => by_status(api, status, bytes, is_whole && *why != Unreadable::CutShort),
    };
    match reply {
        // A server that refuses a request does not name a task.
        Reply::Refused | Reply::Redirected if names_a_task(api, bytes) => Reply::Unknown(Doubt::AmbiguousCode),
        // Nor does it give what it was asked for.
        Reply::Refused | Reply::Redirected if has_results(api, bytes) => Reply::Unknown(Doubt::HasResults),
        reply => reply,
    }
}

fn by_code(api: &Api, envelope: &Envelope, bytes: &[u8]) -> Reply {
    // Without a task, the place is empty, and leads to the answer itself.
    let named = at(&envelope.body, &api.submit.task).filter(|it| !api.submit.task.is_empty() && as_text(it).is_some());
    match code(api, envelope.code) {
        Some(known) if known.means == CodeMeaning::Success && api.poll.is_none() => Reply::Answer,
        Some(known) if known.means == CodeMeaning::Success => {
            let id = named.and_then(|it| as_id(it, &api.submit.task, bytes));
            id.map_or(Reply::Unknown(Doubt::NoTask), Reply::Task)
        }
        Some(known) if known.created == Created::No && named.is_none() => Reply::Refused,
        _ => Reply::Unknown(Doubt::AmbiguousCode),
    }
}

fn by_status(api: &Api, status: u16, bytes: &[u8], is_whole: bool) -> Reply {
    match status {
        // Only these two mean that the request was not processed. Servers send 303 after processing one.
        307 | 308 if is_whole => Reply::Redirected,
        407 => Reply::Unknown(Doubt::Proxy),
        429 if is_whole => Reply::Refused,
        _ => Reply::Unknown(Doubt::Unreadable { hint: hint(api, bytes) }),
    }
}

/// Returns the id of a task at the beginning of a truncated success envelope of this service.
fn hint(api: &Api, bytes: &[u8]) -> Option<String> {
    let [code, task] = pick_beginning(bytes, [&api.code, &api.submit.task]);
    let is_success = is_success(api, as_code(&code?)?);
    task.and_then(|task| as_id(&task, &api.submit.task, bytes)).filter(|_| is_success)
}

/// Returns whether the key of the task's id occurs anywhere, with a string or a number.
fn names_a_task(api: &Api, bytes: &[u8]) -> bool {
    let Some(key) = api.submit.task.last() else { return false };
    let text = String::from_utf8_lossy(bytes);
    let key = format!("\"{key}\"");
    text.match_indices(&key).any(|(at, _)| {
        let value = text[at + key.len()..].trim_start().strip_prefix(':').map(str::trim_start);
        value.is_some_and(|value| {
            let is_text = value.strip_prefix('"').is_some_and(|rest| !rest.is_empty() && !rest.starts_with('"'));
            is_text || value.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        })
    })
}
