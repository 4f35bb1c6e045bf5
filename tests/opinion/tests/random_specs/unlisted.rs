//! The options of `from_json_with` for a spec that is read at run time.

use cover_api::__private::json::check_with;
use cover_api::FromJson;

use crate::json::Json;
use crate::meaning::{Like, Spec};

/// Returns options that take unlisted values, which are like these.
pub fn options(spec: &Spec, likes: &[Like]) -> FromJson {
    likes.iter().fold(FromJson::new(), |options, (place, like)| match like {
        Json::Text(like) => options.unlisted_in(&*spec.fields[*place].name, &**like),
        _ => options,
    })
}

#[test]
fn two_choices_with_the_same_values_are_told_apart() {
    let choice = |name: &str, title: &str| {
        format!(
            "fields.{name} = {{ type = \"choice\", name = \"{title}\", open = true, doc = \"A choice.\", optional = \"always\", \
             values = {{ low = {{ doc = \"Low.\" }}, high = {{ doc = \"High.\" }} }} }}\n"
        )
    };
    let text = format!(
        "base = \"{}\"\nwithout = [\"callback\"]\nservice = {{ name = \"Some\", id = \"some\" }}\n\
         request = {{ name = \"SomeRequest\", doc = \"A request.\" }}\nsubmit = {{ path = \"/tasks\", task = \"id\" }}\n{}{}",
        cover_spec::SHIPPED_BASE,
        choice("bass", "Bass"),
        choice("treble", "Treble"),
    );
    let rules = cover_spec::Spec::parse("spec.toml", &text).expect("a spec without faults").rules();
    let options = options(&Spec::read(&text), &[(0, Json::text("low"))]);
    let refused =
        |body: &str| check_with(&rules, body.as_bytes(), &options).err().map(|violations| violations.to_string());
    assert_eq!(refused(r#"{"bass":"lower","treble":"high"}"#), None);
    let found = refused(r#"{"bass":"lower","treble":"higher"}"#);
    assert_eq!(found.as_deref(), Some("treble: must be one of low, high"));
}
