//! Reads an answer as the runtime would, and lists what the spec does not explain.
//!
//! The parts of an answer are read with [`answers`](crate::answers), as by the runtime. What this module adds is text.

mod callback;
mod cancel;
mod guess;
mod hide;
mod places;
mod poll;
mod results;
mod said;
mod submit;
mod words;

use std::fmt;

use crate::model::Spec;

pub use results::TriedResult;

/// What an answer is an answer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AnswerKind {
    /// The POST that submits a task.
    Submit,
    /// A poll.
    Poll,
    /// A cancel.
    Cancel,
    /// Nothing: it is a callback.
    Callback,
}

/// An answer as the runtime would read it, and what it does not understand.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Trial {
    /// What the answer was read as.
    pub kind: AnswerKind,
    /// The id of the task, if the answer names one.
    pub task: Option<String>,
    /// The status of the task, if the answer has one. A callback has the status of its stage.
    pub status: Option<String>,
    /// The results that were found.
    pub results: Vec<TriedResult>,
    /// Whether the output is complete, in an answer to a poll and in that of an operation that answers at once.
    pub is_complete: bool,
    /// What the runtime makes of the answer, as lines of text.
    lines: Vec<String>,
    /// Places of the spec at which the answer has nothing, and need not have anything.
    nothing: Vec<String>,
    not_understood: Vec<String>,
}

/// Number of items that are printed.
const MAX_PRINTED: usize = 10;

impl Spec {
    /// Reads an answer as the runtime would.
    ///
    /// The HTTP status counts for answers without a code in the body. Without a kind, it is decided by what fits, and an
    /// answer to a cancel is not recognised.
    ///
    /// ```
    /// use cover_spec::{SHIPPED, Spec};
    ///
    /// let spec = Spec::parse("upload_cover.toml", SHIPPED)?;
    /// let answer = br#"{"code":"200","msg":"success","data":{"taskId":"5c79","status":"MASTERING"}}"#;
    /// let trial = spec.try_answer(answer, 200, None);
    /// assert_eq!(trial.task.as_deref(), Some("5c79"));
    /// assert!(trial.not_understood()[0].contains("\"MASTERING\""));
    /// # Ok::<(), cover_spec::Faults>(())
    /// ```
    #[must_use]
    pub fn try_answer(&self, answer: &[u8], http_status: u16, kind: Option<AnswerKind>) -> Trial {
        let api = self.api();
        let (kind, why) = match kind {
            Some(kind) => (kind, "as you asked".to_owned()),
            None => guess::kind(&api, answer),
        };
        let mut trial = Trial {
            kind,
            task: None,
            status: None,
            results: Vec::new(),
            is_complete: false,
            lines: vec![format!("read as {kind}, {why}")],
            nothing: Vec::new(),
            not_understood: Vec::new(),
        };
        match kind {
            AnswerKind::Submit => trial.submit(self, &api, answer, http_status),
            AnswerKind::Poll => trial.poll(self, &api, answer, http_status),
            AnswerKind::Cancel => trial.cancel(self, &api, answer, http_status),
            AnswerKind::Callback => trial.callback(self, &api, answer),
        }
        trial
    }
}

impl Trial {
    /// Returns what was not understood, each in one line: codes, statuses and stages that the spec does not list, places
    /// at which the answer has nothing or a value of another type, and members of results that no field of the spec reads.
    #[must_use]
    pub fn not_understood(&self) -> &[String] {
        &self.not_understood
    }

    fn line(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }
}

impl fmt::Display for AnswerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submit => "the answer to the POST",
            Self::Poll => "the answer to a poll",
            Self::Cancel => "the answer to a cancel",
            Self::Callback => "a callback",
        })
    }
}

/// Writes lines of text, each with its end.
impl fmt::Display for Trial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            writeln!(f, "{line}")?;
        }
        self.results.iter().try_for_each(|result| write!(f, "{result}"))?;
        list(f, "nothing at these places", &self.nothing)?;
        if self.not_understood.is_empty() {
            return writeln!(f, "everything was understood");
        }
        list(f, "not understood", &self.not_understood)
    }
}

fn list(f: &mut fmt::Formatter<'_>, title: &str, items: &[String]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title}:")?;
    items.iter().try_for_each(|item| writeln!(f, "  {item}"))
}
