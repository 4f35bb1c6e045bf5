//! `cover-spec try`

use cover_spec::trial::AnswerKind;

use crate::Outcome;
use crate::files::{self, Failure};

/// The values of `--as`.
pub(crate) const KINDS: [(&str, AnswerKind); 4] = [
    ("submit", AnswerKind::Submit),
    ("poll", AnswerKind::Poll),
    ("cancel", AnswerKind::Cancel),
    ("callback", AnswerKind::Callback),
];

pub(crate) fn trial(spec: &str, answer: &str, kind: Option<&str>, http_status: u16) -> Result<Outcome, Failure> {
    files::read_once(&[spec, answer])?;
    let spec = files::spec(spec)?;
    let kind = KINDS.iter().find(|(name, _)| Some(*name) == kind).map(|(_, kind)| *kind);
    let trial = spec.try_answer(&files::bytes(answer)?, http_status, kind);
    Ok(Outcome { text: trial.to_string(), fine: trial.not_understood().is_empty() })
}
