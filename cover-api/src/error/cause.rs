//! Errors of the HTTP client and of streams, reduced to texts without secrets.

use std::error::Error;
use std::fmt;

use crate::redact::shown;

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// Number of causes after which a chain is cut.
const MAX_CAUSES: u32 = 16;

/// An error of the HTTP client or of a stream, and its causes. Only texts are kept, with secrets removed, since the `Debug` of such errors
/// repeats data from the network.
pub(crate) struct Cause {
    text: String,
    details: String,
    is_connect: bool,
    is_timeout: bool,
    source: Option<Box<Cause>>,
}

impl Cause {
    pub(super) fn of(error: &reqwest::Error) -> Self {
        let (is_connect, is_timeout) = (error.is_connect(), error.is_timeout());
        Self { is_connect, is_timeout, ..Self::within(error, MAX_CAUSES) }
    }

    fn within(error: &(dyn Error + 'static), left: u32) -> Self {
        let source = error.source().filter(|_| left > 0).map(|source| Box::new(Self::within(source, left - 1)));
        let (text, details) = (shown(&error.to_string()), shown(&format!("{error:?}")));
        Self { text, details, is_connect: false, is_timeout: false, source }
    }

    /// Reduces an error of the caller, whose text may have the address that it could not read.
    pub(crate) fn redacted(error: &(dyn Error + 'static)) -> Self {
        Self::within(error, MAX_CAUSES)
    }

    /// Returns whether no connection could be made.
    pub(super) fn is_connect(&self) -> bool {
        self.is_connect
    }

    pub(super) fn is_timeout(&self) -> bool {
        self.is_timeout
    }
}

/// Returns the message of the innermost cause, with a lowercase first letter.
pub(super) fn innermost(source: &BoxError) -> String {
    let mut error: &(dyn Error + 'static) = &**source;
    for _ in 0..MAX_CAUSES {
        let Some(cause) = error.source() else { break };
        error = cause;
    }
    let text = error.to_string();
    // Such as `Connection refused (os error 111)`.
    let text = text.rsplit_once(" (os error ").map_or(&*text, |(text, _)| text);
    let mut characters = text.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.details)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
