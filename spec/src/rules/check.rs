use std::borrow::Cow;

use super::{Bound, Field, Figure, Kind, Limit, Names, Presence, Rule, Rules, Str, Unit, Violation, Violations};

/// A value of a field, borrowed from a request or from JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// A text, an address or a choice.
    Text(Cow<'a, str>),
    /// A number.
    Number(f64),
    /// True or false.
    Truth(bool),
    /// What no field holds: a list, an object, null.
    Other,
    /// Something that is given, but not known yet. It keeps every rule about values.
    Later,
}

impl<'a> Value<'a> {
    /// A text that stands elsewhere.
    #[must_use]
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

/// The named values of a request, such as those of a JSON object, each at the index of its field.
#[derive(Debug)]
pub struct Placed<'r, 'v> {
    rules: &'r Rules,
    values: Vec<Option<Value<'v>>>,
    /// What has no place: unknown names, and those that come twice.
    strays: Vec<Violation>,
}

impl<'r, 'v> Placed<'r, 'v> {
    /// None yet.
    #[must_use]
    pub fn none(rules: &'r Rules) -> Self {
        Self { rules, values: vec![None; rules.fields.len()], strays: Vec::new() }
    }

    /// Puts a value where its name belongs.
    pub fn put(&mut self, name: &str, value: Value<'v>) {
        let index = self.rules.fields.iter().position(|field| field.wire == name);
        let Some(index) = index else { return self.strays.push(Violation::unplaced(name, Rule::Unknown)) };
        match &mut self.values[index] {
            Some(_) => self.strays.push(Violation::of(&self.rules.fields[index], Rule::Twice, Names::Wire)),
            free @ None => *free = Some(value),
        }
    }

