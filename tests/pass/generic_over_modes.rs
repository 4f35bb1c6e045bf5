//! Code that is generic over the mode.

use cover_api::runtime::Request;
use cover_api::{CoverRequest, Mode, UploadCover};

fn name<M: Mode>(_: &CoverRequest<M>) -> &'static str {
    M::NAME
}

fn sendable<R: Request<Service = UploadCover> + Send + Sync + Clone + std::fmt::Debug>(_: &R) {}

fn check<M: Mode>(request: &CoverRequest<M>) {
    sendable(request);
}

fn main() {
    let request = CoverRequest::non_custom()
        .upload_url("https://storage.example.com/song.mp3")
        .without_callback()
        .model(cover_api::Model::V4)
        .prompt("A calm night drive")
        .build();
    if let Ok(request) = request {
        assert_eq!(name(&request), "NonCustom");
        check(&request);
    }
}
