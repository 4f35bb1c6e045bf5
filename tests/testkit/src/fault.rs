//! Faults of a POST, and what a client may conclude from each.

use std::time::Duration;

/// What the server does with each connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// No server listens.
    Refuse,
    /// The connection is closed before anything is read.
    Close,
    /// The connection is reset before anything is read.
    Reset,
    /// After a part of the request, the connection is reset or closed.
    PartThenEnd,
    /// After the whole request, the connection is closed.
    AllThenClose,
    /// After the whole request, the connection is reset.
    AllThenReset,
    /// After the whole request, no answer comes.
    AllThenSilence,
    /// The answer is cut short, anywhere, and the connection ends.
    CutShort,
    /// A page of a proxy: 502, 500 or 504.
    Page,
    /// A page of a proxy: 429 with a pause of zero.
    Throttled,
    /// A redirect that repeats the POST.
    Redirect,
    /// A redirect that becomes a GET.
    SeeOther,
    /// The service refuses the request as invalid.
    Refused,
    /// The service reports an internal error.
    ServerError,
    /// A code that the spec does not list.
    OtherCode,
    /// Success, but no task.
    NoTask,
    /// A good reply that comes late.
    Late,
    /// A good reply.
    Fine,
    /// The TLS handshake is not answered.
    TlsSilence,
    /// The TLS handshake is broken off.
    TlsClose,
    /// The certificate is for another host.
    TlsElsewhere,
    /// A good reply over TLS.
    TlsFine,
    /// HTTP/2: the stream is refused.
    H2Refused,
    /// HTTP/2: GOAWAY, which says that the server has not seen the stream.
    H2GoAwayBefore,
    /// HTTP/2: GOAWAY after the server has seen the stream.
    H2GoAwayAfter,
    /// HTTP/2: the stream is reset after the whole request.
    H2Reset,
    /// HTTP/2: the connection ends after the whole request.
    H2Close,
    /// HTTP/2: a good reply.
    H2Fine,
}

/// What a client concludes about a POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It became a task.
    Task,
    /// It was not sent, and was retried.
    NotSentAgain,
    /// It was not sent, and a retry would not help.
    NotSentFinal,
    /// It was not sent and was retried, or the outcome is unknown, depending on timing.
    NotSentOrUnknown,
    /// Nothing was created.
    Refused,
    /// Nothing was created, and it was retried.
    RefusedAgain,
    /// The outcome is unknown.
    Unknown,
}

impl Fault {
    /// All faults.
    pub const ALL: [Self; 28] = [
        Self::Refuse,
        Self::Close,
        Self::Reset,
        Self::PartThenEnd,
        Self::AllThenClose,
        Self::AllThenReset,
        Self::AllThenSilence,
        Self::CutShort,
        Self::Page,
        Self::Throttled,
        Self::Redirect,
        Self::SeeOther,
        Self::Refused,
        Self::ServerError,
        Self::OtherCode,
        Self::NoTask,
        Self::Late,
        Self::Fine,
        Self::TlsSilence,
        Self::TlsClose,
        Self::TlsElsewhere,
        Self::TlsFine,
        Self::H2Refused,
        Self::H2GoAwayBefore,
        Self::H2GoAwayAfter,
        Self::H2Reset,
        Self::H2Close,
        Self::H2Fine,
    ];

    /// Returns what a client concludes about a POST that meets the fault.
    #[must_use]
    pub fn class(self) -> Class {
        match self {
            Self::Refuse | Self::TlsSilence | Self::TlsClose | Self::H2Refused | Self::H2GoAwayBefore => {
                Class::NotSentAgain
            }
            Self::TlsElsewhere => Class::NotSentFinal,
            Self::Close | Self::Reset => Class::NotSentOrUnknown,
            Self::Throttled => Class::RefusedAgain,
            Self::Redirect | Self::Refused => Class::Refused,
            Self::Late | Self::Fine | Self::TlsFine | Self::H2Fine => Class::Task,
            _ => Class::Unknown,
        }
    }

    /// Returns true if the server speaks TLS, with HTTP/1.1 or HTTP/2.
    #[must_use]
    pub fn is_tls(self) -> bool {
        self.is_h2() || matches!(self, Self::TlsSilence | Self::TlsClose | Self::TlsElsewhere | Self::TlsFine)
    }

    /// Returns true if the server speaks HTTP/2.
    #[must_use]
    pub fn is_h2(self) -> bool {
        matches!(
            self,
            Self::H2Refused | Self::H2GoAwayBefore | Self::H2GoAwayAfter | Self::H2Reset | Self::H2Close | Self::H2Fine
        )
    }

    /// Returns the timeout of a client that meets the fault.
    #[must_use]
    pub fn patience(self) -> Duration {
        match self {
            Self::AllThenSilence | Self::TlsSilence => Duration::from_millis(500),
            _ => Duration::from_secs(30),
        }
    }
}
