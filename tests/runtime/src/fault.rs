//! What can go wrong with a POST, and what is to be known of it afterwards.

use std::time::Duration;

/// What the server does with each connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// Nobody listens.
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
    /// After the whole request, nothing comes.
    AllThenSilence,
    /// The answer is cut short, anywhere, and the connection ends.
    CutShort,
    /// A page of a proxy: 502, 500 or 504.
    Page,
    /// A page of a proxy: 429, to be tried again at once.
    Throttled,
    /// The request is to go elsewhere, as it is.
    Redirect,
    /// The client is to look elsewhere for what became of the request.
    SeeOther,
    /// The service finds it invalid.
    Refused,
    /// The service does not know what happened.
    ServerError,
    /// A code that no page lists.
    OtherCode,
    /// Success, but no task.
    NoTask,
    /// All is well, but late.
    Late,
    /// All is well, and the connection is closed.
    Fine,
    /// TLS never gets going.
    TlsSilence,
    /// TLS is broken off.
    TlsClose,
    /// The certificate is another host's.
    TlsElsewhere,
    /// All is well, over TLS.
    TlsFine,
    /// HTTP/2: the stream is refused.
    H2Refused,
    /// HTTP/2: the server goes away, and says that it has not seen the stream.
    H2GoAwayBefore,
    /// HTTP/2: the server goes away after it has seen the stream.
    H2GoAwayAfter,
    /// HTTP/2: the stream is reset after the whole request.
    H2Reset,
    /// HTTP/2: the connection ends after the whole request.
    H2Close,
    /// HTTP/2: all is well.
    H2Fine,
}

/// What is to be known of a POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// It became a task.
    Task,
    /// It was not sent, and was tried again.
    NotSentAgain,
    /// It was not sent, and trying again would not help.
    NotSentFinal,
    /// It was not sent and tried again, or nobody knows: it depends on who was faster.
    NotSentOrUnknown,
    /// Nothing was created.
    Refused,
    /// Nothing was created, and it was tried again.
    RefusedAgain,
    /// Nobody knows.
    Unknown,
}

impl Fault {
    /// Every one.
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

    /// What is to be known of a POST that meets it.
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

    /// Is it about TLS or HTTP/2?
    #[must_use]
    pub fn is_tls(self) -> bool {
        self.is_h2() || matches!(self, Self::TlsSilence | Self::TlsClose | Self::TlsElsewhere | Self::TlsFine)
    }

    /// Is it about HTTP/2?
    #[must_use]
    pub fn is_h2(self) -> bool {
        matches!(
            self,
            Self::H2Refused | Self::H2GoAwayBefore | Self::H2GoAwayAfter | Self::H2Reset | Self::H2Close | Self::H2Fine
        )
    }

    /// How long a client waits for what never comes.
    #[must_use]
    pub fn patience(self) -> Duration {
        match self {
            Self::AllThenSilence | Self::TlsSilence => Duration::from_millis(100),
            _ => Duration::from_secs(30),
        }
    }
}
