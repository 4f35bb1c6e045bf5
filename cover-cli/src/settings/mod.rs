//! What a command works with: the API key, the folders, the ledger and the client.

mod callbacks;
mod folders;
mod key;
mod ledger;
mod local;
mod session;

pub(crate) use callbacks::{SIGNING_KEY as SIGNING_KEY_VARIABLE, VARIABLE as CALLBACK_VARIABLE};
pub(crate) use folders::Folders;
pub(crate) use key::{ask, store};
pub(crate) use local::is_local;
pub(crate) use session::{Options, Session};
