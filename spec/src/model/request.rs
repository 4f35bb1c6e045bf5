use super::{At, Scalar};
use crate::case;
use crate::rules::{Decimal, Unit};

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
        match self.model.as_ref().and_then(|model| self.field(model)).map(|field| &field.kind.value) {
            Some(FieldKind::Choice(_, choices)) => choices.iter().map(|choice| choice.wire.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}

/// An entry of `[modes]`.
#[derive(Debug, Clone)]
pub struct Mode {
    /// Its name, such as `Custom<Vocal>`.
    pub name: At<String>,
    /// Which values of which fields make it.
    pub when: Vec<(At<String>, At<bool>)>,
    /// What it is for.
    pub doc: At<String>,
}

impl Mode {
    /// The parts of its name: `Custom` and `Vocal` of `Custom<Vocal>`.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        self.name.split(['<', '>']).map(str::trim).filter(|part| !part.is_empty()).collect()
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
    /// The least that a number may be.
    pub min: Option<At<Decimal>>,
    /// The most that a number may be.
    pub max: Option<At<Decimal>>,
    /// What a number is a multiple of.
    pub multiple_of: Option<At<Decimal>>,
    /// Its limits by mode and model.
    pub limits: Vec<Limit>,
    /// What is sent where a user has nothing to give.
    pub placeholder: Option<Placeholder>,
}

impl Field {
    /// Its name in Rust as a part of the names of types: `UploadUrl`.
    #[must_use]
    pub fn camel(&self) -> String {
        case::pascal(&self.rust)
    }
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    /// A text, whose length is counted in this unit.
    Text(Unit),
    /// An http or https address.
    Url,
    /// True or false.
    Boolean,
    /// A number.
    Number,
    /// One of these texts, as a Rust type of this name.
    Choice(At<String>, Vec<Choice>),
}

/// An entry of `values` of a choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Its text in JSON.
    pub wire: At<String>,
    /// Its name in Rust.
    pub rust: At<String>,
    /// What it means.
    pub doc: At<String>,
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
    /// The longest that a text may be.
    pub max_length: Option<At<u32>>,
    /// The longest, in seconds, that what an address leads to may be. Documented only: nothing knows it before sending.
    pub max_seconds: Option<At<u32>>,
    /// What the documentation says in several places, where it contradicts itself.
    pub disputed: Vec<Dispute>,
}

impl Limit {
    /// The figure that counts.
    #[must_use]
    pub fn figure(&self) -> Option<At<u32>> {
        self.max_length.clone().or_else(|| self.max_seconds.clone())
    }
}

/// An entry of `disputed`: a figure, and where it stands.
#[derive(Debug, Clone)]
pub struct Dispute {
    /// The figure.
    pub figure: At<u32>,
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
