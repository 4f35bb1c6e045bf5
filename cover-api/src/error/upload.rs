use std::fmt;
use std::time::Duration;

/// A failed upload: the file, the progress, and the fault.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BadUpload {
    /// The file as the caller named it, already passed through [`shown`](crate::redact::shown).
    pub(crate) file: String,
    pub(crate) fault: UploadFault,
}

/// Why an upload failed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum UploadFault {
    /// The name of the file cannot be sent, for this reason.
    Name(&'static str),
    Missing,
    /// The path leads to a directory, or to something else that is not a file.
    NotAFile(&'static str),
    Unreadable,
    /// The file or stream could be read up to this number of bytes, which were sent.
    UnreadableAfter {
        got: u64,
        length: u64,
    },
    /// The file was sent before, and there is this fault when it has to be sent again.
    NotAgain(Box<UploadFault>),
    Empty,
    TooLarge {
        length: u64,
        most: u64,
    },
    /// The extension of the name, and those that are allowed.
    Extension {
        given: String,
        allowed: String,
    },
    #[cfg_attr(not(feature = "audio"), expect(dead_code, reason = "nothing listens to the file"))]
    NotAudio,
    TooLong(TooLong),
    /// The file or stream did not have as many bytes as before, or as announced.
    Length {
        expected: u64,
        got: Got,
    },
    Timeout(OutOfTime),
}

/// An upload whose time limit has passed, or would pass before its next attempt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OutOfTime {
    pub(crate) after: Duration,
    pub(crate) doing: Doing,
    /// The message of the last attempt that failed.
    pub(crate) last_failure: Option<String>,
}

/// What an upload did when its time ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It read the file to check it.
    Checking,
    /// It waited for a permit of the rate limit.
    Queueing,
    /// It waited for bytes of the file or stream.
    Reading { got: u64, length: u64 },
    /// It waited for the service.
    Sending { sent: u64, length: u64 },
    /// It would have had to pause for this time.
    Pausing(Duration),
}

/// How many bytes there were instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Got {
    Only(u64),
    More,
}

/// A recording that is longer than any request takes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TooLong {
    pub(crate) seconds: f64,
    pub(crate) most: u32,
    pub(crate) field: String,
    /// The model that the limit is about; empty for all.
    pub(crate) model: String,
    pub(crate) dispute: Option<String>,
}

impl UploadFault {
    /// Whether nothing was sent, because the file cannot be what the service takes.
    pub(crate) fn is_about_the_file(&self) -> bool {
        !matches!(self, Self::UnreadableAfter { .. } | Self::NotAgain(_) | Self::Length { .. } | Self::Timeout(_))
    }
}

impl fmt::Display for BadUpload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fault.is_about_the_file() {
            f.write_str("nothing was sent: ")?;
        }
        write!(f, "`{}` cannot be uploaded: {}", self.file, self.fault)
    }
}

impl fmt::Display for UploadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(why) => write!(f, "its name {why}"),
            Self::Missing => f.write_str("there is no such file"),
            Self::NotAFile(what) => write!(f, "it is {what}, not a file"),
            Self::Unreadable => f.write_str("it cannot be read"),
            Self::UnreadableAfter { got, length } => write!(f, "it cannot be read after {got} of {length} bytes"),
            Self::NotAgain(fault) => write!(f, "it cannot be sent again: {fault}"),
            Self::Empty => f.write_str("it is empty"),
            Self::TooLarge { length, most } => write!(f, "it has {length} bytes, and the service takes at most {most}"),
            Self::Extension { given, allowed } if given.is_empty() => {
                write!(f, "its name has no extension, and the service takes {allowed}")
            }
            Self::Extension { given, allowed } => {
                write!(f, "its name ends in `.{given}`, and the service takes {allowed}")
            }
            Self::NotAudio => f.write_str("it is not audio in a format whose length can be read"),
            Self::TooLong(too_long) => write!(f, "{too_long}"),
            Self::Length { expected, got: Got::Only(got) } => {
                write!(f, "it ended after {got} of {expected} bytes while it was being sent")
            }
            Self::Length { expected, got: Got::More } => {
                write!(f, "it had more than {expected} bytes while it was being sent")
            }
            Self::Timeout(out_of_time) => write!(f, "{out_of_time}"),
        }
    }
}

impl fmt::Display for OutOfTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { after, doing, last_failure } = self;
        match doing {
            Doing::Checking => write!(f, "it was not checked after {after:?}")?,
            Doing::Queueing => write!(f, "the rate limit had no permit for it within {after:?}")?,
            Doing::Reading { got, length } => {
                write!(f, "it was not complete after {after:?}: only {got} of {length} bytes of it could be read")?;
            }
            Doing::Sending { sent, length } if sent == length => {
                write!(f, "it was not complete after {after:?}: all {length} bytes were sent, and no answer came")?;
            }
            Doing::Sending { sent, length } => {
                write!(f, "it was not complete after {after:?}: {sent} of {length} bytes were sent")?;
            }
            Doing::Pausing(pause) => {
                write!(f, "the next attempt could begin in {pause:?}, after the timeout of {after:?}")?;
            }
        }
        last_failure.iter().try_for_each(|failure| write!(f, "; the last attempt failed: {failure}"))
    }
}

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds, most, field, model, dispute } = self;
        // A tenth is enough, but not if it hides the difference.
        let seconds = (seconds * 10.0).ceil() / 10.0;
        let model = if model.is_empty() { String::new() } else { format!(" with {model}") };
        write!(f, "it is {seconds} seconds long, and `{field}` takes at most {most}{model}")?;
        dispute.iter().try_for_each(|dispute| write!(f, " ({dispute})"))
    }
}
