//! Signatures of callbacks: an HMAC-SHA256 over the parts that the spec lists.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cover_spec::tables::{SignatureClock, SignatureEncoding, SignatureSpec, SignedPart};
use hmac::{Hmac, KeyInit, Mac};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use super::Refusal;

/// The key that signs callbacks.
#[derive(Clone)]
pub(crate) struct SigningKey(Hmac<Sha256>);

/// The parts of a callback that a signature can cover.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedContent<'a> {
    pub(crate) task: &'a str,
    pub(crate) body: &'a [u8],
}

impl SigningKey {
    pub(crate) fn new(key: &SecretString) -> Result<Self, &'static str> {
        let key = key.expose_secret();
        if key.is_empty() {
            return Err("the signing key is empty");
        }
        Hmac::new_from_slice(key.as_bytes()).map(Self).map_err(|_| "the signing key is not usable")
    }

    fn over(&self, signs: &[SignedPart], content: SignedContent<'_>, timestamp: &str) -> Hmac<Sha256> {
        signs.iter().fold(self.0.clone(), |mac, part| {
            mac.chain_update(match part {
                SignedPart::Text(text) => text.as_bytes(),
                SignedPart::Task => content.task.as_bytes(),
                SignedPart::Timestamp => timestamp.as_bytes(),
                SignedPart::Body => content.body,
            })
        })
    }

    /// Checks that the service signed the callback within the tolerance of the clock.
    pub(crate) fn verify(
        &self,
        signature: &SignatureSpec,
        headers: &HeaderMap,
        content: SignedContent<'_>,
        now: SystemTime,
    ) -> Result<(), Refusal> {
        let header =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(Refusal::MissingSignature);
        let given = decode(signature.encoding, header(&signature.header)?.trim()).ok_or(Refusal::MissingSignature)?;
        let timestamp = signature.clock.as_ref().map_or(Ok(""), |clock| header(&clock.header))?;
        // In constant time.
        let is_right = self.over(&signature.signs, content, timestamp).verify_slice(&given);
        is_right.map_err(|_| Refusal::InvalidSignature)?;
        match &signature.clock {
            Some(clock) if !is_near(clock, timestamp, now) => Err(Refusal::StaleSignature),
            _ => Ok(()),
        }
    }

    /// Makes the headers with which the service would sign.
    fn sign(&self, signature: &SignatureSpec, content: SignedContent<'_>, now: SystemTime) -> HeaderMap {
        let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
        let bytes = self.over(&signature.signs, content, &seconds).finalize().into_bytes();
        let clock = signature.clock.as_ref().map(|clock| (&clock.header, seconds));
        let all = [(&signature.header, encode(signature.encoding, &bytes))].into_iter().chain(clock);
        all.filter_map(|(name, value)| Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_str(&value).ok()?)))
            .collect()
    }
}

/// Makes the headers of a callback as the service would send them, with a signature if it signs.
pub(crate) fn headers(
    signed: Option<(&SignatureSpec, &SigningKey)>,
    content: SignedContent<'_>,
    now: SystemTime,
) -> HeaderMap {
    let mut headers = signed.map(|(signature, key)| key.sign(signature, content, now)).unwrap_or_default();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers
}

/// Whether a timestamp, in seconds or milliseconds of the Unix epoch, is within the tolerance of the clock.
fn is_near(clock: &SignatureClock, timestamp: &str, now: SystemTime) -> bool {
    let is_millis = |number: u64| number >= 100_000_000_000;
    let since_epoch =
        |number| if is_millis(number) { Duration::from_millis(number) } else { Duration::from_secs(number) };
    let signed = timestamp.trim().parse().ok().and_then(|number| UNIX_EPOCH.checked_add(since_epoch(number)));
    signed.is_some_and(|signed| {
        let apart = now.duration_since(signed).unwrap_or_else(|ahead| ahead.duration());
        apart <= clock.tolerance
    })
}

