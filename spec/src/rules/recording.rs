//! The length of recordings, which is known only if somebody has listened to the file.

use super::context::Context;
use super::violations::Found;
use super::{Field, Figure, Limit, Names, Rule, Rules, Str, Value, Violation, Violations};

impl Rules {
    /// Checks the recordings at the addresses in the field `wire` against limits of their length in seconds. `length_of` returns
    /// the length of the recording at an address, if it is known.
    ///
    /// # Errors
    ///
    /// Returns a violation for each recording and each limit that it breaks.
    pub fn check_lengths(
        &self,
        mode: usize,
        values: &[Option<Value<'_>>],
        (wire, limits): (&str, &[Limit]),
        length_of: &dyn Fn(&str) -> Option<f64>,
    ) -> Result<(), Violations> {
        let mut found = Found::default();
        let context = Context::of(self, Some(mode), values, Names::Rust, |_| true);
        let field = self.fields.iter().zip(values).find(|(field, _)| field.wire == wire);
        match field {
            Some((field, Some(Value::List(items)))) => {
                for (index, item) in items.iter().enumerate() {
                    let before = found.kept();
                    context.length(field, item, limits, length_of, &mut found);
                    for violation in found.since(before) {
                        violation.shown = Str::Owned(format!("{}[{index}]", violation.shown));
                    }
                }
            }
            Some((field, Some(value))) => context.length(field, value, limits, length_of, &mut found),
            _ => {}
        }
        found.result()
    }
}

impl Context<'_> {
    fn length(
        &self,
        field: &Field,
        value: &Value<'_>,
        limits: &[Limit],
        length_of: &dyn Fn(&str) -> Option<f64>,
        found: &mut Found,
    ) {
        let Value::Text(address) = value else { return };
        let Some(seconds) = length_of(address) else { return };
        let broken = limits.iter().filter(|limit| self.holds(limit) && seconds > limit.bound.figure().value());
        found.extend(broken.map(|limit| Violation {
            limit: Some(Figure::Number(limit.bound.figure().value())),
            // A tenth is enough, but not if it hides the violation.
            actual: Some(Figure::Number((seconds * 10.0).ceil() / 10.0)),
            model: self.name_of_model(limit),
            detail: self.detail(limit),
            ..self.violation(field, Rule::MaxSeconds)
        }));
    }
}
