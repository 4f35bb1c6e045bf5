//! The service, its codes and its limits.

use std::time::Duration;

use super::{At, Condition};
use crate::rules::Decimal;
use crate::tables::{CodeMeaning, Created};

/// `[service]`: the service and its address.
#[derive(Debug, Clone)]
pub struct Service {
    /// Name of the Rust type that stands for the service.
    pub name: At<String>,
    /// Id of the service in task handles.
    pub id: At<String>,
    /// Account that pays. Specs with the same account share its rate limit, credits and ledger.
    pub account: Option<At<String>>,
    /// What the service does, as documentation.
    pub doc: At<String>,
    /// Address of the service's documentation.
    pub docs: Option<At<String>>,
    /// Base URL.
    pub base_url: At<String>,
    /// Name of the header with the API key.
    pub auth_header: At<String>,
    /// Text before the key in that header, such as `Bearer`; may be empty.
    pub auth_scheme: At<String>,
    /// HTTP basic authentication: the user and the password, with `{key}` in place of the key.
    pub auth_basic: Option<At<String>>,
    /// Names and values of the headers that every request has.
    pub headers: Vec<(At<String>, At<String>)>,
    /// Environment variable with the API key.
    pub env_key: At<String>,
    /// Environment variable with another base URL.
    pub env_url: At<String>,
    /// Time after which the service deletes results.
    pub retention: Option<At<Duration>>,
}

/// `[envelope]`: where every answer has its code and message.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// Where an answer has its code. `None`: the HTTP status is the code.
    pub code: Option<At<String>>,
    /// Where an answer has its message.
    pub message: At<String>,
}

/// An entry of `[codes]`: one code of an answer.
#[derive(Debug, Clone)]
pub struct Code {
    /// The number.
    pub number: At<u32>,
    /// Kind of answer.
    pub means: At<CodeMeaning>,
    /// What the code says, as documentation.
    pub doc: At<String>,
    /// Whether a task was created.
    pub created: At<Created>,
    /// Time after which the same request may be sent again. `None`: never.
    pub retry_after: Option<At<Duration>>,
}

/// `[credits]`: the price of a request, and the GET that returns the remaining credits, if there is one.
#[derive(Debug, Clone)]
pub struct Credits {
    /// Path of the GET below the base URL.
    pub path: Option<At<String>>,
    /// Where its answer has the number of credits.
    pub amount: Option<At<String>>,
    /// Price of a request to which no entry of `costs` applies, in credits.
    pub cost: At<Decimal>,
    /// Prices that depend on the request. The first whose `when` holds counts.
    pub costs: Vec<Cost>,
}

impl Credits {
    /// Describes the price, such as "50 if `kind` is loud, or else 10".
    #[must_use]
    pub fn price_in_words(&self) -> String {
        let cost = |entry: &Cost| format!("{} if {}, or else ", entry.cost.value, Condition::any_in_words(&entry.when));
        self.costs.iter().map(cost).collect::<String>() + &self.cost.value.to_string()
    }
}

/// An entry of `costs`: a price that depends on the request.
#[derive(Debug, Clone)]
pub struct Cost {
    /// Place of the entry.
    pub at: At<()>,
    /// Conditions under which it counts.
    pub when: Vec<Condition>,
    /// Price of a request, in credits.
    pub cost: At<Decimal>,
}

/// `[rate_limit]`: how many requests the service takes.
#[derive(Debug, Clone)]
pub struct RateLimit {
    /// Number of requests of one API key within `per`.
    pub requests: At<u32>,
    /// The time that `requests` is counted over.
    pub per: At<Duration>,
    /// Minimum time between two polls of one task.
    pub task_every: Option<At<Duration>>,
}
