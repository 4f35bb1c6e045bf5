//! How the command ends: its exit codes, and failures in words.

use std::fmt;
use std::process::ExitCode;

use cover_api::Violations;
use cover_api::runtime::{AnyService, Error};

/// The exit codes, which README.md documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything is done.
    Done = 0,
    /// The task has failed.
    Failed = 1,
    /// An argument is wrong, a rule is broken, or there is no such task. Nothing was sent.
    Usage = 2,
    /// The service refused the request, or it could not be sent. Nothing was charged.
    Refused = 3,
    /// The task still runs, or its files are not complete. `cover resume` goes on.
    Unfinished = 4,
    /// The outcome is unknown, and may have been charged.
    Unknown = 5,
    /// Ctrl-C.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command failed, in words, and what to do.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// One or several lines.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) hint: Option<String>,
    /// The task, if its id is known.
    pub(crate) task: Option<String>,
    /// Whether other purchases would be refused for the same reason, such as a lack of credits.
    pub(crate) is_of_account: bool,
    /// Whether nothing was sent because of Ctrl-C.
    pub(crate) is_stopped: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, task: None, is_of_account: false, is_stopped: false }
    }

    /// Returns the failure for an error of the client.
    pub(crate) fn of(error: &Error<AnyService>) -> Self {
        let task = error.handle().map(|handle| handle.id().to_owned());
        let is_of_account = error.is_insufficient_credits() || error.is_unauthorized() || error.is_spend_limit();
        Self { task, is_of_account, is_stopped: error.is_shut_down(), ..Self::new(exit_of(error), error.to_string()) }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Returns the failure of a command that was stopped by Ctrl-C.
    pub(crate) fn interrupted(hint: Option<String>) -> Self {
        Self { hint, ..Self::new(Exit::Interrupted, "interrupted") }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Error<AnyService>> for Failure {
    fn from(error: Error<AnyService>) -> Self {
        Self::of(&error)
    }
}

impl From<Violations> for Failure {
    fn from(violations: Violations) -> Self {
        Self::usage(violations.to_string())
    }
}

/// Returns the exit code of an error. What may have been charged comes first.
fn exit_of(error: &Error<AnyService>) -> Exit {
    let rules: [(bool, Exit); 6] = [
        (error.is_failed() || error.is_output_missing() || error.is_answer_lost(), Exit::Failed),
        (error.is_outcome_unknown(), Exit::Unknown),
        (error.is_setup() || error.is_key_conflict(), Exit::Usage),
        (error.is_not_sent() || error.is_refused() || error.is_spend_limit(), Exit::Refused),
        (error.is_in_progress() || error.handle().is_some(), Exit::Unfinished),
        (error.may_have_been_charged(), Exit::Unknown),
    ];
    rules.into_iter().find(|(applies, _)| *applies).map_or(Exit::Refused, |(_, exit)| exit)
}
