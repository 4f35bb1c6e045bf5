//! Requests as values: what can be built, what is sent, and what is refused.

mod from_json;
mod limits;
mod literals;
mod wire_form;
