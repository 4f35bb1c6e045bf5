use super::{At, Scalar};
use crate::case;
use crate::rules::{Bound, Decimal, Unit};

/// `[request]`, `[modes]` and `[fields]`
#[derive(Debug, Clone)]
pub struct Request {
    /// Name of the Rust type.
    pub name: At<String>,
    /// What it asks for.
    pub doc: At<String>,
    /// The field that limits "by model" speak of.
    pub model: Option<At<String>>,
    /// Name of the macro that checks a request of literals.
    pub literal: Option<At<String>>,
    /// Name of the macro that takes other values, too.
    pub try_literal: Option<At<String>>,
    /// The modes, in the order of the text.
    pub modes: Vec<Mode>,
    /// The fields, in the order of the text.
    pub fields: Vec<Field>,
    /// Names for several models at once.
    pub classes: Vec<(At<String>, Vec<At<String>>)>,
    /// The rules over several fields.
    pub relations: Vec<Relation>,
}

impl Request {
    /// Its name as a part of the names of modules: `cover_request`.
    #[must_use]
    pub fn snake(&self) -> String {
        case::snake(&self.name)
    }

    /// The field of this name in JSON.
    #[must_use]
    pub fn field(&self, wire: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.wire.value == wire)
    }

    /// The texts of the field that limits "by model" speak of.
    #[must_use]
    pub fn models(&self) -> Vec<&str> {
        let field = self.model.as_ref().and_then(|model| self.field(model));
        field.map_or(&[][..], Field::choices).iter().map(|choice| choice.wire.as_str()).collect()
    }

    /// Does `name` stand for this model, as its own name or as that of a class?
    #[must_use]
    pub fn is_model_named(&self, model: &str, name: &str) -> bool {
        let in_class = |(class, members): &(At<String>, Vec<At<String>>)| {
            class.value == name && members.iter().any(|member| member.value == model)
        };
        model == name || self.classes.iter().any(in_class)
    }

    /// The modes, or the one without a name that a request without modes has.
    pub fn each_mode(&self) -> impl Iterator<Item = Option<&Mode>> {
        self.modes.iter().map(Some).chain(self.modes.is_empty().then_some(None))
    }

    /// Does the value of this field decide the mode?
    #[must_use]
    pub fn decides_mode(&self, field: &Field) -> bool {
        self.modes.iter().any(|mode| mode.own_value(field).is_some())
    }
}

/// An entry of `[modes]`.
#[derive(Debug, Clone)]
pub struct Mode {
    /// Its name, such as `Custom<Vocal>`.
    pub name: At<String>,
    /// Which values of which fields make it.
    pub when: Vec<(At<String>, At<Scalar>)>,
    /// What it is for.
    pub doc: At<String>,
}

impl Mode {
    /// The parts of its name: `Custom` and `Vocal` of `Custom<Vocal>`.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        self.name.split(['<', '>']).map(str::trim).filter(|part| !part.is_empty()).collect()
    }

    /// The value that the field always has in this mode.
    #[must_use]
    pub fn own_value(&self, field: &Field) -> Option<&Scalar> {
        self.when.iter().find(|(wire, _)| wire.value == field.wire.value).map(|(_, value)| &value.value)
    }

    /// The name of the function that starts a request in this mode: `custom_vocal`.
    #[must_use]
    pub fn constructor(&self) -> String {
        case::snake(&self.parts().join("_"))
    }

    /// Does `name` stand for this mode, as its whole name or as its first part?
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        self.name.value == name || (self.name.contains('<') && self.parts().first() == Some(&name))
    }
}

