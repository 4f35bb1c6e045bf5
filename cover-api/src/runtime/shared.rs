//! What clients of one process share without being told: the rate limit of an address and API key, and a ledger in memory.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use cover_spec::wire::Pace;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use url::Url;

use crate::ledger::{Ledger, MemoryLedger};
use crate::rate_limit::RateLimit;

/// Stands for an address and an API key, and keeps neither.
type Identity = [u8; 32];

#[derive(Default)]
struct Shared {
    rate_limit: Weak<RateLimit>,
    ledger: Weak<MemoryLedger>,
    /// Keeps both for as long as the process lives, also while there is no client.
    kept: Option<(Arc<RateLimit>, Arc<MemoryLedger>)>,
}

static SHARED: LazyLock<Mutex<HashMap<Identity, Shared>>> = LazyLock::new(Mutex::default);

/// The rate limit of this address and API key, the stricter limit holding; and the ledger that is given, or the one in memory.
/// Both last as long as the process, so that a client that is made for each call remembers the calls before; those of an
/// address of this machine last as long as a client uses them.
pub(super) fn rate_limit_and_ledger(
    base: &Url,
    key: &SecretString,
    limit: Pace,
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
    // A port of this machine may be another service's as soon as nobody uses it, as in tests.
    if !is_local {
        shared.kept = Some((Arc::clone(&rate_limit), Arc::clone(&ledger)));
    }
    (rate_limit, given.unwrap_or(ledger))
}

/// A rate limit of its own; and the ledger that is given, or one of its own in memory.
#[cfg(feature = "sandbox")]
pub(super) fn nothing(limit: Pace, given: Option<Arc<dyn Ledger>>) -> (Arc<RateLimit>, Arc<dyn Ledger>) {
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
