//! Uploads: the sandbox keeps each file, and serves it at the address that it answers with.

use std::sync::Arc;

use axum::body::Bytes;
use axum::response::Response;
use cover_spec::answers::put;
use cover_spec::tables::{CodeMeaning, UploadSpec};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::form::{self, Part};
use crate::sandbox::faults::AnswerFault;
use crate::sandbox::operation::Operation;
use crate::sandbox::task::{Accepted, Task};
use crate::sandbox::{Backend, BackendState};

/// Largest size of a file, unless the spec has one.
const MAX_FILE: usize = 256 << 20;
/// Number of bytes that the other parts of a form may have.
const MAX_OTHERS: usize = 1 << 16;

/// A file that was uploaded to a [`Sandbox`](crate::sandbox::Sandbox).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UploadedFile {
    /// The name that the upload gave.
    pub name: String,
    /// The content.
    pub bytes: Bytes,
    /// The address at which the sandbox serves it.
    pub link: String,
    /// When the sandbox deletes it.
    expires: Option<Instant>,
}

impl Operation {
    /// Returns the largest body of an upload.
    pub(in crate::sandbox) fn max_upload(&self) -> usize {
        let most = self.api.upload.as_ref().and_then(|upload| usize::try_from(upload.max_bytes?).ok());
        most.unwrap_or(MAX_FILE).saturating_add(MAX_OTHERS)
    }
}

impl Backend {
    pub(in crate::sandbox) fn upload(&self, operation: &Operation, content_type: &str, body: &Bytes) -> Response {
        let api = &operation.api;
        let mut state = self.state();
        if let Some(answer) = state.next_uploads.pop_front() {
            return answer.respond(api);
        }
        let fault = state.fault();
        if fault == Some(AnswerFault::Refused) {
            return state.refusal(api).respond(api);
        }
        let Some(spec) = &api.upload else { return operation.refuse(CodeMeaning::NotFound, "no such method or path") };
        let (name, bytes) = match file(spec, content_type, body) {
            Ok(file) => file,
            Err(message) => return operation.refuse(CodeMeaning::Invalid, &message),
        };
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let extension: String = extension.chars().filter(char::is_ascii_alphanumeric).collect();
        let link = format!("{}/files/uploads/{}.{extension}", self.url, state.uploaded.len() + 1);
        let expires = spec.expires.map(|time| Instant::now() + time);
        state.uploaded.push(UploadedFile { name, bytes, link: link.clone(), expires });
        if fault.is_some() {
            return state.broken_answer(api).respond(api);
        }
        let mut answer = self.upload_answer(spec);
        put(&mut answer, &spec.link, json!(link));
        operation.succeed(answer)
    }
}

impl Backend {
    /// Makes the answer to an upload, without the address of the file. A service answers every upload alike: if an operation that
    /// answers at once has the address at the same place, the answer has the other results of this operation, too.
    fn upload_answer(&self, spec: &UploadSpec) -> Value {
        let is_alike = |operation: &&Arc<Operation>| {
            let mut results = operation.api.results.iter();
            operation.api.poll.is_none() && results.any(|result| result.at.first() == Some(&spec.link))
        };
        let mut answer = json!({});
        if let Some(operation) = self.operations.iter().find(is_alike) {
            let task = Task::new("upload".to_owned(), Arc::clone(operation), Accepted::default(), None);
            task.put_into_answer(&self.url, &mut answer);
        }
        answer
    }
}

impl BackendState {
    /// Returns the content of an uploaded file, such as `1.mp3`, that has not expired.
    pub(super) fn uploaded(&self, name: &str) -> Option<Bytes> {
        let number: usize = name.split('.').next()?.parse().ok()?;
        let file = self.uploaded.get(number.checked_sub(1)?)?;
        let is_there = file.expires.is_none_or(|expires| Instant::now() < expires);
        (is_there && file.link.ends_with(&format!("/uploads/{name}"))).then(|| file.bytes.clone())
    }

    /// Deletes every uploaded file, and those that requests brought along.
    pub(in crate::sandbox) fn expire_uploads(&mut self) {
        for file in &mut self.uploaded {
            file.expires = Some(Instant::now());
        }
        self.tasks.values_mut().for_each(Task::expire_files);
    }
}

/// Returns the name and the content of the file in a form that has all its parts.
fn file(spec: &UploadSpec, content_type: &str, body: &Bytes) -> Result<(String, Bytes), String> {
    let parts = form::parts(content_type, body)?;
    let part = |wanted: &str| parts.iter().find(|part| part.name == wanted);
    if let Some((missing, _)) = spec.fields.iter().find(|(name, _)| part(name).is_none()) {
        return Err(format!("the part `{missing}` is missing"));
    }
    let Some(Part { file: Some(name), content, .. }) = part(&spec.file) else {
        return Err(format!("the part `{}` with the file is missing", spec.file));
    };
    match spec.max_bytes.and_then(|most| usize::try_from(most).ok()) {
        _ if content.is_empty() => Err("the file is empty".to_owned()),
        Some(most) if content.len() > most => Err(format!("the file has {} bytes, at most {most}", content.len())),
        _ => Ok((name.clone(), content.clone())),
    }
}
