//! A module behind a feature that is not enabled: the compiler names the feature.

use cover_api::ledger::conformance;

fn main() {}
