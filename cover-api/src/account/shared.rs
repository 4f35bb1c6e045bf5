//! What clients of one process share by default: one rate limit and one ledger in memory for each base address and API key.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use cover_spec::tables::RateLimitSpec;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use url::Url;

use crate::ledger::{Ledger, MemoryLedger};
use crate::rate_limit::RateLimit;

/// A hash of an origin and an API key, so that neither is kept.
type Identity = [u8; 32];

#[derive(Default)]
struct Shared {
    rate_limit: Weak<RateLimit>,
    ledger: Weak<MemoryLedger>,
    /// Keeps both until the process ends, even while there is no client.
    kept: Option<(Arc<RateLimit>, Arc<MemoryLedger>)>,
}

static SHARED: LazyLock<Mutex<HashMap<Identity, Shared>>> = LazyLock::new(Mutex::default);

/// Returns the rate limit of this origin and API key, made stricter if `limit` is, and the given ledger, or else the shared one
/// in memory.
///
/// Both last until the process ends, so that a client made for each call knows of the calls before. Those of an address on this
/// machine last only as long as a client uses them.
pub(crate) fn rate_limit_and_ledger(
    base: &Url,
    key: &SecretString,
    limit: RateLimitSpec,
    given: Option<Arc<dyn Ledger>>,
    is_local: bool,
) -> (Arc<RateLimit>, Arc<dyn Ledger>) {
    let mut all = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|_, shared| shared.rate_limit.strong_count() + shared.ledger.strong_count() > 0);
    let shared = all.entry(identity(base, key)).or_default();
    let rate_limit = match shared.rate_limit.upgrade() {
        Some(rate_limit) => {
            rate_limit.tighten(limit);
            rate_limit
        }
        None => Arc::new(RateLimit::new(limit)),
    };
    shared.rate_limit = Arc::downgrade(&rate_limit);
    let ledger = shared.ledger.upgrade().unwrap_or_default();
    shared.ledger = Arc::downgrade(&ledger);
    // A port of this machine may belong to another service as soon as no client uses it, as in tests.
    if !is_local {
        shared.kept = Some((Arc::clone(&rate_limit), Arc::clone(&ledger)));
    }
    (rate_limit, given.unwrap_or(ledger))
}

/// Returns a rate limit that no other client shares, and the given ledger, or one in memory that no other client shares.
pub(crate) fn unshared(limit: RateLimitSpec, given: Option<Arc<dyn Ledger>>) -> (Arc<RateLimit>, Arc<dyn Ledger>) {
    (Arc::new(RateLimit::new(limit)), given.unwrap_or_else(|| Arc::new(MemoryLedger::new())))
}

fn identity(base: &Url, key: &SecretString) -> Identity {
    let origin = base.origin().ascii_serialization();
    let mut hash = Sha256::new();
    hash.update((origin.len() as u64).to_be_bytes());
    hash.update(origin);
    hash.update(key.expose_secret());
    hash.finalize().into()
}
