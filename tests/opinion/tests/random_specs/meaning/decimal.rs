//! Numbers in their shortest decimal notation.

/// Returns a count as a number.
#[expect(clippy::cast_precision_loss, reason = "the bodies are short")]
pub fn as_number(count: usize) -> f64 {
    count as f64
}

/// Returns the digits without the point, and the number of digits after the point.
fn digits(number: f64) -> (String, usize) {
    let shown = number.abs().to_string();
    let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
    (format!("{whole}{fraction}"), fraction.len())
}

/// Whether a number is a multiple of another, both in their shortest notation.
pub fn is_multiple(number: f64, of: f64) -> bool {
    let (mut digits_of_number, after) = digits(number);
    let (mut digits_of_unit, unit_after) = digits(of);
    digits_of_number.extend(std::iter::repeat_n('0', unit_after.saturating_sub(after)));
    digits_of_unit.extend(std::iter::repeat_n('0', after.saturating_sub(unit_after)));
    let Ok(unit) = digits_of_unit.parse::<u128>() else {
        // The unit has many zeros because the number has many digits after the point.
        return digits_of_number.bytes().all(|digit| digit == b'0');
    };
    let rest = digits_of_number.bytes().fold(0, |rest: u128, digit| (rest * 10 + u128::from(digit - b'0')) % unit);
    rest == 0
}

/// Digits after the point of a number that a difference takes into account.
const PLACES: usize = 20;

/// Returns the difference of two numbers, rounded to billionths, times ten to the power of [`PLACES`].
#[expect(clippy::cast_possible_truncation, reason = "numbers so large have no digits after the point")]
pub fn difference(larger: f64, smaller: f64) -> i128 {
    const BILLIONTH: i128 = 100_000_000_000;
    if larger.abs().max(smaller.abs()) >= 1e17 {
        return ((larger - smaller) as i128).saturating_mul(BILLIONTH * 1_000_000_000);
    }
    let difference = shifted(larger) - shifted(smaller);
    (difference.abs() + BILLIONTH / 2) / BILLIONTH * BILLIONTH * difference.signum()
}

/// Returns the number times ten to the power of [`PLACES`].
pub fn shifted(number: f64) -> i128 {
    let (shown, after) = digits(number);
    let kept = &shown[..shown.len() - after.saturating_sub(PLACES)];
    let zeros = "0".repeat(PLACES.saturating_sub(after));
    let shifted: i128 = format!("{kept}{zeros}").parse().unwrap_or_default();
    if number < 0.0 { -shifted } else { shifted }
}
