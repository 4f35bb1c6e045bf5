//! The request.

use super::{Asks, At, Field, Is, Mode, Relation, Scalar};
use crate::case;

/// `[request]`, `[modes]`, `[fields]`, `[classes]`, and the rules over several fields.
#[derive(Debug, Clone)]
pub struct Request {
    /// Name of the Rust type of the request.
    pub name: At<String>,
    /// What the request does, as documentation.
    pub doc: At<String>,
    /// The field that selects a model, for limits by model.
    pub model: Option<At<String>>,
    /// Name of the macro that checks a request of literals.
    pub literal: Option<At<String>>,
    /// Name of the macro that also takes expressions.
    pub try_literal: Option<At<String>>,
    /// The modes, in the order of the text.
    pub modes: Vec<Mode>,
    /// The fields, in the order of the text.
    pub fields: Vec<Field>,
    /// Names that stand for several models, each with its models.
    pub classes: Vec<(At<String>, Vec<At<String>>)>,
    /// The rules over several fields.
    pub relations: Vec<Relation>,
}

impl Request {
    /// Returns the name of the request as part of module names, such as `cover_request`.
    #[must_use]
    pub fn snake(&self) -> String {
        case::snake(&self.name)
    }

    /// Returns the field with this JSON name.
    #[must_use]
    pub fn field(&self, wire: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.wire.value == wire)
    }

    /// Returns the models, as the JSON texts of the model field. Empty without such a field.
    #[must_use]
    pub fn models(&self) -> Vec<&str> {
        let field = self.model.as_ref().and_then(|model| self.field(model));
        field.map_or(&[][..], Field::choices).iter().map(|choice| choice.wire.as_str()).collect()
    }

    /// Whether `name` is this model, or a class that has it.
    #[must_use]
    pub fn is_model_named(&self, model: &str, name: &str) -> bool {
        let in_class = |(class, members): &(At<String>, Vec<At<String>>)| {
            class.value == name && members.iter().any(|member| member.value == model)
        };
        model == name || self.classes.iter().any(in_class)
    }

    /// Returns these names of models, and the models of these classes.
    #[must_use]
    pub fn models_named(&self, names: &[At<String>]) -> Vec<&str> {
        let is_named = |model: &&str| names.iter().any(|name| self.is_model_named(model, name));
        self.models().into_iter().filter(is_named).collect()
    }

    /// Returns the modes; for a request without modes, a single `None`.
    pub fn each_mode(&self) -> impl Iterator<Item = Option<&Mode>> {
        self.modes.iter().map(Some).chain(self.modes.is_empty().then_some(None))
    }

    /// Whether a condition, a limit by model, a total or a difference depends on the value of this field.
    #[must_use]
    pub fn asks_for_value(&self, field: &Field) -> bool {
        let is_it = |name: &At<String>| name.value == field.wire.value;
        let of_fields = self.fields.iter().flat_map(Field::all_conditions);
        let mut conditions = of_fields.chain(self.relations.iter().flat_map(|relation| &relation.when));
        let in_condition = conditions
            .any(|condition| condition.terms.iter().any(|(wire, is)| is_it(wire) && matches!(is.value, Is::OneOf(_))));
        let adds = |asks: &Asks| matches!(asks, Asks::Items(..) | Asks::Length(..) | Asks::Difference(..));
        let mut relations = self.relations.iter().filter(|relation| adds(&relation.asks));
        in_condition
            || self.model.as_ref().is_some_and(is_it)
            || relations.any(|relation| relation.asks.fields().into_iter().any(is_it))
    }

    /// Whether the value of this field selects the mode.
    #[must_use]
    pub fn decides_mode(&self, field: &Field) -> bool {
        self.modes.iter().any(|mode| mode.own_value(field).is_some())
    }
}

impl Mode {
    /// Returns the value that the field has in this mode, if the mode sets it.
    #[must_use]
    pub fn own_value(&self, field: &Field) -> Option<&Scalar> {
        self.when.iter().find(|(wire, _)| wire.value == field.wire.value).map(|(_, value)| &value.value)
    }
}
