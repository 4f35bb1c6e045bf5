//! Requests that are known only at run time.

use std::fmt;

use cover_spec::rules::{Rules, Value, Violations};
use cover_spec::tables::{Api, Credits, CreditsSpec};
use serde::{Serialize, Serializer};

use super::{AnyService, Request};
use crate::request::unlisted::FromJson;
use crate::request::{self, json};

/// A request to an operation whose spec was read at run time, from [`Client::request`](crate::runtime::Client::request). It keeps
/// every rule of the spec. A client of another spec refuses it, also if both specs are of the same operation.
#[derive(Clone, PartialEq)]
pub struct AnyRequest {
    operation: &'static str,
    rules: &'static Rules,
    mode: usize,
    /// The values that the caller gave, in the order of the fields.
    values: Vec<Option<Value<'static>>>,
}

impl AnyRequest {
    /// Reads a request from JSON, and checks it.
    pub(crate) fn read(
        operation: &'static str,
        rules: &'static Rules,
        json: &[u8],
        options: &FromJson,
    ) -> Result<Self, Violations> {
        let (mode, values) = json::check_with(rules, json, options)?.into_values();
        Ok(Self { operation, rules, mode, values })
    }

    /// Returns the name of the mode, as documentation gives it. `None` if the request has no modes.
    #[must_use]
    pub fn mode(&self) -> Option<&str> {
        Some(&self.rules.modes.get(self.mode)?.name)
    }
}

impl Request for AnyRequest {
    type Service = AnyService;

    fn canonical(&self, callback: Option<&str>) -> Vec<u8> {
        request::canonical(self.rules, self.mode, &self.values, callback)
    }

    fn check_lengths(&self, api: &Api, length_of: &dyn Fn(&str) -> Option<f64>) -> Result<(), Violations> {
        request::check_lengths((self.rules, api), self.mode, &self.values, length_of)
    }

    fn price(&self, credits: &CreditsSpec) -> Credits {
        credits.price(self.rules, self.mode, &self.values)
    }

    fn operation(&self) -> Option<&str> {
        Some(self.operation)
    }

    fn rules(&self) -> Option<&'static Rules> {
        Some(self.rules)
    }
}

impl Serialize for AnyRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        request::serialize(self.rules, self.mode, &self.values, serializer)
    }
}

/// Texts are shown as those of generated requests.
impl fmt::Debug for AnyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        request::debug("AnyRequest", self.rules, self.mode, &self.values, f)
    }
}
