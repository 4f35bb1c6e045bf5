//! Restricts where downloads may go. Links come from the network, and must not reach private networks.

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Origin, Url};

use crate::error::DownloadFault;
use crate::redact::shown;

/// Number of characters of a scheme that an error shows.
const MAX_SCHEME: usize = 60;

/// The addresses that downloads may reach.
pub(crate) struct Targets {
    /// The origin of the base address, if that is on this machine.
    pub(crate) own: Option<Origin>,
    pub(crate) allow_private: bool,
    pub(crate) allow_plain_http: bool,
}

/// The error of a name that resolves to no public address.
#[derive(Debug)]
pub(crate) struct NotPublic {
    address: IpAddr,
}

/// Resolves names to the addresses that downloads may reach. Connections use exactly these addresses, so a name cannot resolve
/// differently after the check.
pub(super) struct PublicResolver {
    loopback: bool,
}

/// Checks scheme and user name, for every transport.
pub(crate) fn check_form(url: &Url) -> Result<(), DownloadFault> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(DownloadFault::Scheme(shown(url.scheme()).chars().take(MAX_SCHEME).collect()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(DownloadFault::UserInfo);
    }
    Ok(())
}

impl Targets {
    pub(super) fn check(&self, url: &Url, is_redirect: bool) -> Result<(), DownloadFault> {
        if self.own.as_ref() == Some(&url.origin()) {
            return Ok(());
        }
        if is_redirect && url.scheme() == "http" && !self.allow_plain_http {
            return Err(DownloadFault::PlainRedirect);
        }
        if self.allow_private {
            return Ok(());
        }
        let (is_loopback, is_public) = match url.host() {
            Some(Host::Domain(name)) => (is_localhost(name), !is_localhost(name)),
            Some(Host::Ipv4(address)) => (address.is_loopback(), is_public_v4(address)),
            Some(Host::Ipv6(address)) => (address.is_loopback(), is_public_v6(address)),
            None => return Err(DownloadFault::NotAnAddress),
        };
        match (is_loopback && self.own.is_some(), is_redirect) {
            (true, true) => Err(DownloadFault::OtherLoopback),
            (true, false) => Ok(()),
            (false, _) if is_public => Ok(()),
            (false, _) => Err(DownloadFault::Private(shown(url.host_str().unwrap_or_default()))),
        }
    }

    /// Returns the resolver to use, if some addresses are not allowed.
    pub(super) fn resolver(&self) -> Option<PublicResolver> {
        (!self.allow_private).then(|| PublicResolver { loopback: self.own.is_some() })
    }
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback = self.loopback && is_localhost(name.as_str());
        Box::pin(async move {
            let (mut allowed, mut refused) = (Vec::new(), None);
            for found in tokio::net::lookup_host((name.as_str(), 0)).await? {
                if is_public(found.ip()) || (loopback && found.ip().is_loopback()) {
                    allowed.push(found);
                } else {
                    refused = Some(found.ip());
                }
            }
            match refused {
                Some(address) if allowed.is_empty() => Err(NotPublic { address }.into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

impl NotPublic {
    /// Finds this error among the causes of a failed request.
    pub(super) fn beneath(error: &(dyn Error + 'static)) -> Option<DownloadFault> {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<Self>() {
                return Some(DownloadFault::Private(found.address.to_string()));
            }
            cause = error.source();
        }
        None
    }
}

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name resolves to {}, which is not a public address", self.address)
    }
}

impl Error for NotPublic {}

/// Returns whether the host is this machine, which no system proxy can reach.
pub(crate) fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.') == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    // This network, shared by carriers, and assigned by the protocol; from 224 on multicast, reserved and broadcast.
    let is_special = matches!(address.octets(), [0 | 224..=255, ..] | [100, 64..=127, ..] | [192, 0, 0, _]);
    !is_special && !address.is_loopback() && !address.is_private() && !address.is_link_local()
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let embedded = |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match address.segments() {
        // Translated to IPv4, and tunnelled in it.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        // Unspecified, loopback, IPv4-compatible, IPv4-mapped, translated within a network, and Teredo.
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 1, ..] | [0x2001, 0, ..] => {
            false
        }
        // Unique local, link-local, site-local, and multicast.
        [first, ..] => !matches!(first, 0xfc00..=0xfdff | 0xfe80..=0xffff),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_not_public() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "2001::1",
            "2002:a00:1::",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "64:ff9b::8.8.8.8",
            "2002:808:808::",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }

