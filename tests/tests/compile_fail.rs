//! Invalid requests do not compile, and the compiler says what to do. One file for each fact.

#[test]
fn invalid_requests_do_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/missing/*.rs");
    cases.compile_fail("ui/forbidden/*.rs");
    cases.compile_fail("ui/other/*.rs");
    cases.compile_fail("ui/literal/*.rs");
    cases.compile_fail("ui/group/*.rs");
}

// Apart from the others: one case that is run makes trybuild build every case of its kind alone.
#[test]
fn valid_requests_compile_and_run() {
    trybuild::TestCases::new().pass("pass/*.rs");
}
