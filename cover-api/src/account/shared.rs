//! What clients of one process share by default: one rate limit and one ledger in memory for each account and API key.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use cover_spec::tables::RateLimitSpec;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use url::Url;

use super::SharedBudget;
use crate::ledger::{BudgetId, Ledger, LedgerHandle, MemoryLedger};
use crate::rate_limit::RateLimit;
use crate::transport::targets::is_local;

/// A hash of an account or origin and of an API key, so that neither is kept.
type Identity = [u8; 32];

#[derive(Default)]
struct Shared {
    rate_limit: Weak<RateLimit>,
    ledger: Weak<MemoryLedger>,
    /// The exchange with other processes, through the first durable ledger of the clients that there are.
    budget: Weak<SharedBudget>,
    /// Keeps both until the process ends, even while there is no client.
    kept: Option<(Arc<RateLimit>, Arc<MemoryLedger>)>,
}

static SHARED: LazyLock<Mutex<HashMap<Identity, Shared>>> = LazyLock::new(Mutex::default);

/// What a client shares with others.
pub(crate) struct SharedParts {
    pub(crate) rate_limit: Arc<RateLimit>,
    pub(crate) ledger: LedgerHandle,
    /// Present if other processes share the rate limit through the ledger.
    pub(crate) budget: Option<Arc<SharedBudget>>,
}

/// Returns the rate limit of this account and API key, made stricter if `limit` is, and the given ledger, or else the shared one
/// in memory. Through a durable ledger, other processes share the rate limit as well. An account is known by its name, if the spec
/// gives one, and by the origin of the base address.
///
/// Both last until the process ends, so that a client made for each call knows of the calls before. Those of an address on this
/// machine last only as long as a client uses them.
pub(crate) fn rate_limit_and_ledger(
    account: Option<&str>,
    base: &Url,
    key: &SecretString,
    limit: RateLimitSpec,
    given: Option<Arc<dyn Ledger>>,
    longest_request: Duration,
) -> SharedParts {
    let mut all = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    all.retain(|_, shared| shared.rate_limit.strong_count() + shared.ledger.strong_count() > 0);
    let origin = base.origin().ascii_serialization();
    let identities: Vec<Identity> = account
        .map(|name| identity("account", name, key))
        .into_iter()
        .chain([identity("origin", &origin, key)])
        .collect();
    let known = |identity| all.get(identity);
    let rate_limit = match identities.iter().filter_map(known).find_map(|shared| shared.rate_limit.upgrade()) {
        Some(rate_limit) => {
            rate_limit.tighten(limit);
            rate_limit
        }
        None => Arc::new(RateLimit::new(limit)),
    };
    let ledger = identities.iter().filter_map(known).find_map(|shared| shared.ledger.upgrade()).unwrap_or_default();
    let given = given.map(LedgerHandle::new);
    let budget = given.as_ref().filter(|given| given.is_durable()).map(|given| {
        identities.iter().filter_map(known).find_map(|shared| shared.budget.upgrade()).unwrap_or_else(|| {
            let id = BudgetId(identities[0]);
            SharedBudget::start(id, given.clone(), Arc::clone(&rate_limit), longest_request)
        })
    });
    for identity in identities {
        let shared = all.entry(identity).or_default();
        shared.add(&rate_limit, &ledger);
        if let Some(budget) = &budget {
            shared.budget = Arc::downgrade(budget);
        }
        // A port of this machine may belong to another service as soon as no client uses it, as in tests.
        if !is_local(base) {
            shared.kept.get_or_insert_with(|| (Arc::clone(&rate_limit), Arc::clone(&ledger)));
        }
    }
    SharedParts { rate_limit, ledger: given.unwrap_or_else(|| LedgerHandle::new(ledger)), budget }
}

impl Shared {
    /// Adds what is not there. What other clients share stays.
    fn add(&mut self, rate_limit: &Arc<RateLimit>, ledger: &Arc<MemoryLedger>) {
        if self.rate_limit.strong_count() == 0 {
            self.rate_limit = Arc::downgrade(rate_limit);
        }
        if self.ledger.strong_count() == 0 {
            self.ledger = Arc::downgrade(ledger);
        }
    }
}

/// Returns a rate limit that no other client shares, and the given ledger, or one in memory that no other client shares.
pub(crate) fn unshared(limit: RateLimitSpec, given: Option<Arc<dyn Ledger>>) -> SharedParts {
    let ledger = LedgerHandle::new(given.unwrap_or_else(|| Arc::new(MemoryLedger::new())));
    SharedParts { rate_limit: Arc::new(RateLimit::new(limit)), ledger, budget: None }
}

fn identity(kind: &str, name: &str, key: &SecretString) -> Identity {
    let mut hash = Sha256::new();
    for part in [kind, name, key.expose_secret()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}
