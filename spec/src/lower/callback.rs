//! The callbacks of the service.

use std::time::Duration;

use super::answers::path;
use super::text;
use crate::model::{Callback, CallbackStage, Signature, Spec};
use crate::rules::{List, Str};
use crate::source::At;
use crate::tables::{self, SignatureClock, SignedPart, StatusMeaning};

/// Time after the submit after which callbacks are refused, if the spec does not give one.
pub(crate) const EXPIRES: Duration = Duration::from_secs(86_400);

impl Spec {
    pub(super) fn callback(&self, callback: &Callback) -> tables::CallbackSpec {
        tables::CallbackSpec {
            field: text(&callback.field),
            stage: callback.stage.as_ref().map(path).unwrap_or_default(),
            task: path(&callback.task),
            answer_within: callback.answer_within.value,
            attempts: callback.attempts.value,
            expires: callback.expires.as_deref().copied().unwrap_or(EXPIRES),
            stages: callback.stages.iter().map(|stage| self.callback_stage(stage)).collect(),
            signature: callback.signature.as_ref().map(signature),
        }
    }

    fn callback_stage(&self, stage: &CallbackStage) -> tables::CallbackStageSpec {
        let name = stage.status.as_deref();
        let status = self.statuses.iter().find(|status| Some(&status.name.value) == name);
        let running = status.filter(|status| status.means.value == StatusMeaning::Running);
        tables::CallbackStageSpec {
            name: text(&stage.name),
            status: stage.status.as_ref().map(text),
            running: running.and_then(|status| status.stage.as_deref().copied()),
        }
    }
}

fn signature(signature: &Signature) -> tables::SignatureSpec {
    let clock = |(header, tolerance): &(At<String>, At<Duration>)| SignatureClock {
        header: text(header),
        tolerance: tolerance.value,
    };
    tables::SignatureSpec {
        header: text(&signature.header),
        // A template with an unknown part is a fault.
        signs: parts(&signature.signs).unwrap_or_default(),
        encoding: signature.encoding.value,
        clock: signature.timestamp.as_ref().map(clock),
    }
}

/// Returns the parts of a template, or the name of the first part that does not exist.
pub(crate) fn parts(template: &str) -> Result<List<SignedPart>, String> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, name, after)) = next(rest) {
        if !before.is_empty() {
            parts.push(SignedPart::Text(Str::Owned(before.to_owned())));
        }
        parts.push(match name {
            "task" => SignedPart::Task,
            "timestamp" => SignedPart::Timestamp,
            "body" => SignedPart::Body,
            other => return Err(other.to_owned()),
        });
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(SignedPart::Text(Str::Owned(rest.to_owned())));
    }
    Ok(parts.into())
}

/// Returns the text before, in and after the next pair of braces.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_split_at_its_braces() {
        let dot = || SignedPart::Text(Str::Borrowed("."));
        assert_eq!(parts("{task}.{timestamp}").unwrap()[..], [SignedPart::Task, dot(), SignedPart::Timestamp]);
        assert_eq!(parts("{body}").unwrap()[..], [SignedPart::Body]);
        assert_eq!(parts("v1{open").unwrap()[..], [SignedPart::Text(Str::Borrowed("v1{open"))]);
        assert_eq!(parts("{task}{id}").unwrap_err(), "id");
    }
}
