//! TLS of the misbehaving server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
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
    // Named, because another crate of the program may have enabled another provider.
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let config = config.with_safe_default_protocol_versions().expect("it has these versions");
    let mut config = config.with_no_client_auth().with_single_cert(chain, key).expect("they belong");
    config.alpn_protocols = vec![if http2 { b"h2".to_vec() } else { b"http/1.1".to_vec() }];
    TlsAcceptor::from(Arc::new(config))
}

/// Starts a server on a loopback port that decrypts what it receives, with the certificate [`Certificate::Here`], and passes it on to
/// another port. It ends with the Tokio runtime.
///
/// # Errors
///
/// If no port is free.
pub async fn relay(to: SocketAddr) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    let acceptor = acceptor(Certificate::Here, false);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that does not trust the certificate closes the connection.
                let mut decrypted = acceptor.accept(stream).await?;
                let mut plain = TcpStream::connect(to).await?;
                copy_bidirectional(&mut decrypted, &mut plain).await
            });
        }
    });
    Ok(address)
}
