//! Violations as JSON: `{"field":"title","rule":"max_length","limit":80,"actual":81,"mode":"…","model":"…"}`.

use serde::ser::{Serialize, SerializeSeq, SerializeStruct, Serializer};

use super::violations::More;
use super::{Figure, Violation, Violations};

impl Serialize for Violations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let omitted = self.omitted();
        let mut list = serializer.serialize_seq(Some(self.iter().len() + usize::from(omitted > 0)))?;
        for violation in self {
            list.serialize_element(violation)?;
        }
        if omitted > 0 {
            let message = More(omitted).to_string();
            list.serialize_element(&Row {
                field: "request",
                rule: "omitted",
                actual: Some(Figure::Items(omitted as u64)),
                message,
                ..Row::default()
            })?;
        }
        list.end()
    }
}

impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = Row {
            field: self.field(),
            rule: self.rule().name(),
            limit: self.limit(),
            actual: self.actual(),
            mode: self.mode(),
            model: self.model(),
            detail: self.detail(),
            message: self.to_string(),
        };
        row.serialize(serializer)
    }
}

/// One object of the list.
#[derive(Default)]
struct Row<'a> {
    field: &'a str,
    rule: &'a str,
    limit: Option<Figure>,
    actual: Option<Figure>,
    mode: Option<&'a str>,
    model: Option<&'a str>,
    detail: Option<&'a str>,
    message: String,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Violation", 8)?;
        fields.serialize_field("field", self.field)?;
        fields.serialize_field("rule", self.rule)?;
        fields.serialize_field("limit", &self.limit)?;
        fields.serialize_field("actual", &self.actual)?;
        fields.serialize_field("mode", &self.mode)?;
        fields.serialize_field("model", &self.model)?;
        fields.serialize_field("detail", &self.detail)?;
        fields.serialize_field("message", &self.message)?;
        fields.end()
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Length(count, _) | Self::Bytes(count) | Self::Items(count) => serializer.serialize_u64(*count),
            Self::Number(number) => serializer.serialize_f64(*number),
        }
    }
}
