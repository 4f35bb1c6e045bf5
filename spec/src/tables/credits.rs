//! Amounts of credits, and the prices of requests.

#[cfg(feature = "serde")]
mod serialize;

use std::fmt;
use std::iter::Sum;

use super::JsonPath;
use crate::rules::{Condition, Decimal, List, Rules, Str, Value};

/// An amount of credits, exact to a thousandth.
///
/// Sums stop at [`Credits::MAX`], and differences at [`Credits::ZERO`].
///
/// ```
/// use cover_spec::tables::Credits;
///
/// let prices = [Credits::from(12), Credits::from_thousandths(400)];
/// assert_eq!(prices.into_iter().sum::<Credits>().to_string(), "12.4");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Credits {
    thousandths: u64,
}

impl Credits {
    /// No credits.
    pub const ZERO: Self = Self { thousandths: 0 };

    /// The greatest amount. It is exact as a JSON number in every language.
    pub const MAX: Self = Self { thousandths: 1_000_000_000_000_000 - 1 };

    /// Creates an amount of at most [`Credits::MAX`].
    #[must_use]
    pub const fn from_thousandths(thousandths: u64) -> Self {
        if thousandths > Self::MAX.thousandths { Self::MAX } else { Self { thousandths } }
    }

    /// Returns the number of thousandths of a credit.
    #[must_use]
    pub const fn thousandths(self) -> u64 {
        self.thousandths
    }

    /// Returns the amount in a number as a service reports it, without digits after the third. A number below 0 counts as 0.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::float_cmp,
        reason = "a conversion to an integer stops at its ends, and an equal number is exact"
    )]
    pub fn rounded_down(number: f64) -> Self {
        // The product of the nearest floating-point number may lie just below that of the decimal.
        let nearest = (number * 1000.0).round();
        let is_exact = nearest / 1000.0 == number;
        Self::from_thousandths(if is_exact { nearest } else { number * 1000.0 } as u64)
    }

    /// Returns the amount that a decimal number says exactly.
    #[must_use]
    pub fn exact(number: Decimal) -> Option<Self> {
        let places = 3_u32.checked_sub(number.scale)?;
        let thousandths = u64::try_from(number.digits).ok()?.checked_mul(10_u64.pow(places))?;
        (thousandths <= Self::MAX.thousandths).then_some(Self { thousandths })
    }

    /// Returns the nearest floating-point number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the greatest amount has 15 digits")]
    pub fn value(self) -> f64 {
        self.thousandths as f64 / 1000.0
    }

    /// Returns the sum.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self::from_thousandths(self.thousandths.saturating_add(other.thousandths))
    }

    /// Returns the difference.
    #[must_use]
    pub const fn less(self, other: Self) -> Self {
        Self { thousandths: self.thousandths.saturating_sub(other.thousandths) }
    }
}

impl From<u32> for Credits {
    fn from(credits: u32) -> Self {
        Self { thousandths: u64::from(credits) * 1000 }
    }
}

impl Sum for Credits {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, Self::plus)
    }
}

/// Shows `12`, `0.4` or `0.025`.
impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.thousandths / 1000, self.thousandths % 1000);
        let digits = format!("{rest:03}");
        let shown = match digits.trim_end_matches('0') {
            "" => whole.to_string(),
            digits => format!("{whole}.{digits}"),
        };
        f.pad(&shown)
    }
}

/// The price of a request, and the GET that returns the remaining credits.
#[derive(Debug, Clone, PartialEq)]
pub struct CreditsSpec {
    /// Path of the GET below the base URL; empty if there is none.
    pub path: Str,
    /// Where its answer has the number of credits.
    pub amount: JsonPath,
    /// The price of a request to which no entry of `costs` applies.
    pub cost: Credits,
    /// Prices that depend on the request. The first whose condition holds counts.
    pub costs: List<CostSpec>,
}

/// A price that depends on the request.
#[derive(Debug, Clone, PartialEq)]
pub struct CostSpec {
    /// Conditions. At least one must hold.
    pub when: List<Condition>,
    /// The price.
    pub cost: Credits,
}

impl CreditsSpec {
    /// Returns the price of a request with these values in a mode. If it depends on values that are not known yet, it is the highest
    /// possible price.
    #[must_use]
    pub fn price(&self, rules: &Rules, mode: usize, values: &[Option<Value<'_>>]) -> Credits {
        let mut highest = Credits::ZERO;
        for entry in self.costs.iter() {
            match rules.any_holds(mode, values, &entry.when) {
                Some(true) => return highest.max(entry.cost),
                Some(false) => {}
                None => highest = highest.max(entry.cost),
            }
        }
        highest.max(self.cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_without_needless_digits() {
        for (thousandths, shown) in [(0, "0"), (12_000, "12"), (400, "0.4"), (25, "0.025"), (12_340, "12.34")] {
            assert_eq!(Credits::from_thousandths(thousandths).to_string(), shown);
        }
        assert_eq!(format!("{:>5}", Credits::from(12)), "   12");
        assert_eq!(Credits::MAX.to_string(), "999999999999.999");
    }

    #[test]
    fn a_number_of_a_service_is_never_rounded_up() {
        for (number, thousandths) in [
            (0.4, 400),
            (87.25, 87_250),
            (0.001, 1),
            (1.001, 1001),
            (0.0004, 0),
            (0.0009, 0),
            (2.999_9, 2999),
            (-1.0, 0),
            (f64::NAN, 0),
        ] {
            assert_eq!(Credits::rounded_down(number).thousandths(), thousandths, "{number}");
        }
        assert_eq!(Credits::rounded_down(f64::INFINITY), Credits::MAX);
    }

    #[test]
    fn every_amount_is_the_same_after_it_was_a_floating_point_number() {
        let amounts = (0..5_000).chain((0..5_000).map(|less| Credits::MAX.thousandths() - less * 7));
        for amount in amounts.map(Credits::from_thousandths) {
            assert_eq!(Credits::rounded_down(amount.value()), amount);
        }
    }

    #[test]
    fn a_decimal_is_exact_or_no_amount() {
        let exact = |text| Credits::exact(Decimal::parse(text).unwrap());
        assert_eq!(exact("0.4"), Some(Credits::from_thousandths(400)));
        assert_eq!(exact("2.125"), Some(Credits::from_thousandths(2125)));
        assert_eq!(exact("0"), Some(Credits::ZERO));
        for text in ["-1", "0.0001", "1000000000000"] {
            assert_eq!(exact(text), None, "{text}");
        }
    }

    #[test]
    fn sums_and_differences_stop_at_the_ends() {
        let (one, two) = (Credits::from(1), Credits::from(2));
        assert_eq!((one.plus(two), two.less(one), one.less(two)), (Credits::from(3), one, Credits::ZERO));
        assert_eq!(Credits::MAX.plus(one), Credits::MAX);
        assert_eq!([one, two].into_iter().sum::<Credits>(), Credits::from(3));
    }
}
