//! What the account can do: an operation for each spec, with flags for the fields of its request.

mod body;
mod catalog;
mod example;
mod flags;
mod mode;
mod words;

use cover_spec::Spec;
use cover_spec::rules::Rules;

pub(crate) use body::{body, cell, completed, request};
pub(crate) use catalog::Catalog;
pub(crate) use example::examples;
pub(crate) use flags::{SONG, defaults, fields, name as flag_name};
use mode::Misfits;

/// An operation: a spec, and the tables that decide about its requests.
#[derive(Debug)]
pub(crate) struct Operation {
    /// The name of its command.
    pub(crate) name: String,
    pub(crate) spec: Spec,
    pub(crate) rules: Rules,
}

impl Operation {
    pub(crate) fn new(name: String, spec: Spec) -> Self {
        let rules = spec.rules();
        Self { name, spec, rules }
    }

    /// Returns the id of the operation in the ledger.
    pub(crate) fn id(&self) -> &str {
        &self.spec.service.id
    }

    /// Returns the JSON name of the field that takes the address of an uploaded file.
    pub(crate) fn upload_field(&self) -> Option<&str> {
        let upload = self.spec.upload.as_ref()?;
        upload.field.as_ref().map(|field| field.as_str())
    }

    /// Whether some request needs a song, and not only takes one.
    pub(crate) fn needs_song(&self) -> bool {
        let field = self.upload_field().and_then(|wire| self.spec.request.field(wire));
        field.is_some_and(|field| field.required.is_some())
    }

    /// Returns the index of the field that takes the address of an uploaded file.
    pub(crate) fn song_field(&self) -> Option<usize> {
        let wire = self.upload_field()?;
        self.rules.fields.iter().position(|field| field.wire == wire)
    }
}
