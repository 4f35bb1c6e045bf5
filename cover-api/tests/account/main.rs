//! Operations of one account share its rate limit, ledger and receiver of callbacks, and refuse what belongs to another one.

mod addresses;
mod budget;
mod callbacks;
mod common;
mod direct;
mod dynamic;
mod ledger;
mod other_way;
mod prices;
mod refusals;
