//! Decides about a POST without a reply: whether it was sent, and whether it may be sent again.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::Outcome;
use crate::error::{BodySent, BoxError, Evidence, Failure, Kind};

/// Decides by how much of the body was handed over and by the error of the connection. Anything else leaves the outcome
/// unknown, even if the connection ended before a reply.
pub(super) fn judge(error: BoxError, sent: BodySent) -> Outcome {
    let not_sent = |is_final: bool| {
        let resend = (!is_final).then_some(Duration::ZERO);
        Failure::new(Kind::NotSent).with_resend(resend)
    };
    if sent == BodySent::Nothing {
        let is_final = chain(&*error).any(is_final);
        return Outcome::NotSent(not_sent(is_final).with_source(error));
    }
    // A request without a body counts as sent before there is a connection.
    if chain(&*error).any(is_refused_stream) || chain(&*error).any(has_no_connection) {
        return Outcome::NotSent(not_sent(false).with_source(error));
    }
    let failure = Failure::new(Kind::OutcomeUnknown(Evidence::NoAnswer)).with_source(error);
    Outcome::Unknown { failure, hint: None }
}

/// Returns an error and all its causes.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| cause(*error))
}

/// Returns the cause of an error, including one that `io::Error` hides.
fn cause<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}

/// Returns whether the next attempt would fail in the same way: by an invalid certificate or host name, which every TLS backend
/// reports as invalid data, by a proxy that requires a password, or by a request that cannot be built.
fn is_final(error: &(dyn Error + 'static)) -> bool {
    let invalid = error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::InvalidData);
    invalid
        || error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_builder)
        // The type of a failed CONNECT is not public. A test pins its message.
        || error.to_string() == "tunnel error: proxy authorization required"
}

/// Returns whether no connection was made, so that not even the head of the request was sent.
fn has_no_connection(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_connect)
}

/// HTTP/2 guarantees that the service did not process a stream that it refused, or one after the last that it accepted.
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

    /// Returns whether it was sent, and the time after which another attempt may follow.
    fn judge(error: impl Into<BoxError>, sent: BodySent) -> (&'static str, Option<Duration>) {
        match super::judge(error.into(), sent) {
            Outcome::NotSent(failure) => ("not sent", failure.resend_after()),
            Outcome::Unknown { failure, hint: None } => ("unknown", failure.resend_after()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_body_that_was_not_handed_over_may_be_sent_again() {
        for kind in [io::ErrorKind::ConnectionRefused, io::ErrorKind::TimedOut, io::ErrorKind::UnexpectedEof] {
            assert_eq!(judge(io(kind), BodySent::Nothing), ("not sent", Some(Duration::ZERO)));
        }
    }

    #[test]
    fn an_invalid_certificate_is_final() {
        let hidden = io::Error::other(io(io::ErrorKind::InvalidData));
        assert_eq!(judge(hidden, BodySent::Nothing), ("not sent", None));
    }

    #[test]
    fn a_body_that_was_handed_over_leaves_the_outcome_unknown() {
        for sent in [BodySent::Part, BodySent::Whole] {
            for kind in [io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe, io::ErrorKind::InvalidData] {
                assert_eq!(judge(io(kind), sent), ("unknown", None));
            }
        }
    }

    #[test]
    fn an_invalid_request_and_a_proxy_that_requires_a_password_are_final() {
        let unmade = reqwest::Client::new().get("no address").build().unwrap_err();
        assert_eq!(judge(unmade, BodySent::Nothing), ("not sent", None));
        let tunnel = io::Error::other("tunnel error: proxy authorization required");
        assert_eq!(judge(tunnel, BodySent::Nothing), ("not sent", None));
        assert_eq!(judge(io::Error::other("tunnel error: unsuccessful"), BodySent::Nothing).1, Some(Duration::ZERO));
    }

    /// Returns the error of an HTTP/2 client whose stream the server reset for this reason.
    async fn reset(reason: h2::Reason) -> h2::Error {
        let (near, far) = tokio::io::duplex(64 * 1024);
        tokio::spawn(async move {
            let mut server = h2::server::handshake(far).await.unwrap();
            let (_request, mut respond) = server.accept().await.unwrap().unwrap();
            respond.send_reset(reason);
            while server.accept().await.is_some() {}
        });
        let (mut requests, connection) = h2::client::handshake(near).await.unwrap();
        tokio::spawn(connection);
        let request = http::Request::post("https://a.example/").body(()).unwrap();
        let (response, _body) = requests.send_request(request, false).unwrap();
        response.await.unwrap_err()
    }

    #[tokio::test]
    async fn only_a_stream_that_the_service_refused_was_not_sent() {
        let refused = reset(h2::Reason::REFUSED_STREAM).await;
        assert!(refused.is_remote());
        assert_eq!(judge(io::Error::other(refused), BodySent::Whole), ("not sent", Some(Duration::ZERO)));
        for reason in [h2::Reason::INTERNAL_ERROR, h2::Reason::CANCEL, h2::Reason::NO_ERROR] {
            assert_eq!(judge(reset(reason).await, BodySent::Whole), ("unknown", None), "{reason:?}");
        }
    }

    #[test]
    fn a_stream_that_the_client_reset_is_unknown() {
        let own = h2::Error::from(h2::Reason::REFUSED_STREAM);
        assert!(!own.is_remote());
        assert_eq!(judge(own, BodySent::Whole), ("unknown", None));
    }
}
