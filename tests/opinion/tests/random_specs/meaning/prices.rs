//! The price of a request.

use toml::{Table, Value};

use super::body::Body;
use super::reading::Reader;
use super::{Conditions, Spec};
use crate::json::Json;

/// `[credits]`: what a request costs, in the notation of the spec.
pub struct Prices {
    pub cost: String,
    /// Entries with a condition, each with its price.
    pub costs: Vec<(Conditions, String)>,
}

impl Prices {
    pub fn read(spec: &Table, reader: &Reader<'_>) -> Option<Self> {
        let credits = spec.get("credits")?;
        let cost = |table: &Value| match &table["cost"] {
            Value::Integer(cost) => cost.to_string(),
            cost => cost.as_float().map(|cost| cost.to_string()).expect("a number"),
        };
        let costs = credits.get("costs").and_then(Value::as_array).into_iter().flatten();
        let costs = costs.map(|entry| (reader.conditions(entry.get("when")), cost(entry))).collect();
        Some(Self { cost: cost(credits), costs })
    }
}

/// Returns the price of a body that keeps every rule. `None` if the spec has no prices.
pub fn price<'a>(spec: &'a Spec, body: &Json) -> Option<&'a str> {
    let prices = spec.prices.as_ref()?;
    let body = Body::of(spec, body)?;
    let entry = prices.costs.iter().find(|(when, _)| when.as_ref().is_some_and(|when| body.one_holds(when)));
    Some(entry.map_or(&prices.cost, |(_, cost)| cost))
}
