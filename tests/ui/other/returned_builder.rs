//! The compiler spells out the type of an unfinished builder for a function that returns one.

use cover_api::{CoverRequest, CoverRequestBuilder, Model, NonCustom};

fn with_placeholder() -> _ {
    CoverRequest::non_custom().model(Model::V5).without_callback()
}

fn without_state() -> CoverRequestBuilder<NonCustom> {
    CoverRequest::non_custom().model(Model::V5).without_callback()
}

fn main() {}
