//! What a command works with: the API key, the folders, the ledger and the client.

mod callbacks;
mod folders;
mod key;
mod ledger;
mod session;

pub(crate) use callbacks::{VARIABLE as CALLBACK_VARIABLE, secret as callback_secret};
pub(crate) use folders::Folders;
pub(crate) use key::{ask, store};
pub(crate) use session::{Options, Session};
