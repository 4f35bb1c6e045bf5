//! Where callbacks reach a client: an address of its own for each attempt, and the inbox that they write to.

#[cfg(not(feature = "callback"))]
#[path = "disabled.rs"]
mod addresses;
#[cfg(feature = "callback")]
#[path = "enabled.rs"]
mod addresses;

use std::sync::Arc;

#[cfg(feature = "callback")]
use tokio::sync::Semaphore;

use crate::inbox::Inbox;

pub(crate) use addresses::Addresses;

/// What callbacks to a client need.
pub(crate) struct CallbackLink {
    pub(crate) addresses: Addresses,
    pub(crate) inbox: Arc<Inbox>,
    #[cfg(feature = "callback")]
    /// How many more attempts may be looked up in the ledger at once.
    pub(crate) lookups: Semaphore,
}

/// Why a path is not an address of this client.
#[cfg(feature = "callback")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotOurs {
    /// It does not end as an address does.
    NoAddress,
    /// Its tag was made with another secret, or for another attempt.
    Forged,
    /// It is of an attempt longer ago than callbacks may come.
    Expired,
}
