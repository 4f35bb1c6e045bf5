//! Encryption of connections, by rustls.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_platform_verifier::Verifier;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::ledger::LedgerError;
use crate::tls::provider;

/// Returns what encrypts connections. It trusts the system's certificates and these, in PEM.
pub(super) fn connector(roots: &[u8]) -> Result<MakeRustlsConnect, LedgerError> {
    let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(roots).collect();
    let roots =
        roots.map_err(|error| LedgerError::unavailable("its root certificates are not PEM").caused_by(error))?;
    let fails = |error| LedgerError::unavailable("its encryption cannot be set up").caused_by(error);
    let provider = provider().ok_or_else(|| {
        LedgerError::unavailable(
            "its encryption has no provider of cryptography: install one at the start of the program by `install_default` of `rustls`, or \
             enable the feature `rustls` of cover-api",
        )
    })?;
    let verifier = Verifier::new_with_extra_roots(roots, Arc::clone(&provider)).map_err(fails)?;
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(fails)?;
    let config = config.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