/// An entry of `[fields]`.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in JSON.
    pub wire: At<String>,
    /// Its name in Rust.
    pub rust: At<String>,
    /// What it says.
    pub doc: At<String>,
    /// What it holds.
    pub kind: At<FieldKind>,
    /// Does it hold a list of these?
    pub list: Option<At<bool>>,
    /// May it be null?
    pub nullable: Option<At<bool>>,
    /// The one value that it ever has.
    pub constant: Option<At<Scalar>>,
    /// Why it should no longer be used.
    pub deprecated: Option<At<String>>,
    /// A value that it may have.
    pub example: Option<At<Scalar>>,
    /// What counts where it is left out.
    pub default: Option<At<Scalar>>,
    /// Where it must be there.
    pub required: Option<ModeSet>,
    /// Where it may be there.
    pub optional: Option<ModeSet>,
    /// Where it must be left out.
    pub forbidden: Option<ModeSet>,
    /// What other fields ask of it.
    pub conditions: Conditions,
    /// The limits that always hold.
    pub bounds: Bounds,
    /// Its limits by mode and model.
    pub limits: Vec<Limit>,
    /// What is sent where a user has nothing to give.
    pub placeholder: Option<Placeholder>,
}

/// `required_when`, `allowed_when` and `forbidden_when`: each a list of conditions, of which one is enough.
#[derive(Debug, Clone, Default)]
pub struct Conditions {
    /// Where it must be there.
    pub required: Vec<Condition>,
    /// Where alone it may be there.
    pub allowed: Vec<Condition>,
    /// Where it must be left out.
    pub forbidden: Vec<Condition>,
}

impl Conditions {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Condition> {
        self.required.iter().chain(&self.allowed).chain(&self.forbidden)
    }
}

/// What must hold of other fields, all of it.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Its place.
    pub at: At<()>,
    /// Fields, and what must hold of them.
    pub terms: Vec<(At<String>, At<Is>)>,
}

/// What must hold of a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Is {
    /// It is there.
    Given,
    /// It is not there.
    Absent,
    /// It has one of these values.
    OneOf(Vec<At<Scalar>>),
}

/// The limits of one table.
#[derive(Debug, Clone, Default)]
pub struct Bounds(pub(crate) Vec<At<(&'static str, Bound)>>);

impl Bounds {
    /// Each with its key.
    pub fn iter(&self) -> impl Iterator<Item = &At<(&'static str, Bound)>> {
        self.0.iter()
    }

    /// The number under a key.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<Decimal> {
        self.0.iter().find(|bound| bound.0 == key).and_then(|bound| match bound.1 {
            Bound::Min(number) | Bound::Max(number) | Bound::Above(number) | Bound::Below(number) => Some(number),
            Bound::MultipleOf(step) => Some(step),
            _ => None,
        })
    }
}

impl Field {
    /// Its name in Rust as a part of the names of types: `UploadUrl`.
    #[must_use]
    pub fn camel(&self) -> String {
        case::pascal(&self.rust)
    }

    /// The texts that it may hold, where it is a choice.
    #[must_use]
    pub fn choices(&self) -> &[Choice] {
        match &*self.kind {
            FieldKind::Choice(_, choices) => choices,
            _ => &[],
        }
    }

    /// What its length is counted in.
    #[must_use]
    pub fn unit(&self) -> Unit {
        match *self.kind {
            FieldKind::Text(unit) => unit,
            _ => Unit::Chars,
        }
    }

    /// Does it hold a list?
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.list.as_ref().is_some_and(|list| list.value)
    }

    /// The setter that sends null, where it may be null: `null_duration`.
    #[must_use]
    pub fn null_setter(&self) -> String {
        format!("null_{}", *self.rust)
    }

    /// May it be null?
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        self.nullable.as_ref().is_some_and(|nullable| nullable.value)
    }
}

/// What a field holds.
#[derive(Debug, Clone)]
pub enum FieldKind {
    /// A text, whose length is counted in this unit.
    Text(Unit),
    /// An http or https address.
    Url,
    /// True or false.
    Boolean,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// One of these texts, as a Rust type of this name.
    Choice(At<String>, Vec<Choice>),
}

/// An entry of `values` of a choice.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Its text in JSON.
    pub wire: At<String>,
    /// Its name in Rust.
    pub rust: At<String>,
    /// What it means.
    pub doc: At<String>,
    /// Why it should no longer be used.
    pub deprecated: Option<At<String>>,
    /// What other fields ask of it.
    pub conditions: Conditions,
}

