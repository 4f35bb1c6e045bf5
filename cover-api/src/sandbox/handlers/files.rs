//! The files that the sandbox serves, without a key: those of tasks, and those that were uploaded.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use axum::response::Response;

use crate::sandbox::answer::respond;
use crate::sandbox::task::media;
use crate::sandbox::{Backend, BackendState};

/// A file that the sandbox serves.
pub(super) struct File {
    kind: &'static str,
    pub(super) content: Bytes,
}

/// The type of a file that came from outside.
const ANY: &str = "application/octet-stream";

impl Backend {
    /// Answers with a file, such as `task-1/0.wav` or `uploads/1.mp3`.
    pub(in crate::sandbox) fn file(&self, path: &str) -> Response {
        let file = self.state().file(path);
        match file {
            Some(File { kind, content }) => respond(StatusCode::OK, kind, Body::from(content)),
            None => respond(StatusCode::NOT_FOUND, "text/plain", Body::from("no such file")),
        }
    }
}

impl BackendState {
    /// Returns a file, such as `task-1/0.wav` or `uploads/1.mp3`.
    pub(super) fn file(&self, path: &str) -> Option<File> {
        let (folder, name) = path.split_once('/')?;
        if folder == "uploads" {
            return Some(File { kind: ANY, content: self.uploaded(name)? });
        }
        let task = self.tasks.get(folder)?;
        if let Some(content) = task.served(name) {
            return Some(File { kind: ANY, content: content.clone() });
        }
        let (number, extension) = name.split_once('.')?;
        let number = number.parse().ok().filter(|number| *number < task.files())?;
        match extension {
            "wav" => Some(File { kind: "audio/wav", content: media::wav(number).into() }),
            "svg" => Some(File { kind: "image/svg+xml", content: media::SVG.into() }),
            _ => None,
        }
    }
}
