//! Invalid requests do not compile, and the error says what to do. Each file has one fact.

#[test]
fn invalid_requests_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/missing/*.rs");
    cases.compile_fail("ui/forbidden/*.rs");
    cases.compile_fail("ui/other/*.rs");
    cases.compile_fail("ui/literal/*.rs");
    cases.compile_fail("ui/group/*.rs");
    cases.compile_fail("ui/object/*.rs");
    cases.compile_fail("ui/sunoapi/*/*.rs");
}

// A test of its own: with a case that runs, trybuild would build every case separately.
#[test]
fn valid_requests_compile_and_run() {
    trybuild::TestCases::new().pass("pass/*.rs");
}
