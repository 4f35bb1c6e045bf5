use std::fmt;

use sha2::{Digest, Sha256};

/// The version of fingerprints of requests. Fingerprints of different versions are not compared.
const VERSION: u16 = 1;
/// The version of fingerprints of what the caller says that the purchase is.
const OF_IDENTITY: u16 = 2;

/// A hash that identifies a request without revealing it: SHA-256 of the operation and of the fields that the caller set, or of what the
/// caller says that the purchase is.
///
/// That of a request leaves out the callback address, values that the spec fixes or that equal the spec's default, and the query and fragment of
/// addresses, since presigned addresses differ in every run.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint {
    /// The version of the algorithm.
    pub version: u16,
    /// The hash.
    pub digest: [u8; 32],
}

impl Fingerprint {
    /// Computes the fingerprint of a request in its canonical form.
    #[must_use]
    pub fn new(operation: &str, canonical: &[u8]) -> Self {
        Self::of(VERSION, operation, canonical)
    }

    /// Computes the fingerprint of a purchase that the caller identifies by these bytes.
    #[must_use]
    pub fn of_identity(operation: &str, identity: &[u8]) -> Self {
        Self::of(OF_IDENTITY, operation, identity)
    }

    fn of(version: u16, operation: &str, content: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(version.to_be_bytes());
        for part in [operation.as_bytes(), content] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self { version, digest: hash.finalize().into() }
    }

    /// Returns whether two fingerprints certainly belong to different requests.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        self.version == other.version && self.digest != other.digest
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint(v{} ", self.version)?;
        self.digest.iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operation_and_request_are_hashed_separately() {
        let all = [("a", "bc"), ("ab", "c"), ("a", "bd"), ("b", "bc"), ("", "abc")];
        let all = all.map(|(operation, request)| Fingerprint::new(operation, request.as_bytes()));
        for (index, one) in all.iter().enumerate() {
            assert!(all[..index].iter().all(|other| one.differs_from(other)), "{index}");
        }
    }

    #[test]
    fn fingerprints_of_different_versions_are_not_compared() {
        let now = Fingerprint::new("a", b"b");
        let identity = Fingerprint::of_identity("a", b"c");
        let later = Fingerprint { version: u16::MAX, ..Fingerprint::new("a", b"c") };
        assert!(
            !now.differs_from(&later) && !now.differs_from(&identity) && now.differs_from(&Fingerprint::new("a", b"c"))
        );
        assert!(identity.differs_from(&Fingerprint::of_identity("a", b"d")));
    }
}
