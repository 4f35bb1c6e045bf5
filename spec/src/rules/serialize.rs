//! Violations as JSON: `{"field":"title","rule":"max_length","limit":80,"actual":81,"mode":"…","model":"…"}`.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::{Figure, Violation, Violations};

impl Serialize for Violations {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Violation", 8)?;
        fields.serialize_field("field", self.field())?;
        fields.serialize_field("rule", self.rule().name())?;
        fields.serialize_field("limit", &self.limit())?;
        fields.serialize_field("actual", &self.actual())?;
        fields.serialize_field("mode", &self.mode())?;
        fields.serialize_field("model", &self.model())?;
        fields.serialize_field("detail", &self.detail())?;
        fields.serialize_field("message", &self.to_string())?;
        fields.end()
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Length(count, _) | Self::Items(count) => serializer.serialize_u64(*count),
            Self::Number(number) => serializer.serialize_f64(*number),
        }
    }
}
