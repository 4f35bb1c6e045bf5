//! TLS of the misbehaving server.

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Certificate of the authority that signs [`Certificate::Here`] and [`Certificate::Elsewhere`].
pub const AUTHORITY: &[u8] = include_bytes!("../tls/ca.pem");

/// Certificate of the loopback address.
pub(crate) const CERTIFICATE: &[u8] = include_bytes!("../tls/here.pem");

/// Key of [`CERTIFICATE`].
pub(crate) const KEY: &[u8] = include_bytes!("../tls/here.key.pem");

/// Host of the certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// The loopback address.
    Here,
    /// Another host.
    Elsewhere,
}

/// Returns the TLS acceptor of the server.
pub(crate) fn acceptor(certificate: Certificate, http2: bool) -> TlsAcceptor {
    let (certificate, key): (&[u8], &[u8]) = match certificate {
        Certificate::Here => (CERTIFICATE, KEY),
        Certificate::Elsewhere => (include_bytes!("../tls/elsewhere.pem"), include_bytes!("../tls/elsewhere.key.pem")),
    };
    let chain = vec![CertificateDer::from_pem_slice(certificate).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_slice(key).expect("a key");
    let mut config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).expect("they belong");
    config.alpn_protocols = vec![if http2 { b"h2".to_vec() } else { b"http/1.1".to_vec() }];
    TlsAcceptor::from(Arc::new(config))
}
