//! What a request refers to: ids that earlier tasks brought, and addresses that the service fetches.

use cover_spec::answers::Object;
use cover_spec::model::{Field, IdSource};
use cover_spec::tables::CodeMeaning;
use serde_json::Value;
use url::Url;

use super::files::File;
use crate::sandbox::operation::Operation;
use crate::sandbox::task::{Failure, Task};
use crate::sandbox::{BackendState, Speed};
use crate::transport::targets::is_local;

/// A host below this domain does not exist.
const NOWHERE: &str = "invalid";

/// What becomes of a request that refers to something unknown.
pub(super) enum Unknown {
    /// It is refused, and creates nothing.
    Refused(Failure),
    /// It is accepted, and its task fails.
    Fails(Failure),
}

/// What an address leads to.
pub(super) enum Target {
    File(File),
    Missing,
    /// It is outside of the sandbox, and counts as reachable.
    Elsewhere,
}

impl BackendState {
    /// Returns what becomes of a request if it refers to something unknown. A refusal comes first.
    pub(super) fn unknown(&self, operation: &Operation, request: &Object, speed: Speed, url: &str) -> Option<Unknown> {
        let mut fails = None;
        for field in &operation.spec.request.fields {
            let texts = || texts(request.get(&field.wire.value));
            if let Some(source) = &field.source
                && let Some(id) = texts().find(|id| !self.knows(source, id, request, speed))
            {
                let message = format!("`{}`: `{id}` is not known", *field.wire);
                match &source.unknown {
                    Some(code) => return Some(Unknown::Refused(Failure { code: code.value, message })),
                    None => fails = fails.or(Some(Failure { code: operation.code(CodeMeaning::Server), message })),
                }
            }
            if let Some(failure) = self.unfetched(field, texts, url) {
                fails = fails.or(Some(failure));
            }
        }
        fails.map(Unknown::Fails)
    }

    /// Whether an earlier task brought this id.
    fn knows(&self, source: &IdSource, id: &str, request: &Object, speed: Speed) -> bool {
        let is_polled = |task: &Task| source.polled_at.as_ref().is_none_or(|path| task.is_polled_at(path));
        let Some(member) = &source.member else {
            return self.tasks.get(id).is_some_and(is_polled);
        };
        let has = |task: &Task| is_polled(task) && task.has(member, id, speed);
        match &source.task {
            Some(field) => texts(request.get(&field.value)).any(|task| self.tasks.get(task).is_some_and(has)),
            None => self.tasks.values().any(has),
        }
    }

    fn unfetched<'a, T: Iterator<Item = &'a str>>(
        &self,
        field: &Field,
        texts: impl Fn() -> T,
        url: &str,
    ) -> Option<Failure> {
        let code = field.fetched.as_ref()?.failure.value;
        let is_missing = texts().any(|address| matches!(self.target(address, url), Target::Missing));
        is_missing.then(|| Failure { code, message: format!("the address in `{}` cannot be fetched", *field.wire) })
    }

    /// Returns what an address leads to. Addresses outside of the sandbox, which is at `url`, are not tried.
    pub(super) fn target(&self, address: &str, url: &str) -> Target {
        let (Ok(address), Ok(own)) = (Url::parse(address), Url::parse(url)) else { return Target::Missing };
        let host = address.host_str().unwrap_or_default().trim_end_matches('.');
        if host.rsplit('.').next() == Some(NOWHERE) {
            return Target::Missing;
        }
        if !is_local(&address) || address.port_or_known_default() != own.port_or_known_default() {
            return Target::Elsewhere;
        }
        let file = address.path().strip_prefix("/files/").and_then(|path| self.file(path));
        file.map_or(Target::Missing, Target::File)
    }
}

/// Returns the texts of a field that may be a list.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        other => other.map_or(&[][..], std::slice::from_ref),
    };
    items.iter().filter_map(Value::as_str)
}
