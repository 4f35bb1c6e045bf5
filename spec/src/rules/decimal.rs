//! Exact decimal numbers.

use std::fmt;

/// An exact decimal number of at most 15 digits, such as the limit 0.01.
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
        let fits = digits.unsigned_abs() < 10_u64.pow(15) && scale <= 15;
        fits.then_some(Self { digits, scale: scale.unsigned_abs() })
    }

    /// Returns the nearest floating-point number.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "15 digits are exact")]
    pub fn value(self) -> f64 {
        // Both are exact, as they are below 2^53 and 10^22. The division rounds once, as parsing does.
        self.digits as f64 / power_of_ten(self.scale)
    }

    /// Whether `number`, in its shortest notation, is a multiple of this decimal.
    ///
    /// ```
    /// let step = cover_spec::rules::Decimal::parse("0.01").unwrap();
    /// assert!(step.divides(0.29));
    /// assert!(!step.divides(0.295));
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "bounded by 2^53 before")]
    #[expect(clippy::float_cmp, reason = "equal to the bit is the question: both sides round the same decimal")]
    pub fn divides(self, number: f64) -> bool {
        const EXACT: f64 = (1_u64 << 53) as f64;
        let power = power_of_ten(self.scale);
        let scaled = (number * power).round();
        if !scaled.is_finite() || scaled.abs() > EXACT || self.digits == 0 {
            return false;
        }
        scaled / power == number && scaled as i64 % self.digits == 0
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

#[cfg(test)]
mod tests {
    use super::*;

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
        for number in [f64::NAN, f64::INFINITY, 1e300, 0.1 + 0.2] {
            assert!(!step.divides(number), "{number}");
        }
    }

    #[test]
    fn what_is_no_short_decimal_is_refused() {
        for text in ["", "inf", "+nan", "1e400", "1e-400", "1234567890123456", "0.1.2", "0x10", "1.-5"] {
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
            ("1e-15", 1, 15),
            ("0e2147483647", 0, 0),
            ("0.0e-2147483648", 0, 0),
        ] {
            assert_eq!(Decimal::parse(text), Some(Decimal { digits, scale }), "{text}");
        }
        for text in ["1000000000000000", "1e15", "1e-16", "1e2147483647", "0ex", "0e99999999999"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