    /// Finds the mode and gives its index (0 where the request has no modes), and the values in the order of the table.
    ///
    /// # Errors
    ///
    /// Every broken rule, unknown fields included. Where no mode fits, the rules that hold in every mode are checked.
    pub fn check(self, is_address: IsAddress) -> Result<(usize, Vec<Option<Value<'v>>>), Violations> {
        let Self { rules, values, strays: mut found } = self;
        let mode = rules.mode_of(&values);
        if mode.is_none() {
            found.extend(rules.what_no_mode_has(&values));
        }
        found.extend(rules.violations(mode, &values, Names::Wire, is_address));
        Violations::result(found).map(|()| (mode.unwrap_or_default(), values))
    }
}

/// Decides whether a text is an address: [`looks_like_web_address`](super::looks_like_web_address), or a full parser.
pub type IsAddress = fn(&str) -> bool;

impl Rules {
    /// Checks the values of a request whose mode is known: one for each field, in the order of the table.
    ///
    /// # Errors
    ///
    /// Every broken rule.
    pub fn check(&self, mode: usize, values: &[Option<Value<'_>>], is_address: IsAddress) -> Result<(), Violations> {
        Violations::result(self.violations(Some(mode), values, Names::Rust, is_address))
    }

    fn mode_of(&self, values: &[Option<Value<'_>>]) -> Option<usize> {
        if self.modes.is_empty() {
            return Some(0);
        }
        self.modes.iter().position(|mode| mode.when.iter().all(|when| self.fits(*when, values)))
    }

    fn fits(&self, (field, wanted): (usize, bool), values: &[Option<Value<'_>>]) -> bool {
        let given = match &values[field] {
            Some(Value::Truth(given)) => Some(*given),
            Some(_) => None,
            None => self.fields[field].default,
        };
        given == Some(wanted)
    }

    /// What keeps the values from the mode that they are nearest to. A wrong type is reported with the other types.
    fn what_no_mode_has(&self, values: &[Option<Value<'_>>]) -> Vec<Violation> {
        let misfits = |index: usize| {
            let when = self.modes[index].when.iter();
            when.filter(|when| !self.fits(**when, values)).map(|(field, _)| *field).collect::<Vec<_>>()
        };
        let nearest = (0..self.modes.len()).map(misfits).min_by_key(Vec::len).unwrap_or_default();
        let reported = nearest.into_iter().filter_map(|index| {
            let rule = match &values[index] {
                None => Rule::Required,
                Some(Value::Truth(_)) => Rule::Mode,
                Some(_) => return None,
            };
            Some(Violation::of(&self.fields[index], rule, Names::Wire))
        });
        reported.collect()
    }

    fn violations(
        &self,
        mode: Option<usize>,
        values: &[Option<Value<'_>>],
        names: Names,
        is_address: IsAddress,
    ) -> Vec<Violation> {
        let context = Context { rules: self, mode, model: self.model_of(values), names, is_address };
        let mut found = Vec::new();
        for (field, value) in self.fields.iter().zip(values) {
            context.field(field, value.as_ref(), &mut found);
        }
        found
    }

    fn model_of(&self, values: &[Option<Value<'_>>]) -> Option<(usize, &Str)> {
        let index = self.model?;
        let Kind::Choice(choices) = &self.fields[index].kind else { return None };
        let Some(Value::Text(given)) = &values[index] else { return None };
        choices.iter().enumerate().find(|(_, choice)| *choice == given)
    }
}

impl Violation {
    fn of(field: &Field, rule: Rule, names: Names) -> Self {
        let shown = match names {
            Names::Rust => &field.rust,
            Names::Wire => &field.wire,
        };
        let (wire, shown) = (field.wire.clone(), shown.clone());
        Self { wire, shown, rule, limit: None, actual: None, mode: None, model: None, detail: None }
    }
}

/// What the values of one request are checked against.
struct Context<'a> {
    rules: &'a Rules,
    mode: Option<usize>,
    model: Option<(usize, &'a Str)>,
    names: Names,
    is_address: IsAddress,
}

impl Context<'_> {
    fn field(&self, field: &Field, value: Option<&Value<'_>>, found: &mut Vec<Violation>) {
        let presence = self.mode.and_then(|mode| field.presence.get(mode));
        match (presence, value) {
            (Some(Presence::Required), None) => found.push(self.violation(field, Rule::Required)),
            (Some(Presence::Forbidden), Some(_)) => found.push(self.violation(field, Rule::Forbidden)),
            (_, Some(value)) => self.value(field, value, found),
            (_, None) => {}
        }
    }

    fn value(&self, field: &Field, value: &Value<'_>, found: &mut Vec<Violation>) {
        match (&field.kind, value) {
            (Kind::Text(unit), Value::Text(text)) => self.limits(field, unit.measure(text), found),
            (Kind::Url, Value::Text(text)) if (self.is_address)(text) => {
                self.limits(field, Unit::Chars.measure(text), found);
            }
            (Kind::Url, Value::Text(_)) => found.push(self.violation(field, Rule::Url)),
            (Kind::Number, Value::Number(number)) if number.is_finite() => {
                self.limits(field, Figure::Number(*number), found);
            }
            (Kind::Choice(choices), Value::Text(text)) if choices.iter().any(|choice| choice == text) => {}
            (Kind::Choice(choices), Value::Text(_)) => {
                let detail = Some(Str::Owned(choices.join(", ")));
                found.push(Violation { detail, ..self.violation(field, Rule::Choice) });
            }
            (Kind::Boolean, Value::Truth(_)) | (_, Value::Later) => {}
            (kind, _) => {
                let detail = Some(Str::Borrowed(kind.word()));
                found.push(Violation { detail, ..self.violation(field, Rule::Type) });
            }
        }
    }

    fn limits(&self, field: &Field, actual: Figure, found: &mut Vec<Violation>) {
        let holding = field.limits.iter().filter(|limit| self.holds(limit));
        found.extend(holding.filter_map(|limit| {
            let (rule, figure) = limit.bound.broken_by(actual)?;
            Some(Violation {
                limit: Some(figure),
                actual: Some(actual),
                model: self.model.filter(|_| limit.models != u64::MAX).map(|(_, name)| name.clone()),
                detail: limit.dispute.clone(),
                ..self.violation(field, rule)
            })
        }));
        if self.model.is_none() {
            found.extend(self.loosest(field, actual));
        }
    }

    /// What a text breaks whichever model it is for.
    fn loosest(&self, field: &Field, actual: Figure) -> Option<Violation> {
        let by_model = field.limits.iter().filter(|limit| limit.models != u64::MAX && among(limit.modes, self.mode));
        let broken: Option<Vec<_>> = by_model.map(|limit| limit.bound.broken_by(actual)).collect();
        let (rule, figure) = broken?.into_iter().max_by_key(|(_, figure)| figure.length())?;
        Some(Violation { limit: Some(figure), actual: Some(actual), ..self.violation(field, rule) })
    }

    /// Does the limit hold in this mode with this model? Where one of them is not known, only what always holds does.
    fn holds(&self, limit: &Limit) -> bool {
        among(limit.modes, self.mode) && among(limit.models, self.model.map(|(index, _)| index))
    }

    fn violation(&self, field: &Field, rule: Rule) -> Violation {
        let mode = self.mode.and_then(|mode| self.rules.modes.get(mode)).map(|mode| mode.name.clone());
        Violation { mode, ..Violation::of(field, rule, self.names) }
    }
}

fn among(set: u64, index: Option<usize>) -> bool {
    match index {
        Some(index) if index < 64 => set >> index & 1 == 1,
        _ => set == u64::MAX,
    }
}

impl Figure {
    fn length(self) -> u64 {
        match self {
            Self::Length(length, _) => length,
            Self::Number(_) => 0,
        }
    }
}

impl Unit {
    fn measure(self, text: &str) -> Figure {
        Figure::Length(self.count(text) as u64, self)
    }
}

impl Kind {
    fn word(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Choice(_) => "a text",
            Self::Url => "an http or https address",
            Self::Boolean => "true or false",
            Self::Number => "a number",
        }
    }
}

impl Bound {
    fn broken_by(self, actual: Figure) -> Option<(Rule, Figure)> {
        match (self, actual) {
            (Self::MinLength(least), Figure::Length(count, unit)) if count < u64::from(least) => {
                Some((Rule::MinLength, Figure::Length(least.into(), unit)))
            }
            (Self::MaxLength(most), Figure::Length(count, unit)) if count > u64::from(most) => {
                Some((Rule::MaxLength, Figure::Length(most.into(), unit)))
            }
            (Self::Min(least), Figure::Number(number)) if number < least.value() => {
                Some((Rule::Min, Figure::Number(least.value())))
            }
            (Self::Max(most), Figure::Number(number)) if number > most.value() => {
                Some((Rule::Max, Figure::Number(most.value())))
            }
            (Self::MultipleOf(step), Figure::Number(number)) if !step.divides(number) => {
                Some((Rule::MultipleOf, Figure::Number(step.value())))
            }
            _ => None,
        }
    }
}
