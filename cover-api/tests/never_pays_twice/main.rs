//! However a send ends, the service is asked to create each purchase at most once, and the outcome is reported as it is.

mod answers_at_once;
mod chaos;
mod common;
mod dropped_sends;
mod drops;
mod equal_sends;
mod failing_ledger;
mod failures;
mod faults;
mod found_and_listed;
mod gets;
mod hostile_answers;
mod keys;
mod ledger_file;
mod lists_and_counts;
mod lost_replies;
mod postgres;
mod random_drops;
mod spend_limits;
mod timeouts_and_shutdown;
mod unknown_outcomes;
