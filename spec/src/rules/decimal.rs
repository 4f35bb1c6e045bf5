//! Exact decimal numbers.

use std::cmp::Ordering;
use std::fmt;
use std::iter::repeat_n;

use super::MOST_EXACT;

/// An exact decimal number, such as the limit 0.01: at most 15 digits, or a whole number of at most [`MOST_EXACT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// The digits, without the point.
    pub digits: i64,
    /// Number of digits after the point; at most 15.
    pub scale: u32,
}

impl Decimal {
    /// Parses a number such as `-12`, `0.01` or `1e-2`.
    ///
    /// ```
    /// use cover_spec::rules::Decimal;
    ///
    /// assert_eq!(Decimal::parse("0.010"), Some(Decimal { digits: 1, scale: 2 }));
    /// assert_eq!(Decimal::parse("1e-2"), Decimal::parse("0.01"));
    /// assert_eq!(Decimal::parse("nan"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let fraction = fraction.trim_end_matches('0');
        if !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let mut digits: i64 = format!("{whole}{fraction}").parse().ok()?;
        // Without this, the loops below would take very long for `0e2000000000`.
        if digits == 0 {
            return exponent.parse::<i32>().ok().map(|_| Self { digits, scale: 0 });
        }
        let mut scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent.parse().ok()?)?;
        while scale < 0 {
            digits = digits.checked_mul(10)?;
            scale += 1;
        }
        while scale > 0 && digits % 10 == 0 {
            digits /= 10;
            scale -= 1;
        }
        let most = if scale == 0 { MOST_EXACT.unsigned_abs() } else { 10_u64.pow(15) - 1 };
        let fits = digits.unsigned_abs() <= most && scale <= 15;
        fits.then_some(Self { digits, scale: scale.unsigned_abs() })
    }

    /// Returns the nearest floating-point number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "`parse` takes only digits that are exact")]
    pub fn value(self) -> f64 {
        // Both are exact, as they are at most 2^53 and 10^22. The division rounds once, as parsing does.
        self.digits as f64 / power_of_ten(self.scale)
    }

    /// Returns the number in units of 10^-15, which is exact.
    pub(crate) fn units(self) -> i128 {
        i128::from(self.digits) * 10_i128.pow(15_u32.saturating_sub(self.scale))
    }

    /// Whether `number`, in its shortest notation, is a multiple of this decimal.
    ///
    /// ```
    /// let step = cover_spec::rules::Decimal::parse("0.01").unwrap();
    /// assert!(step.divides(0.29));
    /// assert!(!step.divides(0.295));
    /// ```
    #[must_use]
    pub fn divides(self, number: f64) -> bool {
        let step = u128::from(self.digits.unsigned_abs());
        if !number.is_finite() || step == 0 {
            return false;
        }
        let shown = number.abs().to_string();
        let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
        let Some(zeros) = (self.scale as usize).checked_sub(fraction.len()) else { return false };
        let digits = whole.bytes().chain(fraction.bytes()).chain(repeat_n(b'0', zeros));
        digits.fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % step) == 0
    }
}

fn power_of_ten(scale: u32) -> f64 {
    (0..scale.min(22)).fold(1.0, |power, _| power * 10.0)
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.value())
    }
}

/// Number of digits after the point with which a difference is computed, before it is rounded.
const PLACES: usize = 20;
/// One billionth, in units of 10^-20.
const BILLIONTH: i128 = 100_000_000_000;

/// The difference of two numbers in their shortest notation, rounded to nine digits after the point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Difference {
    billionths: i128,
    /// The nearest floating-point number.
    pub(crate) value: f64,
}

impl Difference {
    /// Returns `larger` less `smaller`, if both are finite.
    #[expect(clippy::cast_possible_truncation, reason = "a number of at least 10^17 is a whole number")]
    pub(crate) fn of(larger: f64, smaller: f64) -> Option<Self> {
        if !larger.is_finite() || !smaller.is_finite() {
            return None;
        }
        let (Some(minuend), Some(subtrahend)) = (shifted(larger), shifted(smaller)) else {
            let value = larger - smaller;
            return Some(Self { billionths: (value as i128).saturating_mul(1_000_000_000), value });
        };
        let exact = minuend - subtrahend;
        let billionths = (exact.abs() + BILLIONTH / 2) / BILLIONTH * exact.signum();
        Some(Self { billionths, value: format!("{billionths}e-9").parse().ok()? })
    }

    /// Compares the difference with a limit.
    pub(crate) fn compared_to(self, limit: Decimal) -> Ordering {
        self.billionths.saturating_mul(1_000_000).cmp(&limit.units())
    }
}

