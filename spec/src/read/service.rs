//! `[service]`, `[envelope]`, `[codes]`, `[credits]` and `[rate_limit]`.

use super::conditions::any_of;
use crate::model::{Code, Cost, Credits, Envelope, RateLimit, Service};
use crate::source::{At, Section};
use crate::tables::{CodeMeaning, Created};

pub(crate) const CODE_MEANINGS: &[(&str, CodeMeaning)] = &[
    ("success", CodeMeaning::Success),
    ("invalid", CodeMeaning::Invalid),
    ("unauthorized", CodeMeaning::Unauthorized),
    ("not-found", CodeMeaning::NotFound),
    ("rate-limited", CodeMeaning::RateLimited),
    ("insufficient-credits", CodeMeaning::InsufficientCredits),
    ("maintenance", CodeMeaning::Maintenance),
    ("server", CodeMeaning::Server),
];

pub(crate) const CREATED: &[(&str, Created)] =
    &[("yes", Created::Yes), ("no", Created::No), ("perhaps", Created::Perhaps)];

pub(super) fn service(root: &Section<'_>) -> Service {
    let section = root.needs_section("service");
    let auth = section.needs_section("auth");
    let basic = auth.text("basic");
    let (auth_header, auth_scheme) = match &basic {
        Some(basic) => {
            no_others(&auth);
            (basic.with("Authorization".to_owned()), basic.with("Basic".to_owned()))
        }
        // That it cannot be read is already reported.
        None if auth.holds("basic") => (At::nowhere(String::new()), At::nowhere(String::new())),
        None => {
            let scheme = auth.text("scheme").unwrap_or_else(|| auth.name().with(String::new()));
            (auth.needs_text("header"), scheme)
        }
    };
    let headers = section.section("headers");
    let env = section.needs_section("env");
    let service = Service {
        name: section.needs_text("name"),
        id: section.needs_text("id"),
        account: section.text("account"),
        doc: section.needs_text("doc"),
        docs: section.text("docs"),
        base_url: section.needs_text("base_url"),
        auth_header,
        auth_scheme,
        auth_basic: basic,
        headers: headers.map(Section::texts_by_name).unwrap_or_default(),
        env_key: env.needs_text("key"),
        env_url: env.needs_text("url"),
        retention: section.duration("retention"),
    };
    [section, auth, env].iter().for_each(Section::unknown_keys);
    service
}

/// Reports keys that do not go with basic authentication.
fn no_others(auth: &Section<'_>) {
    for key in ["header", "scheme"] {
        if let Some(other) = auth.text(key) {
            let message = format!("`{key}` and `basic` are both given in `auth`");
            auth.report(other.fault(message, "remove one; basic authentication has its own header and scheme"));
        }
    }
}

/// Without this table, or without its code, the HTTP status is the code.
pub(super) fn envelope(root: &Section<'_>) -> Option<Envelope> {
    let section = root.section("envelope")?;
    let envelope = Envelope { code: section.text("code"), message: section.needs_text("message") };
    section.unknown_keys();
    Some(envelope)
}

pub(super) fn codes(root: &Section<'_>) -> Vec<Code> {
    root.needs_section("codes").entries().iter().map(code).collect()
}

fn code(section: &Section<'_>) -> Code {
    let code = Code {
        number: number(section),
        means: section.needs_one_of("means", CODE_MEANINGS, CodeMeaning::Server),
        doc: section.needs_text("doc"),
        created: section.needs_one_of("created", CREATED, Created::Perhaps),
        retry_after: section.duration("retry_after"),
    };
    section.unknown_keys();
    code
}

/// Returns the number that is the key of an entry.
pub(super) fn number(section: &Section<'_>) -> At<u32> {
    let name = section.name();
    let number = name.parse().unwrap_or_else(|_| {
        section.report(
            name.fault(format!("`{}` is not a code", name.value), "must be a whole number from 0 to 4294967295"),
        );
        0
    });
    name.with(number)
}

pub(super) fn credits(root: &Section<'_>) -> Option<Credits> {
    let section = root.section("credits")?;
    let credits = Credits {
        path: if section.holds("amount") { Some(section.needs_text("path")) } else { section.text("path") },
        amount: if section.holds("path") { Some(section.needs_text("amount")) } else { section.text("amount") },
        cost: section.needs_decimal("cost"),
        costs: section.sections("costs").iter().map(cost).collect(),
    };
    section.unknown_keys();
    Some(credits)
}

fn cost(section: &Section<'_>) -> Cost {
    let cost = Cost { at: section.name().with(()), when: any_of(section, "when"), cost: section.needs_decimal("cost") };
    if cost.when.is_empty() && !section.holds("when") {
        section.missing("when");
    }
    section.unknown_keys();
    cost
}

pub(super) fn rate_limit(root: &Section<'_>) -> Option<RateLimit> {
    let section = root.section("rate_limit")?;
    let rate_limit = RateLimit {
        requests: section.needs_whole("requests"),
        per: section.needs_duration("per"),
        task_every: section.duration("task_every"),
    };
    section.unknown_keys();
    Some(rate_limit)
}
