use std::fmt;

use serde::{Serialize, Serializer};

use crate::redact;

/// An address whose query may be secret, such as a presigned one.
///
/// `Debug` and `Display` leave out the user, the query and the fragment. [`Link::as_str`] returns the whole address.
///
/// ```
/// let link = cover_api::Link::new("https://storage.example.com/song.mp3?signature=s3cret");
/// assert_eq!(link.to_string(), "https://storage.example.com/song.mp3?…");
/// assert_eq!(link.as_str(), "https://storage.example.com/song.mp3?signature=s3cret");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Link(String);

impl Link {
    /// Makes a link of a text. Whether it is an address is checked when it is used.
    pub fn new(address: impl Into<String>) -> Self {
        Self(address.into())
    }

    /// Returns the whole address, including secrets.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Link {
    fn from(address: &str) -> Self {
        Self::new(address)
    }
}

/// The whole address, including secrets, as setters of requests take it.
impl From<Link> for String {
    fn from(link: Link) -> Self {
        link.0
    }
}

/// The whole address, including secrets, as setters of requests take it.
impl From<&Link> for String {
    fn from(link: &Link) -> Self {
        link.0.clone()
    }
}

/// Writes the whole address, including secrets.
impl Serialize for Link {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact::shown(&redact::address(&self.0)))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&redact::shown(&redact::address(&self.0)), f)
    }
}