/// Returns a number in units of 10^-20, without further digits, if it is less than 10^17.
fn shifted(number: f64) -> Option<i128> {
    let shown = number.abs().to_string();
    let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
    if whole.len() > 17 {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction:0<PLACES$.PLACES$}").parse().ok()?;
    Some(if number < 0.0 { -digits } else { digits })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_that_of_the_shortest_notations() {
        for (larger, smaller, value, limit) in [
            (0.3, 0.1, 0.2, "0.2"),
            (0.1, 0.3, -0.2, "-0.2"),
            (7_925_968_355_087.0, 0.0, 7_925_968_355_087.0, "7925968355087"),
            (9_007_199_254_740_991.0, 1.0, 9_007_199_254_740_990.0, "9007199254740990"),
            (0.000_000_001_5, 0.0, 0.000_000_002, "2e-9"),
            (0.0, 0.000_000_001_5, -0.000_000_002, "-2e-9"),
            (0.000_000_001_499, 0.0, 0.000_000_001, "1e-9"),
            (1e300, 1e300, 0.0, "0"),
        ] {
            let difference = Difference::of(larger, smaller).unwrap();
            assert_eq!(difference.value.to_string(), value.to_string());
            assert_eq!(difference.compared_to(Decimal::parse(limit).unwrap()), Ordering::Equal, "{value}");
        }
    }

    #[test]
    fn a_difference_is_compared_with_all_digits_of_the_limit() {
        let difference = Difference::of(0.000_000_001, 0.0).unwrap();
        assert_eq!(difference.compared_to(Decimal::parse("1.000001e-9").unwrap()), Ordering::Less);
        assert_eq!(difference.compared_to(Decimal::parse("0.999999e-9").unwrap()), Ordering::Greater);
    }

    #[test]
    fn a_difference_of_large_numbers_is_compared_and_one_without_end_is_not() {
        let limit = Decimal { digits: MOST_EXACT, scale: 0 };
        assert_eq!(Difference::of(1e308, -1e308).unwrap().compared_to(limit), Ordering::Greater);
        assert_eq!(Difference::of(-1e17, 1e17).unwrap().compared_to(limit), Ordering::Less);
        assert!(Difference::of(f64::NAN, 0.0).is_none() && Difference::of(0.0, f64::INFINITY).is_none());
    }

    #[test]
    fn every_difference_of_whole_numbers_keeps_a_limit_of_the_same_number() {
        for n in 1..2000_i32 {
            let end = f64::from(n) * 4_503_599_627.0 + 1.0;
            let limit = Decimal::parse(&end.to_string()).unwrap();
            assert_eq!(Difference::of(end, 0.0).unwrap().compared_to(limit), Ordering::Equal, "{end}");
        }
    }

    #[test]
    fn every_hundredth_is_a_multiple_of_one_hundredth() {
        let step = Decimal { digits: 1, scale: 2 };
        for n in -1000..=1000 {
            let number: f64 = format!("{n}e-2").parse().unwrap();
            assert!(step.divides(number), "{number}");
            assert!(!step.divides(number + 0.005), "{number}");
        }
    }

    #[test]
    fn numbers_without_end_are_no_multiple() {
        let step = Decimal { digits: 1, scale: 2 };
        for number in [f64::NAN, f64::INFINITY, 0.1 + 0.2] {
            assert!(!step.divides(number), "{number}");
        }
    }

    #[test]
    fn large_numbers_are_multiples_by_their_digits() {
        let two = Decimal { digits: 2, scale: 0 };
        let three = Decimal { digits: 3, scale: 0 };
        for number in [1e300, -1e16, 9_007_199_254_740_994.0] {
            assert!(two.divides(number), "{number}");
        }
        assert!(!three.divides(1e300));
        assert!(three.divides(3e300));
    }

    #[test]
    fn what_is_no_short_decimal_is_refused() {
        for text in ["", "inf", "+nan", "1e400", "1e-400", "1.234567890123456", "0.1.2", "0x10", "1.-5"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_decimal_shows_as_it_was_written() {
        for text in ["0.01", "-12.5", "1", "0"] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_decimal_is_read_in_its_shortest_form() {
        for (text, digits, scale) in [
            ("0.010", 1, 2),
            ("1e-2", 1, 2),
            ("10e-2", 1, 1),
            ("100e-2", 1, 0),
            ("1200", 1200, 0),
            ("1.5e1", 15, 0),
            ("1.5E2", 150, 0),
            ("-12e2", -1200, 0),
            ("999999999999999", 999_999_999_999_999, 0),
            ("1e15", 1_000_000_000_000_000, 0),
            ("9007199254740991", MOST_EXACT, 0),
            ("-9007199254740991.0", -MOST_EXACT, 0),
            ("0.999999999999999", 999_999_999_999_999, 15),
            ("1e-15", 1, 15),
            ("0e2147483647", 0, 0),
            ("0.0e-2147483648", 0, 0),
        ] {
            assert_eq!(Decimal::parse(text), Some(Decimal { digits, scale }), "{text}");
        }
        for text in [
            "9007199254740992",
            "-9007199254740993",
            "900719925474099.1",
            "1e16",
            "1e-16",
            "1e2147483647",
            "0ex",
            "0e99999999999",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
