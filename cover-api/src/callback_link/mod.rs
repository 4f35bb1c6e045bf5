//! Where callbacks reach a client: an address for each attempt, and the inbox that receives them.

#[cfg_attr(feature = "callback", path = "enabled.rs")]
#[cfg_attr(not(feature = "callback"), path = "disabled.rs")]
mod addresses;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::inbox::Inbox;

pub(crate) use addresses::CallbackAddresses;
#[cfg(feature = "callback")]
pub(crate) use addresses::{AddressError, CallbackBase};

/// The callback addresses of an operation, and its inbox.
pub(crate) struct CallbackLink {
    pub(crate) addresses: CallbackAddresses,
    pub(crate) inbox: Arc<Inbox>,
    /// Whether a task reads the messages of other processes.
    pub(crate) has_reader: AtomicBool,
}
