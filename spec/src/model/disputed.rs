//! Contradictions of the service's documentation.

use super::{At, Spec};

/// `[[disputed]]`: statements of the service's documentation that contradict each other.
#[derive(Debug, Clone)]
pub struct Disputed {
    /// Name of the table or key that the statements are about, such as `fields.prompt`.
    pub about: At<String>,
    /// The statements. There are at least two.
    pub statements: Vec<Statement>,
    /// What this spec makes of them, as documentation.
    pub doc: Option<At<String>>,
}

/// A statement of the service's documentation.
#[derive(Debug, Clone)]
pub struct Statement {
    /// What it says.
    pub says: At<String>,
    /// Where it says so.
    pub place: At<String>,
}

impl Disputed {
    /// Returns the statements, such as "required (guide); optional (schema)", and what this spec makes of them.
    #[must_use]
    pub fn words(&self) -> String {
        let statements: Vec<String> =
            self.statements.iter().map(|it| format!("{} ({})", it.says.value, it.place.value)).collect();
        let doc = self.doc.as_ref().map(|doc| format!(". {}", **doc));
        format!("{}{}", statements.join("; "), doc.unwrap_or_default())
    }

    /// Whether the statements are about a field, or about a key of it. A name with a point is in quotes.
    fn is_about_field(&self, wire: &str) -> bool {
        let is_about = |name: &str| is_within(&self.about, name);
        is_about(&format!("fields.\"{wire}\"")) || (!wire.contains('.') && is_about(&format!("fields.{wire}")))
    }
}

impl Spec {
    /// Returns the contradictions about a field.
    pub fn disputed_about_field<'a>(&'a self, wire: &'a str) -> impl Iterator<Item = &'a Disputed> {
        self.disputed.iter().filter(move |disputed| disputed.is_about_field(wire))
    }

    /// Returns the contradictions about other parts than single fields.
    pub fn disputed_about_others(&self) -> impl Iterator<Item = &Disputed> {
        let is_about_field =
            |disputed: &Disputed| self.request.fields.iter().any(|field| disputed.is_about_field(&field.wire));
        self.disputed.iter().filter(move |disputed| !is_about_field(disputed))
    }
}

/// Whether a name is that of a table or key, or of a part of it.
pub(crate) fn is_within(name: &str, whole: &str) -> bool {
    name.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
