//! The service has no such model.

use cover_api::{CoverRequest, Model};

fn main() {
    let _ = CoverRequest::non_custom().model(Model::V4_6);
}
