use std::fmt;
use std::time::Duration;

/// A failed download: the host, the progress, and the fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadDownload {
    /// Host and port of the last request; empty if the link has no host.
    pub(crate) host: String,
    pub(crate) done: u64,
    pub(crate) total: Option<u64>,
    pub(crate) fault: DownloadFault,
}

/// Why a download failed. Texts from the network are short and contain neither path nor query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DownloadFault {
    NotAnAddress,
    Scheme(String),
    UserInfo,
    /// The host, or the address that its name resolves to, is not public.
    Private(String),
    /// A redirect leads to this machine, at another origin than the base address.
    OtherLoopback,
    PlainRedirect,
    TooManyRedirects(u32),
    NoLocation(u16),
    NoAnswer,
    Status(u16),
    Encoded(String),
    /// The end of the body cannot be distinguished from a broken connection.
    NoEnd,
    BadLength,
    TooLarge {
        limit: u64,
        length: Option<u64>,
    },
    MoreThanSaid(u64),
    /// The connection broke, and the server gave no validator to resume with.
    NoValidator,
    /// The connection broke, and this many resumptions did not complete the file.
    Resumed(u32),
    Changed,
    WrongRange {
        from: u64,
    },
    Writer,
    /// The file of a download cannot be written.
    File {
        path: String,
        fault: FileFault,
    },
    Timeout(Duration),
}

/// Why a file of this machine cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileFault {
    NoName,
    Folder,
    Exists,
    /// Another download holds its lock.
    InUse,
    /// `.part` or `.part.resume` is a folder, a link or anything else but a regular file.
    PartNotAFile,
    Failed,
}

impl fmt::Display for BadDownload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the download")?;
        if !self.host.is_empty() {
            write!(f, " from `{}`", self.host)?;
        }
        match (self.done, self.total) {
            (0, _) => f.write_str(" failed")?,
            (done, None) => write!(f, " failed after {done} bytes")?,
            (done, Some(total)) => write!(f, " failed after {done} of {total} bytes")?,
        }
        write!(f, ": {}", self.fault)
    }
}

impl fmt::Display for DownloadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnAddress => f.write_str("the link is not a URL"),
            Self::Scheme(scheme) => write!(f, "the scheme must be https or http, not `{scheme}`"),
            Self::UserInfo => f.write_str("the address must not contain a user name or a password"),
            Self::Private(address) => write!(
                f,
                "`{address}` is not a public address, and downloads reach only public addresses without \
                 `ClientBuilder::allow_private_downloads`"
            ),
            Self::OtherLoopback => f.write_str(
                "a redirect leads to this machine, where only the origin of the base address may be reached without \
                 `ClientBuilder::allow_private_downloads`",
            ),
            Self::PlainRedirect => f.write_str(
                "a redirect leads to plain http, which is not followed without `ClientBuilder::allow_plain_http`",
            ),
            Self::TooManyRedirects(limit) => write!(f, "more than {limit} redirects"),
            Self::NoLocation(status) => write!(f, "HTTP status {status} without a usable `Location`"),
            Self::NoAnswer => f.write_str("no answer came"),
            Self::Status(status) => write!(f, "HTTP status {status}"),
            Self::Encoded(coding) => write!(f, "the body is encoded as `{coding}`, and only `identity` was accepted"),
            Self::NoEnd => f.write_str("the answer has no length, so a truncated file could not be distinguished from a complete one"),
            Self::BadLength => f.write_str("the length in the answer is not a number"),
            Self::TooLarge { limit, length: Some(length) } => {
                write!(f, "the file has {length} bytes, and the limit is {limit}")
            }
            Self::TooLarge { limit, length: None } => write!(f, "the file has more bytes than the limit of {limit}"),
            Self::MoreThanSaid(said) => write!(f, "the body is longer than the {said} bytes that the answer announced"),
            Self::NoValidator => f.write_str(
                "the connection broke, and the server gave neither a strong ETag nor a Last-Modified date to resume by",
            ),
            Self::Resumed(times) => write!(f, "the connection broke, and {times} resumptions did not get the rest"),
            Self::Changed => f.write_str(
                "the connection broke, and the server no longer has the same file; the bytes that were already written cannot be replaced",
            ),
            Self::WrongRange { from } => {
                write!(f, "the connection broke, and the server did not send the bytes from {from} on")
            }
            Self::Writer => f.write_str("the writer returned an error"),
            Self::File { path, fault } => fault.write(path, f),
            Self::Timeout(after) => write!(f, "it was not complete after {after:?}"),
        }
    }
}

impl FileFault {
    fn write(self, path: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => write!(f, "`{path}` has no file name"),
            Self::Folder => write!(f, "`{path}` is a folder; give the path of a file in it"),
            Self::Exists => write!(f, "`{path}` exists, and only `FileDownload::overwrite` replaces it"),
            Self::InUse => write!(f, "another download is writing to `{path}`"),
            Self::PartNotAFile => {
                write!(f, "`{path}.part` and `{path}.part.resume` must be files, or not exist; remove what is there")
            }
            Self::Failed => write!(f, "`{path}` could not be written"),
        }
    }
}
