//! Operations of one account share its rate limit, ledger and receiver of callbacks, and refuse what belongs to another one.

mod budget;
mod callbacks;
mod common;
mod dynamic;
mod ledger;
mod refusals;
