//! Addresses that cannot be read, and what the errors show of them.

use crate::ledger::PostgresLedger;

#[test]
fn an_address_that_cannot_be_read_is_refused_with_the_reason_and_without_the_password() {
    for (address, reason) in [
        ("postgres://covers:half@zebra@db/covers", "more than one `@`"),
        ("postgresql://covers:half@half/zebra@db/covers", "more than one `@`"),
        ("postgres://covers:zebra@db/covers?sslmode=verify-full", "`require` checks the certificate"),
        ("host=db password=zebra sslmode=verify-ca", "`require` checks the certificate"),
        ("postgres://covers:zebra@db/covers?sslmode=require&sslrootcert=/ca.pem", "`root_certificates`"),
        ("postgres://covers:zebra@db/covers?unheard_of=1", "an option, a port or a percent code"),
        ("postgres://covers:zebra@db:port/covers", "an option, a port or a percent code"),
        ("host=db password=half zebra", "neither a PostgreSQL URL nor a list"),
    ] {
        let error = PostgresLedger::builder(address).expect_err(address);
        let (text, shown) = (error.to_string(), format!("{error:?}"));
        assert!(text.contains(reason), "{address}: {text}");
        assert!(!text.contains("zebra") && !shown.contains("zebra"), "{address}: {shown}");
    }
}

#[test]
fn a_password_may_have_any_letter_as_a_percent_code() {
    let builder = PostgresLedger::builder("postgres://covers%40eu:half%40%2Fzebra@db/covers").expect("it can be read");
    let shown = format!("{builder:?}");
    assert!(shown.contains("postgres://db/covers") && !shown.contains("zebra"), "{shown}");
}
