//! What requests would cost, and whether the credits of the account are enough.

use std::ops::Add;

use cover_spec::tables::Credits;

use super::Client;
use super::sending::check_operation;
use crate::error::Error;
use crate::service::{Request, Service};

/// The price of requests and the credits of the account, from [`Client::quote`].
///
/// Quotes of several operations of one account can be added:
///
/// ```
/// use cover_api::runtime::{Credits, Quote};
///
/// let [covers, lyrics] = [Quote::new(24, 30), Quote::new(Credits::from_thousandths(400), 30)];
/// let both = covers + lyrics;
/// assert_eq!(both.cost().to_string(), "24.4");
/// assert!(both.is_enough());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    cost: Credits,
    left: Credits,
}

impl Quote {
    /// Creates a quote from the price of requests and the credits that are left.
    #[must_use]
    pub fn new(cost: impl Into<Credits>, left: impl Into<Credits>) -> Self {
        Self { cost: cost.into(), left: left.into() }
    }

    /// Returns the price of the requests, as their specs give it.
    #[must_use]
    pub fn cost(&self) -> Credits {
        self.cost
    }

    /// Returns the credits that are left before the requests are sent.
    #[must_use]
    pub fn left(&self) -> Credits {
        self.left
    }

    /// Returns whether the credits are enough for all requests.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.cost <= self.left
    }

    /// Returns the credits that are missing to send all requests, or [`Credits::ZERO`].
    #[must_use]
    pub fn missing(&self) -> Credits {
        self.cost.less(self.left)
    }
}

/// Adds the prices. The credits are those of one account, so the lower of both amounts is left.
impl Add for Quote {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { cost: self.cost.plus(other.cost), left: self.left.min(other.left) }
    }
}

impl<S: Service> Client<S> {
    /// Returns the price of a request, as the spec gives it. `None` if the spec has no `[credits]`. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] if the request is for another operation.
    pub fn price<R: Request<Service = S>>(&self, request: &R) -> Result<Option<Credits>, Error<S>> {
        check_operation(request, &self.operation)?;
        Ok(self.operation.api.credits.as_ref().map(|credits| request.price(credits)))
    }

    /// Adds up the prices of requests, and asks for the credits that are left. Nothing is sent but that question.
    ///
    /// The quote does not look at the ledger: it has the price of each request, also if its purchase exists already.
    ///
    /// ```no_run
    /// # async fn example(client: cover_api::Client, requests: &[cover_api::CoverRequest]) -> Result<(), cover_api::Error> {
    /// let quote = client.quote(requests).await?;
    /// if !quote.is_enough() {
    ///     println!("{} of {} credits are missing", quote.missing(), quote.cost());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`credits`](Self::credits) and [`price`](Self::price).
    pub async fn quote<'r, R>(&self, requests: impl IntoIterator<Item = &'r R>) -> Result<Quote, Error<S>>
    where
        R: Request<Service = S> + 'r,
    {
        let prices = requests.into_iter().map(|request| Ok(self.price(request)?.unwrap_or_default()));
        let cost = prices.collect::<Result<Vec<_>, Error<S>>>()?.into_iter().sum();
        Ok(Quote { cost, left: self.credits().await? })
    }
}
