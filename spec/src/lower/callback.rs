//! What the service tells by itself.

use std::time::Duration;

use super::answers::path;
use super::text;
use crate::model::{Callback, CallbackStage, Signature, Spec};
use crate::rules::{List, Str};
use crate::source::At;
use crate::wire::{self, Clock, Signed, StatusMeaning};

/// A callback may come so long after its POST, where the spec says nothing.
const EXPIRES: Duration = Duration::from_secs(86_400);

impl Spec {
    pub(super) fn callback(&self, callback: &Callback) -> wire::Callback {
        wire::Callback {
            field: text(&callback.field),
            stage: path(&callback.stage),
            task: path(&callback.task),
            tracks: path(&callback.tracks),
            answer_within: callback.answer_within.value,
            tries: callback.tries.value,
            expires: callback.expires.as_deref().copied().unwrap_or(EXPIRES),
            stages: callback.stages.iter().map(|stage| self.callback_stage(stage)).collect(),
            signature: callback.signature.as_ref().map(signature),
        }
    }

    fn callback_stage(&self, stage: &CallbackStage) -> wire::CallbackStage {
        let name = stage.status.as_deref();
        let status = self.statuses.iter().find(|status| Some(&status.name.value) == name);
        let running = status.filter(|status| status.means.value == StatusMeaning::Running);
        wire::CallbackStage {
            name: text(&stage.name),
            status: stage.status.as_ref().map(text),
            running: running.and_then(|status| status.stage.as_deref().copied()),
        }
    }
}

fn signature(signature: &Signature) -> wire::Signature {
    let clock =
        |(header, tolerance): &(At<String>, At<Duration>)| Clock { header: text(header), tolerance: tolerance.value };
    wire::Signature {
        header: text(&signature.header),
        signs: parts(&signature.signs).unwrap_or_default(),
        encoding: signature.encoding.value,
        clock: signature.timestamp.as_ref().map(clock),
    }
}

/// The parts of what is signed; else the name of one that does not exist.
pub(crate) fn parts(template: &str) -> Result<List<Signed>, String> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, name, after)) = next(rest) {
        if !before.is_empty() {
            parts.push(Signed::Text(Str::Owned(before.to_owned())));
        }
        parts.push(match name {
            "task" => Signed::Task,
            "timestamp" => Signed::Timestamp,
            "body" => Signed::Body,
            other => return Err(other.to_owned()),
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Signed::Text(Str::Owned(rest.to_owned())));
    }
    Ok(parts.into())
}

/// What stands before, in and after the next pair of braces.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_split_at_its_braces() {
        let dot = || Signed::Text(Str::Borrowed("."));
        assert_eq!(parts("{task}.{timestamp}").unwrap()[..], [Signed::Task, dot(), Signed::Timestamp]);
        assert_eq!(parts("{body}").unwrap()[..], [Signed::Body]);
        assert_eq!(parts("v1{open").unwrap()[..], [Signed::Text(Str::Borrowed("v1{open"))]);
        assert_eq!(parts("{task}{id}").unwrap_err(), "id");
    }
}
