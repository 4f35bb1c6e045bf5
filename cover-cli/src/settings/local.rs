//! Addresses on this machine.

use url::{Host, Url};

/// Whether an address is on this machine, by its host.
pub(crate) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_decides_and_not_how_the_address_begins() {
        let is_local = |text: &str| is_local(&Url::parse(text).unwrap());
        for text in ["http://127.0.0.1:1", "http://LOCALHOST/a", "http://[::1]:80", "http://user@127.0.0.2"] {
            assert!(is_local(text), "{text}");
        }
        for text in ["http://127.0.0.1.example.com", "http://localhost.example.com", "http://127.0.0.1@example.com"] {
            assert!(!is_local(text), "{text}");
        }
    }
}