/// `"always"`, or a list of modes.
#[derive(Debug, Clone)]
pub enum ModeSet {
    /// In every mode.
    Always(At<()>),
    /// In these modes.
    In(Vec<At<String>>),
}

impl ModeSet {
    /// The names that the spec lists.
    #[must_use]
    pub fn names(&self) -> &[At<String>] {
        match self {
            Self::Always(_) => &[],
            Self::In(names) => names,
        }
    }

    /// Is `mode` among them?
    #[must_use]
    pub fn has(&self, mode: &Mode) -> bool {
        match self {
            Self::Always(_) => true,
            Self::In(names) => names.iter().any(|name| mode.is_named(name)),
        }
    }
}

/// An entry of `limits`.
#[derive(Debug, Clone)]
pub struct Limit {
    /// Its place.
    pub at: At<()>,
    /// The modes in which it holds; `None`: wherever the field may be.
    pub modes: Option<Vec<At<String>>>,
    /// The models with which it holds; `None`: all.
    pub models: Option<Vec<At<String>>>,
    /// The conditions under which it holds; always where there are none.
    pub when: Vec<Condition>,
    /// The limits.
    pub bounds: Bounds,
    /// The longest, in seconds, that what an address leads to may be. Documented only: nothing knows it before sending.
    pub max_seconds: Option<At<u32>>,
    /// What the documentation says in several places, where it contradicts itself.
    pub disputed: Vec<Dispute>,
}

/// An entry of `disputed`: a figure, and where it stands.
#[derive(Debug, Clone)]
pub struct Dispute {
    /// The figure.
    pub figure: At<Decimal>,
    /// Where the documentation says so.
    pub place: At<String>,
}

/// `placeholder`
#[derive(Debug, Clone)]
pub struct Placeholder {
    /// Name of the setter.
    pub setter: At<String>,
    /// What is sent.
    pub value: At<String>,
    /// When to use it.
    pub doc: At<String>,
}

/// An entry of `groups`, `totals` or `differences`: a rule over several fields.
#[derive(Debug, Clone)]
pub struct Relation {
    /// Its place.
    pub at: At<()>,
    /// Why it is so.
    pub doc: At<String>,
    /// The modes in which it holds; `None`: all.
    pub modes: Option<Vec<At<String>>>,
    /// The conditions under which it holds; always where there are none.
    pub when: Vec<Condition>,
    /// What it asks.
    pub asks: Asks,
}

/// What a relation asks, and of which fields.
#[derive(Debug, Clone)]
pub enum Asks {
    /// At least one of them is there.
    AtLeastOne(Vec<At<String>>),
    /// At most one of them is there.
    AtMostOne(Vec<At<String>>),
    /// All of them are there, or none.
    AllOrNone(Vec<At<String>>),
    /// Exactly one of these groups is there.
    ExactlyOne(Vec<Vec<At<String>>>),
    /// Their lists hold so many items together.
    Items(Vec<At<String>>, Total),
    /// Their texts are so long together.
    Length(Vec<At<String>>, Total),
    /// The first less the second is within these bounds.
    Difference([At<String>; 2], [Option<At<Decimal>>; 2]),
}

/// `min` and `max` of a total.
#[derive(Debug, Clone)]
pub struct Total {
    /// At least.
    pub least: Option<At<u32>>,
    /// At most.
    pub most: Option<At<u32>>,
}

impl Asks {
    /// Its fields. Of a difference, what is subtracted comes second.
    #[must_use]
    pub fn fields(&self) -> Vec<&At<String>> {
        match self {
            Self::AtLeastOne(fields)
            | Self::AtMostOne(fields)
            | Self::AllOrNone(fields)
            | Self::Items(fields, _)
            | Self::Length(fields, _) => fields.iter().collect(),
            Self::ExactlyOne(groups) => groups.iter().flatten().collect(),
            Self::Difference(fields, _) => fields.iter().collect(),
        }
    }
}
