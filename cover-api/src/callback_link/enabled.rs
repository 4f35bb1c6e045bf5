//! Callback addresses, written as base / attempt / tag. The tag proves that this client made the address.

use std::fmt;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

use crate::ids::AttemptId;
use crate::redact;

/// Length of a tag, in bytes.
const TAG_BYTES: usize = 16;
/// Makes the tags differ from those of any other use of the secret.
const PURPOSE: &[u8] = b"cover-api callback address\0";
const MIN_SECRET_BYTES: usize = 16;

/// Why a path is not a callback address of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressError {
    /// It does not end like a callback address.
    Malformed,
    /// Its tag was made with another secret, for another operation, or for another attempt.
    Forged,
    /// Its attempt is older than callbacks may arrive.
    Expired,
}

/// Where the callback addresses of an account begin, and the secret that they are made with.
pub(crate) struct CallbackBase {
    address: String,
    keyed: Hmac<Sha256>,
}

impl CallbackBase {
    pub(crate) fn new(address: &str, secret: &SecretString) -> Result<Self, &'static str> {
        let secret = secret.expose_secret().as_bytes();
        if secret.len() < MIN_SECRET_BYTES {
            return Err("the secret has fewer than 16 bytes");
        }
        let keyed = Hmac::new_from_slice(secret).map_err(|_| "the secret is not usable")?;
        Ok(Self { address: address.trim_end_matches('/').to_owned(), keyed: keyed.chain_update(PURPOSE) })
    }

    /// Returns the addresses of one operation. No other operation has the same ones.
    pub(crate) fn of(&self, operation: &str) -> CallbackAddresses {
        let keyed = self.keyed.clone().chain_update(operation).chain_update([0]);
        CallbackAddresses { base: self.address.clone(), keyed }
    }
}

/// Makes and reads the callback addresses of an operation's attempts.
#[derive(Clone)]
pub(crate) struct CallbackAddresses {
    base: String,
    keyed: Hmac<Sha256>,
}

impl CallbackAddresses {
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn is_base(&self, address: &str) -> bool {
        address.trim_end_matches('/') == self.base
    }

    pub(crate) fn write(&self, attempt: AttemptId) -> String {
        self.base.clone() + &self.path(attempt)
    }

    /// Returns the part of the address after the base.
    pub(crate) fn path(&self, attempt: AttemptId) -> String {
        let tag = self.tag(attempt).finalize().into_bytes();
        let tag = tag.iter().take(TAG_BYTES).fold(0, |tag, byte| tag << 8 | u128::from(*byte));
        format!("/{:032x}/{tag:032x}", attempt.0)
    }

    fn tag(&self, attempt: AttemptId) -> Hmac<Sha256> {
        self.keyed.clone().chain_update(attempt.0.to_be_bytes())
    }

    /// Returns the attempt of the address that the path ends with. Proxies may have added or removed segments before it.
    pub(crate) fn read(&self, path: &str, expires: Duration) -> Result<AttemptId, AddressError> {
        let path = path.split(['?', '#']).next().expect("a split has a first part");
        let mut parts = path.strip_suffix('/').unwrap_or(path).rsplit('/');
        let (tag, attempt) = (parts.next().and_then(hex), parts.next().and_then(hex));
        let (attempt, tag) = attempt.map(AttemptId).zip(tag).ok_or(AddressError::Malformed)?;
        // In constant time.
        self.tag(attempt).verify_truncated_left(&tag.to_be_bytes()).map_err(|_| AddressError::Forged)?;
        if attempt.age() > expires { Err(AddressError::Expired) } else { Ok(attempt) }
    }
}

fn hex(text: &str) -> Option<u128> {
    let is_hex = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hex.then(|| u128::from_str_radix(text, 16).ok())?
}

impl fmt::Debug for CallbackAddresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackAddresses")
            .field("base", &redact::shown(&redact::address(&self.base)))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn addresses(secret: &str, service: &str) -> CallbackAddresses {
        CallbackBase::new("https://api.example.com/covers/", &secret.into()).unwrap().of(service)
    }

    fn mine() -> CallbackAddresses {
        addresses("0123456789abcdef", "music")
    }

    #[test]
    fn an_address_is_read_after_any_prefix() {
        let attempt = AttemptId::new();
        let address = mine().write(attempt);
        assert!(address.starts_with("https://api.example.com/covers/"));
        let path = mine().path(attempt);
        for path in [&path, &format!("/covers{path}"), &format!("/a/b/c{path}/"), &format!("{path}?x=1"), &path[1..]] {
            assert_eq!(mine().read(path, HOUR), Ok(attempt), "{path}");
        }
    }

    #[test]
    fn a_malformed_address_is_distinguished_from_a_forged_one() {
        let path = mine().path(AttemptId::new());
        for path in ["", "/", "//", "/a/b", &path[..65], &path.to_uppercase(), &path.replace('/', "/+"), "/ä/ö", "?/"]
        {
            assert_eq!(mine().read(path, HOUR), Err(AddressError::Malformed), "{path}");
        }
    }

    #[test]
    fn a_tag_fits_only_its_attempt_secret_and_service() {
        let (one, other) = (AttemptId::new(), AttemptId::new());
        let crossed = mine().path(one)[..33].to_owned() + &mine().path(other)[33..];
        assert_eq!(mine().read(&crossed, HOUR), Err(AddressError::Forged));
        for other in [addresses("0123456789abcdeF", "music"), addresses("0123456789abcdef", "speech")] {
            assert_eq!(mine().read(&other.path(one), HOUR), Err(AddressError::Forged));
        }
        let path = mine().path(one);
        for at in (1..path.len()).filter(|at| *at != 33) {
            let digit = if &path[at..=at] == "0" { "1" } else { "0" };
            let changed = path[..at].to_owned() + digit + &path[at + 1..];
            assert_eq!(mine().read(&changed, HOUR), Err(AddressError::Forged), "{at}");
        }
    }

    #[test]
    fn an_address_expires() {
        let ago = |time| AttemptId::at(SystemTime::now() - time);
        assert!(mine().read(&mine().path(ago(HOUR / 2)), HOUR).is_ok());
        assert_eq!(mine().read(&mine().path(ago(2 * HOUR)), HOUR), Err(AddressError::Expired));
    }

    #[test]
    fn a_short_secret_is_refused_and_no_secret_is_shown() {
        assert!(CallbackBase::new("https://a.example", &"0123456789abcde".into()).is_err());
        assert!(!format!("{:?}", mine()).contains("0123"));
    }
}
