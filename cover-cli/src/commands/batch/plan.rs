//! What a batch would buy, and for how much.

use cover_api::runtime::Credits;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::batch::Item;
use crate::exit::{Exit, Failure};
use crate::operation::Operation;
use crate::purchase::is_on_disk;
use crate::screen::credits;
use crate::settings::Session;

/// Number of keys that are looked up at the same time.
const TOGETHER: usize = 16;

/// The price of a batch. Rows that the ledger has cost nothing.
#[derive(Debug)]
pub(super) struct Plan {
    rows: usize,
    /// Rows that are not the first with their key.
    repeated: usize,
    to_buy: usize,
    /// The price; `None` if the spec has no prices.
    price: Option<Credits>,
    left: Option<Credits>,
    is_free: bool,
}

impl Plan {
    pub(super) async fn of(session: &Session, operation: &Operation, items: &[Item]) -> Result<Self, Failure> {
        let client = session.client_of(operation)?;
        let firsts = items.iter().filter(|item| item.same_as.is_none());
        let new = stream::iter(firsts).map(|item| {
            let client = client.clone();
            async move {
                let order = &item.order;
                if is_on_disk(session, operation, order)?.is_some() {
                    return Ok(None);
                }
                match client.find(&order.key).await {
                    Ok(None) => Ok(Some(order.price)),
                    Err(error) if error.is_ledger() => Err(Failure::from(error)),
                    // It was bought before, or may have been.
                    Ok(Some(_)) | Err(_) => Ok(None),
                }
            }
        });
        let found: Vec<Option<Option<Credits>>> = new.buffer_unordered(TOGETHER).try_collect().await?;
        let new: Vec<Option<Credits>> = found.into_iter().flatten().collect();
        let api = operation.spec.api();
        let is_free = api.submit.method == cover_spec::tables::Method::Get;
        let price = if is_free { Some(Credits::ZERO) } else { new.iter().copied().sum() };
        let asks = !is_free && !new.is_empty() && price.is_some();
        let left = match session.client.credits().await {
            _ if !asks => None,
            Err(error) if error.is_unauthorized() => return Err(error.into()),
            left => left.ok(),
        };
        let repeated = items.iter().filter(|item| item.same_as.is_some()).count();
        Ok(Self { rows: items.len(), repeated, to_buy: new.len(), price, left, is_free })
    }

    /// Whether something would be paid.
    pub(super) fn costs(&self) -> bool {
        self.to_buy > 0 && !self.is_free
    }

    /// Refuses a batch that costs more than this.
    pub(super) fn check_price(&self, most: Credits) -> Result<(), Failure> {
        match self.price {
            Some(price) if price <= most => Ok(()),
            Some(price) => {
                let (price, most) = (credits(price), credits(most));
                let failure =
                    Failure::new(Exit::Refused, format!("--max-spend: the rows cost {price}, more than {most}"));
                Err(failure.hint("nothing was sent; leave out rows, or raise the limit"))
            }
            None => Err(Failure::usage("--max-spend: the spec has no prices, so that no limit can be kept")),
        }
    }

    /// Describes the plan: `20 rows: 15 to buy for about 180 credits (188 left), 5 bought before`.
    pub(super) fn in_words(&self) -> String {
        let price = self.price.filter(|_| self.costs()).map(|price| format!(" for about {}", credits(price)));
        let left = self.left.map(|left| match self.price {
            Some(price) if price > left => format!(" (only {left} left)"),
            _ => format!(" ({left} left)"),
        });
        let (price, left) = (price.unwrap_or_default(), left.unwrap_or_default());
        let others = [(self.bought(), "bought before"), (self.repeated, "the same as an earlier row")];
        let others = others.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}"));
        format!("{} rows: {} to buy{price}{left}{}", self.rows, self.to_buy, others.collect::<String>())
    }

    pub(super) fn event(&self) -> Value {
        json!({
            "event": "plan", "rows": self.rows, "to_buy": self.to_buy, "bought": self.bought(), "same": self.repeated,
            "cost": self.price.map(Credits::value), "left": self.left.map(Credits::value),
        })
    }

    fn bought(&self) -> usize {
        self.rows - self.repeated - self.to_buy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(price: u32, left: u32) -> Plan {
        let (price, left) = (Some(Credits::from(price)), Some(Credits::from(left)));
        Plan { rows: 20, repeated: 1, to_buy: 15, price, left, is_free: false }
    }

    #[test]
    fn a_plan_says_what_is_bought_and_for_how_much() {
        let words =
            "20 rows: 15 to buy for about 180 credits (188 left), 4 bought before, 1 the same as an earlier row";
        assert_eq!(plan(180, 188).in_words(), words);
        assert!(plan(180, 20).in_words().contains("(only 20 left)"));
    }

    #[test]
    fn a_plan_may_not_cost_more_than_the_limit() {
        assert!(plan(180, 188).check_price(Credits::from(180)).is_ok());
        assert_eq!(plan(180, 188).check_price(Credits::from(179)).unwrap_err().exit, Exit::Refused);
        let unpriced = Plan { price: None, ..plan(0, 0) };
        assert_eq!(unpriced.check_price(Credits::MAX).unwrap_err().exit, Exit::Usage);
    }
}