    fn targets(own: Option<&str>) -> Targets {
        let own = own.map(|own| Url::parse(own).unwrap().origin());
        Targets { own, allow_private: false, allow_plain_http: false }
    }

    #[test]
    fn a_link_may_be_plain_http_and_a_redirect_may_not() {
        let url = Url::parse("http://a.example/x").unwrap();
        assert_eq!(targets(None).check(&url, false), Ok(()));
        assert_eq!(targets(None).check(&url, true), Err(DownloadFault::PlainRedirect));
        let plain = Targets { allow_plain_http: true, ..targets(None) };
        assert_eq!(plain.check(&url, true), Ok(()));
    }

    #[test]
    fn numeric_hosts_in_any_notation_are_addresses() {
        for host in [
            "127.1",
            "0x7f.1",
            "2130706433",
            "017700000001",
            "127.0.0.1.",
            "[::ffff:7f00:1]",
            "LOCALHOST.",
            "x.localhost",
        ] {
            let url = Url::parse(&format!("https://{host}/x")).unwrap();
            for is_redirect in [false, true] {
                let checked = targets(None).check(&url, is_redirect);
                assert!(matches!(checked, Err(DownloadFault::Private(_))), "{host}: {checked:?}");
            }
        }
    }

    #[test]
    fn a_client_of_a_local_service_may_follow_links_to_this_machine() {
        let targets = targets(Some("http://127.0.0.1:4000"));
        for (url, link, redirect) in [
            ("http://127.0.0.1:4000/x", Ok(()), Ok(())),
            ("http://127.0.0.1:4001/x", Ok(()), Err(DownloadFault::PlainRedirect)),
            ("https://127.0.0.1:4000/x", Ok(()), Err(DownloadFault::OtherLoopback)),
            ("https://localhost:4000/x", Ok(()), Err(DownloadFault::OtherLoopback)),
            ("https://a.example/x", Ok(()), Ok(())),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(targets.check(&url, false), link, "{url}");
            assert_eq!(targets.check(&url, true), redirect, "{url}");
        }
        let private = Url::parse("https://10.0.0.1/x").unwrap();
        assert_eq!(targets.check(&private, false), Err(DownloadFault::Private("10.0.0.1".to_owned())));
    }

    #[tokio::test]
    async fn a_name_that_resolves_to_no_public_address_is_refused() {
        let refused = |targets: Targets| async move {
            let http = super::super::Http::new(true, super::super::Timeouts::default(), None, targets).unwrap();
            // This bypasses the check of the host name, like a name that resolves to this machine.
            let error = http.downloads.get("http://localhost:1/x").send().await.unwrap_err();
            NotPublic::beneath(&error)
        };
        let fault = refused(targets(None)).await;
        assert!(matches!(&fault, Some(DownloadFault::Private(at)) if at == "127.0.0.1" || at == "::1"), "{fault:?}");
        assert_eq!(refused(targets(Some("http://127.0.0.1:4000"))).await, None);
        assert_eq!(refused(Targets { allow_private: true, ..targets(None) }).await, None);
    }

    #[tokio::test]
    async fn only_the_names_of_this_machine_may_resolve_to_it() {
        // An address that is used as a name.
        let resolved = PublicResolver { loopback: true }.resolve("127.0.0.1".parse().unwrap()).await;
        assert!(resolved.is_err_and(|error| error.is::<NotPublic>()));
        let resolved = PublicResolver { loopback: true }.resolve("localhost".parse().unwrap()).await;
        assert!(resolved.is_ok_and(|mut found| found.all(|found| found.ip().is_loopback())));
    }
}
