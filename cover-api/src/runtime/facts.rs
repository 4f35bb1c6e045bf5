//! A POST to which no reply came: was it sent, and may it be sent again?

use std::error::Error;
use std::io;

use super::written::Written;

/// What became of a POST to which no reply came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoReply {
    /// The service has not got it. May the next attempt do better?
    NotSent { again: bool },
    /// The service may have got it.
    Unknown,
}

/// Decides by what is known: how far the body was taken, and what the connection says. Anything that is not a proof
/// leaves the outcome unknown; above all, that a connection ended before a reply is none.
pub(super) fn judge(error: &(dyn Error + 'static), written: Written) -> NoReply {
    if written == Written::Nothing {
        return NoReply::NotSent { again: !chain(error).any(is_final) };
    }
    if chain(error).any(is_refused_stream) { NoReply::NotSent { again: true } } else { NoReply::Unknown }
}

/// An error and all that caused it.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

/// What caused it, also where `io::Error` hides that.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// The same would come of the next attempt: a certificate or host name that is wrong, which the TLS of every backend
/// reports as data that is not valid, a proxy that wants a password, or a request that cannot be made.
fn is_final(error: &(dyn Error + 'static)) -> bool {
    let invalid = error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData);
    invalid
        || error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_builder)
        // The type of a failed CONNECT is not public; a test pins its text.
        || error.to_string() == "tunnel error: proxy authorization required"
}

/// HTTP/2 promises that the service did nothing with a stream that it refused, or that is beyond its last one.
fn is_refused_stream(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<h2::Error>().is_some_and(|error| {
        error.is_remote() && (error.is_go_away() || error.reason() == Some(h2::Reason::REFUSED_STREAM))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io(kind: io::ErrorKind) -> io::Error {
        io::Error::new(kind, "as the test says")
    }

    #[test]
    fn what_nobody_asked_for_was_not_sent_and_may_be_sent_again() {
        for kind in [io::ErrorKind::ConnectionRefused, io::ErrorKind::TimedOut, io::ErrorKind::UnexpectedEof] {
            assert_eq!(judge(&io(kind), Written::Nothing), NoReply::NotSent { again: true });
        }
    }

    #[test]
    fn a_certificate_does_not_become_right_by_trying_again() {
        let hidden = io::Error::other(io(io::ErrorKind::InvalidData));
        assert_eq!(judge(&hidden, Written::Nothing), NoReply::NotSent { again: false });
    }

    #[test]
    fn what_was_taken_in_part_or_whole_is_unknown_whatever_the_connection_says() {
        for written in [Written::Part, Written::Whole] {
            for kind in [io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe, io::ErrorKind::InvalidData] {
                assert_eq!(judge(&io(kind), written), NoReply::Unknown);
            }
        }
    }

    #[test]
    fn a_stream_that_this_side_gave_up_is_unknown() {
        let own = h2::Error::from(h2::Reason::REFUSED_STREAM);
        assert!(!own.is_remote());
        assert_eq!(judge(&own, Written::Whole), NoReply::Unknown);
    }
}
