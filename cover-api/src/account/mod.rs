//! The account: key, transport, rate limit and ledger, which all its operations and all clones of a client share. It has no types
//! of a service.

mod adoption;
pub(crate) mod base_url;
mod budget_sync;
mod cancel;
mod join;
mod messages;
mod operation;
mod recordings;
mod schedule;
pub(crate) mod shared;
mod stats;

use std::sync::Arc;
use std::time::Duration;

use cover_spec::tables::Api;
use url::Url;

use crate::attempt::Tracker;
use crate::ledger::{LedgerHandle, SpendLimit};
use crate::rate_limit::RateLimit;
use crate::transport::{Auth, Transport};

pub(crate) use adoption::{AdoptedEntries, AdoptedEntry};
pub(crate) use budget_sync::SharedBudget;
pub(crate) use operation::{Operation, beneath};
pub(crate) use recordings::Recordings;
pub(crate) use schedule::{Schedule, backoff};
pub(crate) use stats::Counters;
pub use stats::Stats;

/// What all operations of an account share.
pub(crate) struct Account {
    /// The spec that the account was built with.
    pub(crate) spec: &'static Api,
    /// The base address instead of those in the specs, if the caller gave another one.
    pub(crate) own_base: Option<Url>,
    /// The bounds of the time between polls instead of those in the specs, if the caller gave some.
    pub(crate) poll_every: Option<[Duration; 2]>,
    /// Whether the caller gave the rate limit, so that no spec changes it.
    pub(crate) has_own_rate_limit: bool,
    /// The name under which the ledger files entries.
    pub(crate) name: String,
    pub(crate) transport: Transport,
    pub(crate) auth: Auth,
    pub(crate) rate_limit: Arc<RateLimit>,
    pub(crate) ledger: LedgerHandle,
    /// How long an attempt counts as alive if nothing is heard of this process.
    pub(crate) lease: Duration,
    pub(crate) max_attempts: u32,
    /// Time after the first attempt of a send within which another may begin.
    pub(crate) retry_window: Duration,
    /// Longest pause that the service can ask for.
    pub(crate) max_pause: Duration,
    pub(crate) counters: Counters,
    pub(crate) tracker: Arc<Tracker>,
    pub(crate) recordings: Recordings,
    /// Shares the rate limit with other processes as long as it is here.
    #[expect(dead_code, reason = "it is only kept")]
    pub(crate) shared_budget: Option<Arc<SharedBudget>>,
    /// What this account may spend. The ledger counts with it as long as it is here.
    #[expect(dead_code, reason = "it is only kept")]
    pub(crate) spend_limit: Option<Arc<SpendLimit>>,
}
