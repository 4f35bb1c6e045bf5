//! Uploads: the sandbox keeps each file, and serves it at the address that it answers with.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;
use cover_spec::answers::put;
use cover_spec::tables::{CodeMeaning, UploadSpec};
use serde_json::json;
use url::Url;

use super::Backend;
use super::answer::respond;
use super::faults::AnswerFault;
use super::form::{self, Part};

/// Largest size of a file, unless the spec has one.
const MAX_FILE: usize = 256 << 20;
/// Number of bytes that the other parts of a form may have.
const MAX_OTHERS: usize = 1 << 16;

/// A file that was uploaded to a [`Sandbox`](super::Sandbox).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UploadedFile {
    /// The name that the upload gave.
    pub name: String,
    /// The content.
    pub bytes: Bytes,
    /// The address at which the sandbox serves it.
    pub link: String,
}

impl Backend {
    pub(super) fn is_upload(&self, path: &str) -> bool {
        let url = self.api.upload.as_ref().and_then(|upload| Url::parse(&upload.url).ok());
        url.is_some_and(|url| url.path() == path)
    }

    /// Returns the largest body of an upload.
    pub(super) fn max_upload(&self) -> usize {
        let most = self.api.upload.as_ref().and_then(|upload| usize::try_from(upload.max_bytes?).ok());
        most.unwrap_or(MAX_FILE).saturating_add(MAX_OTHERS)
    }

    pub(super) fn upload(&self, content_type: &str, body: &Bytes) -> Response {
        let mut state = self.state();
        if let Some(answer) = state.next_uploads.pop_front() {
            return answer.respond(&self.api);
        }
        let fault = state.fault();
        if fault == Some(AnswerFault::Refused) {
            return state.refusal(&self.api).respond(&self.api);
        }
        let Some(spec) = &self.api.upload else { return self.refuse(CodeMeaning::NotFound, "no such method or path") };
        let (name, bytes) = match file(spec, content_type, body) {
            Ok(file) => file,
            Err(message) => return self.refuse(CodeMeaning::Invalid, &message),
        };
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let extension: String = extension.chars().filter(char::is_ascii_alphanumeric).collect();
        let link = format!("{}/files/uploads/{}.{extension}", self.url, state.uploaded.len() + 1);
        state.uploaded.push(UploadedFile { name, bytes, link: link.clone() });
        if fault.is_some() {
            return state.broken_answer(&self.api).respond(&self.api);
        }
        let mut answer = json!({});
        put(&mut answer, &spec.link, json!(link));
        self.succeed(answer)
    }

    /// Returns an uploaded file, such as `1.mp3`.
    pub(super) fn uploaded(&self, name: &str) -> Response {
        let number = name.split('.').next().and_then(|number| number.parse::<usize>().ok());
        let state = self.state();
        match number.and_then(|number| state.uploaded.get(number.checked_sub(1)?)) {
            Some(file) if file.link.ends_with(&format!("/uploads/{name}")) => {
                respond(StatusCode::OK, "application/octet-stream", Body::from(file.bytes.clone()))
            }
            _ => respond(StatusCode::NOT_FOUND, "text/plain", Body::from("no such file")),
        }
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
