//! What a request asks for, found by its method and its path.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::Method;
use cover_spec::rules::Str;
use url::Url;

use crate::sandbox::Backend;
use crate::sandbox::handlers::{Addressed, Named, request};
use crate::sandbox::operation::Operation;

/// The endpoint of a request.
pub(super) struct Endpoint<'a> {
    /// The operation whose key, headers and envelope count.
    pub(super) operation: &'a Arc<Operation>,
    pub(super) asks: Asks<'a>,
}

/// What a request asks for. Several operations may have one path.
pub(super) enum Asks<'a> {
    Submit(Vec<Addressed<'a>>),
    Poll(Vec<Named<'a>>),
    Cancel(Vec<Named<'a>>),
    Credits,
    Upload,
    Nothing,
}

impl Backend {
    pub(super) fn endpoint<'a>(&'a self, method: &Method, path: &'a str, query: &'a str) -> Endpoint<'a> {
        let found = self.credits_at(method, path).or_else(|| self.submit_at(method, path));
        let found = found.or_else(|| self.cancel_at(method, path, query)).or_else(|| self.poll_at(method, path, query));
        let found = found.or_else(|| self.upload_at(method, path));
        found.unwrap_or(Endpoint { operation: self.first(), asks: Asks::Nothing })
    }

    /// Looks for the balance before all operations, since one of them may give it, too. In its own spec, the operation comes first.
    fn credits_at(&self, method: &Method, path: &str) -> Option<Endpoint<'_>> {
        let is_match = |operation: &&Arc<Operation>| {
            operation.api.credits.as_ref().is_some_and(|credits| path == credits.path)
                && addressed(operation, method, path).is_none()
        };
        let operation = self.operations.iter().find(is_match).filter(|_| method == Method::GET)?;
        Some(Endpoint { operation, asks: Asks::Credits })
    }

    /// A path without fields is preferred to one with them.
    fn submit_at(&self, method: &Method, path: &str) -> Option<Endpoint<'_>> {
        let mut all: Vec<_> =
            self.operations.iter().filter_map(|operation| addressed(operation, method, path)).collect();
        all.sort_by_key(|addressed| addressed.pairs.len());
        Some(Endpoint { operation: all.first()?.operation, asks: Asks::Submit(all) })
    }

    fn cancel_at<'a>(&'a self, method: &Method, path: &'a str, query: &'a str) -> Option<Endpoint<'a>> {
        let named = self.operations.iter().filter_map(|operation| {
            let cancel = operation.api.cancel.as_ref().filter(|cancel| method.as_str() == cancel.method.name())?;
            named(operation, (&cancel.path, cancel.query.as_ref()), path, query)
        });
        let all: Vec<_> = named.collect();
        Some(Endpoint { operation: all.first()?.operation, asks: Asks::Cancel(all) })
    }

    fn poll_at<'a>(&'a self, method: &Method, path: &'a str, query: &'a str) -> Option<Endpoint<'a>> {
        let named = self.operations.iter().filter_map(|operation| {
            let poll = operation.api.poll.as_ref().filter(|_| method == Method::GET)?;
            named(operation, (&poll.path, poll.query.as_ref()), path, query)
        });
        let all: Vec<_> = named.collect();
        Some(Endpoint { operation: all.first()?.operation, asks: Asks::Poll(all) })
    }

    fn upload_at(&self, method: &Method, path: &str) -> Option<Endpoint<'_>> {
        let is_match = |operation: &&Arc<Operation>| {
            let url = operation.api.upload.as_ref().and_then(|upload| Url::parse(&upload.url).ok());
            method == Method::POST && url.is_some_and(|url| url.path() == path)
        };
        let operation = self.operations.iter().find(is_match)?;
        Some(Endpoint { operation, asks: Asks::Upload })
    }
}

/// Returns the operation if the request has its method and its path.
fn addressed<'a>(operation: &'a Arc<Operation>, method: &Method, path: &str) -> Option<Addressed<'a>> {
    let submit = &operation.api.submit;
    let is_method = method.as_str() == submit.method.name();
    Some(Addressed { operation, pairs: request::in_path(submit, path).filter(|_| is_method)? })
}

/// Returns the operation if the request has its path for polls or cancels. The query or the path may have the id of the task.
fn named<'a>(
    operation: &'a Arc<Operation>,
    (wanted, name): (&str, Option<&Str>),
    path: &'a str,
    query: &'a str,
) -> Option<Named<'a>> {
    let in_path = in_path(wanted, path);
    if path != wanted && in_path.is_none() {
        return None;
    }
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let in_query = name.and_then(|wanted| pairs.find(|(name, _)| name == wanted));
    Some(Named { operation, task: in_query.map(|(_, id)| id).or(in_path.map(Cow::Borrowed)) })
}

/// Returns the id of the task if the path has it.
fn in_path<'a>(wanted: &str, path: &'a str) -> Option<&'a str> {
    let (before, after) = wanted.split_once("{task}")?;
    let id = path.strip_prefix(before)?.strip_suffix(after)?;
    (!id.is_empty() && !id.contains('/')).then_some(id)
}
