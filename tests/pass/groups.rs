//! A valid request with groups, lists, null and conditions.

#![allow(deprecated)]

use cover_tests::clip::{ClipRequest, Model, Style};

fn main() {
    let builder = ClipRequest::picture().model(Model::Grand).pictures(["https://a.example/x".to_owned()]).acts(2);
    builder.tags(vec!["a"]).start(0).end(30).null_seed().persona("x").style(Style::Wild).build().unwrap();
    let _ = cover_tests::clip::try_clip! { mode: Text<Long>, model: Model::Swift2, prompt: "abc", words: ["a"], seed: null };
}
