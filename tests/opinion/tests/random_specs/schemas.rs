//! The exported JSON Schema under two validators.

use std::error::Error;

use cover_spec::Spec;
use serde_json::Value;

use crate::meaning::Broken;

pub struct Schemas {
    by_jsonschema: jsonschema::Validator,
    by_boon: (boon::Schemas, boon::SchemaIndex),
    comment: String,
}

impl Schemas {
    /// Exports the schema of a spec.
    pub fn of(spec: &Spec) -> Result<Self, Box<dyn Error>> {
        let exported = spec.json_schema();
        let comment = exported.get("$comment").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut schemas = boon::Schemas::new();
        let mut compiler = boon::Compiler::new();
        compiler.add_resource("spec.json", without_fractions(exported.clone())).map_err(|error| error.to_string())?;
        let index = compiler.compile("spec.json", &mut schemas).map_err(|error| error.to_string())?;
        Ok(Self { by_jsonschema: jsonschema::draft202012::new(&exported)?, by_boon: (schemas, index), comment })
    }

    /// Compares the evaluator with both validators. A schema may accept a body that breaks only rules which it cannot say.
    pub fn compare(&self, broken: &[Broken], body: &str) -> Result<(), String> {
        let body: Value = match serde_json::from_str(body) {
            Ok(body) => body,
            // A number that is too large for the parser.
            Err(_) if !broken.is_empty() => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        let (schemas, index) = &self.by_boon;
        // A validator sees only the last of two members with one name.
        let is_twice = broken.iter().any(|it| it.rule == "twice");
        let can_say = |it: &&Broken| it.is_in_schema || (it.rule == "total of items" && self.comment.is_empty());
        let said: Vec<&Broken> = broken.iter().filter(|_| !is_twice).filter(can_say).collect();
        let verdicts = [
            ("jsonschema", self.by_jsonschema.is_valid(&body), !said.is_empty()),
            ("boon", schemas.validate(&body, *index).is_ok(), said.iter().any(|it| it.rule != "multiple")),
        ];
        for (validator, accepts, must_refuse) in verdicts {
            if broken.is_empty() && !accepts {
                return Err(format!("LANGUAGE.md accepts the body, {validator} refuses it"));
            }
            if must_refuse && accepts {
                return Err(format!("LANGUAGE.md refuses the body, {validator} accepts it: {broken:?}"));
            }
        }
        Ok(())
    }
}

/// Leaves out multiples of fractions, which boon computes in binary, so that it refuses 0.3 as a multiple of 0.1.
fn without_fractions(schema: Value) -> Value {
    match schema {
        Value::Object(keys) => {
            let is_whole = |value: &Value| value.as_f64().is_none_or(|number| number.fract() == 0.0);
            let kept = keys.into_iter().filter(|(key, value)| key != "multipleOf" || is_whole(value));
            kept.map(|(key, value)| (key, without_fractions(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_fractions).collect(),
        other => other,
    }
}
