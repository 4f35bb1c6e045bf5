//! JSON as it was written: with the digits of numbers, and with members that occur twice.

use std::fmt;

/// A value in JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Truth(bool),
    /// The digits as written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Returns a text.
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// Returns a number with the shortest digits.
    pub fn number(number: f64) -> Self {
        Self::Number(number.to_string())
    }

    /// Returns the number that the digits are read as.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// Returns a member of an object.
    pub fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().find(|(member, _)| member == name).map(|(_, value)| value),
            _ => None,
        }
    }

    /// Whether two scalars have the same value, however it is written.
    pub fn is(&self, other: &Self) -> bool {
        match (self.as_number(), other.as_number()) {
            (Some(one), Some(two)) => one.total_cmp(&two).is_eq() || (one + 0.0).total_cmp(&(two + 0.0)).is_eq(),
            _ => self == other,
        }
    }
}

impl From<&toml::Value> for Json {
    fn from(value: &toml::Value) -> Self {
        match value {
            toml::Value::String(text) => Self::text(text),
            toml::Value::Integer(number) => Self::Number(number.to_string()),
            toml::Value::Float(number) => Self::number(*number),
            toml::Value::Boolean(truth) => Self::Truth(*truth),
            toml::Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            toml::Value::Datetime(_) | toml::Value::Table(_) => Self::Null,
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Truth(truth) => write!(f, "{truth}"),
            Self::Number(digits) => f.write_str(digits),
            Self::Text(text) => f.write_str(&serde_json::Value::from(text.as_str()).to_string()),
            Self::List(items) => {
                f.write_str("[")?;
                for (number, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if number > 0 { "," } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (number, (name, value)) in members.iter().enumerate() {
                    write!(f, "{}{}:{value}", if number > 0 { "," } else { "" }, Self::text(name))?;
                }
                f.write_str("}")
            }
        }
    }
}
