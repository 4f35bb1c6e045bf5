//! What the service does with a request, one file for each kind.

mod files;
mod follow;
mod form;
mod references;
pub(super) mod request;
mod served;
mod submit;
mod upload;

pub(super) use follow::Named;
pub(super) use submit::{Addressed, Arrived};
pub use upload::UploadedFile;
