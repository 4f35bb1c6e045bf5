//! Amounts as JSON numbers.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Credits;

impl Serialize for Credits {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.thousandths.is_multiple_of(1000) {
            serializer.serialize_u64(self.thousandths / 1000)
        } else {
            serializer.serialize_f64(self.value())
        }
    }
}

impl<'de> Deserialize<'de> for Credits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Amount)
    }
}

/// Reads a number that [`Serialize`] writes.
struct Amount;

impl Visitor<'_> for Amount {
    type Value = Credits;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number from 0 to {} with at most three digits after the point", Credits::MAX)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Credits, E> {
        let thousandths = number.checked_mul(1000).filter(|thousandths| *thousandths <= Credits::MAX.thousandths);
        let thousandths = thousandths.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self))?;
        Ok(Credits { thousandths })
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Credits, E> {
        let whole = u64::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))?;
        self.visit_u64(whole)
    }

    #[expect(clippy::float_cmp, reason = "an amount that was written is read exactly")]
    fn visit_f64<E: Error>(self, number: f64) -> Result<Credits, E> {
        let amount = Credits::rounded_down(number);
        let is_exact = amount.value() == number;
        if is_exact { Ok(amount) } else { Err(E::invalid_value(Unexpected::Float(number), &self)) }
    }
}

#[cfg(test)]
mod tests {
    use serde::de::value::{Error, F64Deserializer, I64Deserializer, U64Deserializer};

    use super::*;

    #[test]
    fn an_amount_is_read_from_a_number_that_is_exact() {
        let float = |number| Credits::deserialize(F64Deserializer::<Error>::new(number));
        let unsigned = |number| Credits::deserialize(U64Deserializer::<Error>::new(number));
        let signed = |number| Credits::deserialize(I64Deserializer::<Error>::new(number));
        assert_eq!(float(0.4), Ok(Credits::from_thousandths(400)));
        assert_eq!((unsigned(12), signed(12)), (Ok(Credits::from(12)), Ok(Credits::from(12))));
        for refused in [float(0.0001), float(-1.0), float(f64::NAN), unsigned(u64::MAX), signed(-1)] {
            assert!(refused.unwrap_err().to_string().contains("a number from 0 to 999999999999.999"));
        }
    }
}
