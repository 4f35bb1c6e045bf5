//! `from_json` accepts a body if and only if the typed builder could have built it, also where the mode decides which conditions
//! and defaults count.

use cover_api::Violations;
use cover_tests::curtain::CurtainRequest;
use serde_json::json;

mod shows {
    cover_api::api!("specs/shows.toml", in crate::meaning::shows);
}

use shows::{AnyMode, ShowRequest};

/// Returns the broken rules, without the names of fields: the builder and JSON may name them differently.
fn rules<T>(result: Result<T, Violations>) -> Vec<&'static str> {
    let violations = result.err().map(|violations| violations.iter().map(|one| one.rule().name()).collect());
    violations.unwrap_or_default()
}

/// Checks that the builder and `from_json` give the same request, or break the same rules.
fn agree<M>(built: Result<ShowRequest<M>, Violations>, body: &serde_json::Value, broken: &[&str])
where
    ShowRequest<AnyMode>: From<ShowRequest<M>>,
{
    let read = ShowRequest::from_json(body.to_string());
    if let (Ok(built), Ok(read)) = (&built, &read) {
        assert!(ShowRequest::<AnyMode>::from(built.clone()) == *read, "{body}");
    }
    assert_eq!(rules(built), broken, "the builder with {body}");
    assert_eq!(rules(read), broken, "{body}");
}

#[test]
fn conditions_of_a_value_hold_where_the_mode_sets_it() {
    let rehearsal = || ShowRequest::rehearsal();
    agree(rehearsal().build(), &json!({ "place": "stage", "shows": 1 }), &[]);
    let body = json!({ "place": "stage", "shows": 1, "takes": 3 });
    agree(rehearsal().takes(3).build(), &body, &["condition"]);
    let body = json!({ "place": "studio", "takes": 3, "engineer": "Ann" });
    agree(ShowRequest::studio().takes(3).engineer("Ann").build(), &body, &[]);
}

#[test]
fn conditions_of_a_field_apply_only_where_it_is_optional() {
    let body = json!({ "place": "stage", "shows": 1, "takes": 2 });
    agree(ShowRequest::rehearsal().takes(2).build(), &body, &[]);
    let body = json!({ "place": "stage", "shows": 2, "takes": 2, "guest": "Bo" });
    agree(ShowRequest::live().takes(2).guest("Bo").build(), &body, &["required"]);
    let body = json!({ "place": "stage", "shows": 2, "takes": 2, "guest": "Bo", "engineer": "Ann" });
    agree(ShowRequest::live().takes(2).guest("Bo").engineer("Ann").build(), &body, &[]);
    let body = json!({ "place": "studio", "takes": 2, "guest": "Bo", "engineer": "Ann" });
    agree(ShowRequest::studio().takes(2).guest("Bo").engineer("Ann").build(), &body, &["forbidden"]);
}

#[test]
fn a_default_counts_only_in_its_modes() {
    let body = json!({ "place": "stage", "shows": 2, "guest": "Bo" });
    agree(ShowRequest::live().guest("Bo").build(), &body, &["required"]);
    let body = json!({ "place": "stage", "shows": 1, "guest": "Bo" });
    agree(ShowRequest::rehearsal().guest("Bo").build(), &body, &[]);
}

/// In `Studio`, `shows` and `takes` have defaults, and `shows` is in the `when` of other modes.
#[test]
fn a_default_is_sent_only_if_the_field_is_in_the_when_of_a_mode() {
    let body = json!({ "place": "studio", "engineer": "Ann" });
    let built = ShowRequest::studio().engineer("Ann").build().expect("valid");
    let read = ShowRequest::from_json(body.to_string()).expect("valid");
    let sent = json!({ "place": "studio", "shows": 1, "engineer": "Ann" });
    assert_eq!(serde_json::to_value(&built).expect("plain data"), sent);
    assert_eq!(serde_json::to_value(&read).expect("plain data"), sent);
}

#[test]
fn a_default_with_modes_selects_only_these() {
    let read = |body: serde_json::Value| ShowRequest::from_json(body.to_string());
    let sent = |body| serde_json::to_value(read(body).expect("valid")).expect("plain data");
    assert_eq!(sent(json!({ "place": "stage" })), json!({ "place": "stage", "shows": 1 }));
    let studio = json!({ "place": "studio", "engineer": "Ann" });
    assert_eq!(sent(studio), json!({ "place": "studio", "shows": 1, "engineer": "Ann" }));
    assert_eq!(rules(read(json!({ "shows": 2 }))), ["required"]);
}

/// In `Live`, the mode says that there are 2 shows. In `Studio`, the default says 1.
#[test]
fn a_difference_takes_values_of_the_mode_and_defaults() {
    let live = || ShowRequest::live().guest("Bo").engineer("Ann");
    let body = |takes| json!({ "place": "stage", "shows": 2, "guest": "Bo", "engineer": "Ann", "takes": takes });
    agree(live().takes(1).build(), &body(json!(1)), &["min_difference"]);
    agree(live().takes(2).build(), &body(json!(2)), &[]);
    agree(live().null_takes().build(), &body(json!(null)), &[]);
    let studio = || ShowRequest::studio().guest("Bo").engineer("Ann").takes(1);
    let body = json!({ "place": "studio", "guest": "Bo", "engineer": "Ann", "takes": 1 });
    agree(studio().build(), &body, &[]);
    let body = json!({ "place": "studio", "guest": "Bo", "engineer": "Ann", "takes": 1, "shows": 2 });
    agree(studio().shows(2).build(), &body, &["min_difference"]);
}

#[test]
fn a_field_that_is_always_forbidden_is_refused() {
    let built = CurtainRequest::builder().prompt("La la la").build().expect("valid");
    assert_eq!(serde_json::to_value(&built).expect("plain data"), json!({ "prompt": "La la la" }));
    let read = CurtainRequest::from_json(json!({ "prompt": "La la la", "mascot": "a cat" }).to_string());
    assert_eq!(read.map(drop).expect_err("forbidden").to_string(), "mascot: must be left out");
}
