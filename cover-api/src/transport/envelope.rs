//! The envelope of an HTTP answer, and what it means for the rate limit.

use std::time::Duration;

use cover_spec::answers::{Envelope, Unreadable, code};
use cover_spec::tables::{Api, CodeMeaning};

use super::{BodyEnd, RawResponse};
use crate::rate_limit::Verdict;

/// Shortest pause after an answer that asks for fewer requests.
const MIN_REST: Duration = Duration::from_secs(1);

/// Reads the envelope of an answer that arrived completely.
pub(crate) fn read(api: &Api, answer: &RawResponse) -> Result<Envelope, Unreadable> {
    match answer.end {
        BodyEnd::Complete => Envelope::read(api, answer.status, &answer.bytes),
        BodyEnd::TooLarge(most) => Err(Unreadable::TooLarge(most)),
        BodyEnd::Broken(_) => Err(Unreadable::CutShort),
    }
}

/// Returns what an answer means for the rate limit.
pub(crate) fn verdict(api: &Api, answer: &RawResponse, read: &Result<Envelope, Unreadable>) -> Verdict {
    // Used if no time is given.
    let window = api.rate_limit.per.max(MIN_REST);
    match read {
        Ok(envelope) => {
            let known = code(api, envelope.code);
            let rest = known.and_then(|code| code.retry_after).or(answer.retry_after).unwrap_or(window);
            match known.map(|code| code.means) {
                Some(CodeMeaning::RateLimited) => Verdict::TooMany(rest),
                Some(CodeMeaning::Maintenance) => Verdict::Maintenance(rest),
                Some(CodeMeaning::InsufficientCredits) => Verdict::NoCredits,
                _ => Verdict::Fine,
            }
        }
        Err(_) if answer.status == 429 => Verdict::TooMany(answer.retry_after.unwrap_or(window)),
        // The answer names a time to come back, but does not say that there were too many requests.
        Err(_) => answer.retry_after.map_or(Verdict::Silence, Verdict::Maintenance),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UploadCover;
    use crate::service::StaticService;

    #[test]
    fn answers_have_a_verdict_for_the_rate_limit() {
        const SECOND: Duration = Duration::from_secs(1);
        let said = |status, retry_after: Option<Duration>, bytes: &str| {
            let answer = RawResponse { status, retry_after, bytes: bytes.into(), end: BodyEnd::Complete };
            let envelope = read(UploadCover::api(), &answer);
            verdict(UploadCover::api(), &answer, &envelope)
        };
        let (window, later) = (UploadCover::api().rate_limit.per, Some(7 * SECOND));
        for (code, expected) in [
            (200, Verdict::Fine),
            (400, Verdict::Fine),
            (405, Verdict::TooMany(10 * SECOND)),
            (429, Verdict::NoCredits),
            (430, Verdict::TooMany(30 * SECOND)),
            (455, Verdict::Maintenance(60 * SECOND)),
            (500, Verdict::Fine),
            (999, Verdict::Fine),
        ] {
            // The code takes precedence over the HTTP status, and the spec's time over the header's.
            for status in [200, 429, 503] {
                assert_eq!(said(status, later, &format!(r#"{{"code":{code}}}"#)), expected, "{code}");
            }
        }
        for (status, retry_after, expected) in [
            (429, None, Verdict::TooMany(window)),
            (429, later, Verdict::TooMany(7 * SECOND)),
            (503, later, Verdict::Maintenance(7 * SECOND)),
            (503, None, Verdict::Silence),
            (200, None, Verdict::Silence),
        ] {
            assert_eq!(said(status, retry_after, "<html>"), expected, "{status}");
        }
    }
}
