//! The cryptography of TLS by rustls.

#[cfg(any(feature = "postgres", feature = "rustls-no-provider"))]
use std::sync::Arc;

#[cfg(any(feature = "postgres", feature = "rustls-no-provider"))]
use rustls::crypto::CryptoProvider;

/// Returns the provider that the program has installed, or else that of the feature `rustls`.
#[cfg(any(feature = "postgres", feature = "rustls-no-provider"))]
pub(crate) fn provider() -> Option<Arc<CryptoProvider>> {
    let installed = CryptoProvider::get_default().cloned();
    #[cfg(feature = "rustls")]
    let installed = installed.or_else(|| Some(Arc::new(rustls::crypto::aws_lc_rs::default_provider())));
    installed
}

/// Returns whether an HTTP client can be built. Without a provider, building one panics.
#[cfg(feature = "rustls-no-provider")]
pub(crate) fn is_ready() -> bool {
    provider().is_some()
}

/// Returns whether an HTTP client can be built. A backend of the user needs nothing.
#[cfg(not(feature = "rustls-no-provider"))]
pub(crate) fn is_ready() -> bool {
    true
}
