//! `[results]`: what a task, or an operation that answers at once, gives.

use super::At;
use crate::tables::ResultKind;

/// An entry of `[results]`: one result.
#[derive(Debug, Clone)]
pub struct ResultEntry {
    /// The value.
    pub value: ResultValue,
    /// Places in answers. At least one place; an empty text is the answer itself.
    pub at: Vec<At<String>>,
    /// Place in callbacks.
    pub callback: Option<At<String>>,
    /// Usual number of items of a list.
    pub count: Option<At<u32>>,
    /// Whether the output is complete without this result.
    pub optional: bool,
}

/// A result, or a member of an object in a result.
#[derive(Debug, Clone)]
pub struct ResultValue {
    /// Name in the spec. For a member, its first name in JSON if it has no spellings.
    pub name: At<String>,
    /// Name of the Rust field.
    pub rust: At<String>,
    /// What the value is, as documentation.
    pub doc: At<String>,
    /// Type of the value, or of each item of a list.
    pub kind: At<ResultKind>,
    /// 0 for a single value, 1 for a list, 2 for a list of lists.
    pub lists: u32,
    /// Name of the Rust type of an object.
    pub ty: Option<At<String>>,
    /// Names of a member in JSON, in every kind of answer.
    pub spellings: Vec<At<String>>,
    /// Field of the request that a member repeats.
    pub echo: Option<At<String>>,
    /// A text of a task that is done, for documentation and the sandbox. An empty text stands for none.
    pub example: Option<At<String>>,
    /// Member whose text names the file of an object. Such an object is one file, whatever number of addresses it has.
    pub file_name: Option<At<String>>,
    /// Whether an object without this member is not complete.
    pub required: bool,
    /// Members of an object.
    pub members: Vec<ResultValue>,
}

impl ResultEntry {
    /// Describes the places of the result, such as "`data.results`, else `data.songs`".
    #[must_use]
    pub fn places(&self) -> String {
        let place = |place: &At<String>| match place.as_str() {
            "" => "the answer itself".to_owned(),
            place => format!("`{place}`"),
        };
        self.at.iter().map(place).collect::<Vec<_>>().join(", else ")
    }
}

impl ResultValue {
    /// Returns this value and all members within it, outermost first.
    pub fn walk(&self) -> impl Iterator<Item = &Self> {
        let mut left = vec![self];
        std::iter::from_fn(move || {
            let next = left.pop()?;
            left.extend(next.members.iter().rev());
            Some(next)
        })
    }
}
