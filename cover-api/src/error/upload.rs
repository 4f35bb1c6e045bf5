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
    Timeout(Duration),
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
        !matches!(self, Self::Length { .. } | Self::Timeout(_))
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
            Self::Timeout(after) => write!(f, "it was not complete after {after:?}"),
        }
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