fn encode(encoding: SignatureEncoding, bytes: &[u8]) -> String {
    match encoding {
        SignatureEncoding::Base64 => STANDARD.encode(bytes),
        SignatureEncoding::Hex => bytes.iter().fold(String::new(), |mut text, byte| {
            for half in [byte >> 4, byte & 15] {
                text.extend(char::from_digit(half.into(), 16));
            }
            text
        }),
    }
}

fn decode(encoding: SignatureEncoding, text: &str) -> Option<Vec<u8>> {
    match encoding {
        SignatureEncoding::Base64 => STANDARD.decode(text).ok(),
        SignatureEncoding::Hex => {
            let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let pairs = text.as_bytes().chunks(2);
            pairs.map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use cover_spec::rules::Str;

    use super::*;

    const CONTENT: SignedContent<'_> = SignedContent { task: "task-1", body: b"{}" };

    fn signature(encoding: SignatureEncoding) -> SignatureSpec {
        let clock = SignatureClock { header: Str::Borrowed("X-Time"), tolerance: Duration::from_secs(300) };
        let signs = vec![SignedPart::Task, SignedPart::Text(Str::Borrowed(".")), SignedPart::Timestamp];
        SignatureSpec { header: Str::Borrowed("X-Sign"), signs: signs.into(), encoding, clock: Some(clock) }
    }

    fn key() -> SigningKey {
        SigningKey::new(&"key".into()).unwrap()
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn a_signature_equals_that_of_another_implementation() {
        // HMAC-SHA256 of "task-1.1700000000" with the key "key", by another program.
        let expected = "c8c2f5e3570d5cfba63a4bbda1528be067c279746808f36805d25492b8d39fd2";
        let headers = key().sign(&signature(SignatureEncoding::Hex), CONTENT, at(1_700_000_000));
        assert_eq!(headers["x-sign"], expected);
    }

    #[test]
    fn a_signature_is_valid_within_the_tolerance() {
        for encoding in [SignatureEncoding::Base64, SignatureEncoding::Hex] {
            let signature = signature(encoding);
            let headers = key().sign(&signature, CONTENT, at(1_700_000_000));
            let verify = |headers: &HeaderMap, content, now| key().verify(&signature, headers, content, now);
            for now in [1_699_999_700, 1_700_000_000, 1_700_000_300] {
                assert_eq!(verify(&headers, CONTENT, at(now)), Ok(()));
            }
            for now in [1_699_999_699, 1_700_000_301, 0] {
                assert_eq!(verify(&headers, CONTENT, at(now)), Err(Refusal::StaleSignature));
            }
            let other = SignedContent { task: "task-2", ..CONTENT };
            assert_eq!(verify(&headers, other, at(1_700_000_000)), Err(Refusal::InvalidSignature));
            let mut later = headers.clone();
            later.insert("x-time", HeaderValue::from_static("1700000001"));
            assert_eq!(verify(&later, CONTENT, at(1_700_000_000)), Err(Refusal::InvalidSignature));
            assert_eq!(verify(&HeaderMap::new(), CONTENT, at(0)), Err(Refusal::MissingSignature));
            let stranger = SigningKey::new(&"other".into()).unwrap();
            assert_eq!(stranger.verify(&signature, &headers, CONTENT, at(0)), Err(Refusal::InvalidSignature));
        }
    }

    #[test]
    fn times_are_seconds_or_milliseconds() {
        let clock = signature(SignatureEncoding::Hex).clock.unwrap();
        for time in ["1700000000", "1700000000000", " 1700000001 "] {
            assert!(is_near(&clock, time, at(1_700_000_000)), "{time}");
        }
        for time in ["", "now", "-1", "1.7e9", "18446744073709551615", "99999999999999999999"] {
            assert!(!is_near(&clock, time, at(1_700_000_000)), "{time}");
        }
    }

    #[test]
    fn an_invalid_encoding_is_not_decoded() {
        for text in ["0", "0g", "é0", "+1"] {
            assert_eq!(decode(SignatureEncoding::Hex, text), None, "{text}");
        }
        assert_eq!(decode(SignatureEncoding::Hex, "0aFF"), Some(vec![10, 255]));
        assert_eq!(decode(SignatureEncoding::Base64, "a"), None);
    }
}
