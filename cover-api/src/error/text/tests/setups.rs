//! The texts of clients that cannot be built.

use super::*;

fn other_account(why: Apart) -> Setup {
    Setup::OtherAccount { operation: "b/mix", of: "a/sing", why }
}

pub(super) fn setups() -> Vec<(Failure, &'static str)> {
    let failure = Failure::setup;
    texts!(Setup, failure;
        Setup::EmptyKey => [Setup::EmptyKey, "the API key is empty"];
        Setup::KeyNotAHeader => [
            Setup::KeyNotAHeader,
            "the API key contains characters that an HTTP header cannot hold"
        ];
        Setup::BaseUrl(..) => [
            Setup::BaseUrl("it is not an address", "nowhere".to_owned()),
            "the base address `nowhere` cannot be used: it is not an address"
        ];
        Setup::PollEvery => [
            Setup::PollEvery,
            "the shortest time between polls must be more than zero, and must not exceed the longest"
        ];
        Setup::NoRequests => [
            Setup::NoRequests,
            "the rate limit must allow at least one request, and a send at least one attempt"
        ];
        Setup::NoVariable(_) => [
            Setup::NoVariable("KEY".to_owned()),
            "the environment variable `KEY` is not set"
        ];
        Setup::VariableNotText(_) => [
            Setup::VariableNotText("KEY".to_owned()),
            "the environment variable `KEY` is not valid UTF-8"
        ];
        Setup::SpendPeriod => [
            Setup::SpendPeriod,
            "a spend limit of a period needs a ledger that outlasts its process, such as `SqliteLedger`: set one with `ledger`, or limit \
             what the process spends"
        ];
        Setup::NoRuntime => [Setup::NoRuntime, "nothing was sent: sends, uploads and cancels must be awaited within a Tokio runtime"];
        Setup::NoCredits => [
            Setup::NoCredits,
            "nothing was sent: the spec has no `[credits]` with a `path`, which says how the number of credits is asked for"
        ];
        Setup::NoTasks(_) => [Setup::NoTasks("a/mix"), "the operation `a/mix` answers at once, and has no tasks"];
        Setup::NoCancel(_) => [
            Setup::NoCancel("a/mix"),
            "nothing was sent: the spec of `a/mix` has no `[cancel]`, which says how tasks are cancelled"
        ];
        Setup::Http => [Setup::Http, "the HTTP client cannot be built"];
        Setup::NoCryptography => [
            Setup::NoCryptography,
            "TLS has no provider of cryptography: install one at the start of the program by `install_default` of `rustls`, or enable the \
             feature `rustls` of cover-api"
        ];
        Setup::OtherAccount { .. } => [
            other_account(Apart::Accounts([Some("music"), Some("speech")])),
            "the operation `b/mix` does not belong to the account of `a/sing`: its spec names the account `speech`, and the other one \
             `music`"],
            [other_account(Apart::Accounts([None, Some("speech")])),
            "the operation `b/mix` does not belong to the account of `a/sing`: only its spec names an account, `speech`: give both the \
             same `account` under `[service]` if they share the API key and its credits"],
            [other_account(Apart::Accounts([Some("music"), None])),
            "the operation `b/mix` does not belong to the account of `a/sing`: its spec names no account, and the other one `music`: \
             give both the same `account` under `[service]` if they share the API key and its credits"],
            [other_account(Apart::BaseUrls(["https://a.example", "https://b.example"])),
            "the operation `b/mix` does not belong to the account of `a/sing`: no spec names an account, and the base URLs differ, \
             `https://b.example` and `https://a.example`: give both the same `account` under `[service]` if they share the API key \
             and its credits"],
            [other_account(Apart::Auth),
            "the operation `b/mix` does not belong to the account of `a/sing`: its spec sends the API key in another way, by another \
             `auth` under `[service]`"
        ];
        Setup::Account(_) => [
            Setup::Account("it is empty"),
            "the account name cannot be used: it is empty"
        ];
        Setup::Callbacks(_) => [
            Setup::Callbacks("the service sends none"),
            "callbacks cannot be received: the service sends none"
        ];
        Setup::NoUploads => [
            Setup::NoUploads,
            "nothing was sent: the spec has no `[upload]`, which says how files are uploaded"
        ];
        Setup::PlainHttp(_) => [
            Setup::PlainHttp("api.example.com".to_owned()),
            "the base address of `api.example.com` is plain http, which would expose the API key: use https, or allow it with \
             `ClientBuilder::allow_plain_http`"
        ];
    )
}
