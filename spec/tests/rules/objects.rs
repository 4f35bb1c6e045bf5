//! Rules of objects in requests.

use crate::helper::{bare_field, faults, field, request, spec};

const SEGMENT: &str = "optional = \"always\", name = \"Segment\", fields = { start = { type = \"number\", doc = \"Its start.\", required = true }, \
                       end = { type = \"number\", doc = \"Its end.\" } }";

#[test]
fn an_object_must_have_at_least_one_member() {
    let empty = field("segment", "object", "name = \"Segment\", fields = {}");
    assert_eq!(faults(&[&empty]), ["the object `segment` has no members"]);
    assert_eq!(faults(&[&field("segment", "object", "name = \"Segment\"")]), ["`fields` is missing in `segment`"]);
}

#[test]
fn a_member_is_not_an_object() {
    let fields = "fields = { a = { type = \"number\", doc = \"A member.\" } }";
    let member = format!(
        "name = \"Segment\", fields = {{ a = {{ type = \"object\", name = \"Part\", doc = \"A.\", {fields} }} }}"
    );
    let expected = ["the member `a` is an object, which members of an object cannot be"];
    assert_eq!(faults(&[&field("segment", "object", &member)]), expected);
}

#[test]
fn a_value_of_a_member_has_no_conditions() {
    let with = |values: &str, kind: &str| {
        let member = format!(
            "optional = \"always\", name = \"Segment\", fields = {{ kind = {{ doc = \"A.\", {kind}, values = {{ {values} }} }} }}"
        );
        field("segment", "object", &member)
    };
    let kind = "type = \"choice\", name = \"Kind\"";
    let object = request(&[&with("verse = { doc = \"A.\" }", kind)]);
    object.accepts(&[r#"{"segment":{"kind":"verse"}}"#]);
    object.refuses(r#"{"segment":{"kind":"bridge"}}"#, "segment.kind: must be one of verse");
    let condition = "allowed_when = { model = \"V1\" }";
    let conditional = with(&format!("verse = {{ doc = \"A.\", {condition} }}"), kind);
    let expected = ["the value `verse` of the member `kind` has a condition, which members of an object cannot have"];
    assert_eq!(faults(&[&conditional]), expected);
    let truth = with(&format!("true = {{ {condition} }}"), "type = \"boolean\"");
    assert_eq!(faults(&[&truth]), ["the member `kind` has `values`, which only a choice can have here"]);
}

#[test]
fn each_object_must_have_its_required_members() {
    let list = request(&[&field("segments", "object", &format!("list = true, {SEGMENT}"))]);
    list.accepts(&[r#"{"segments":[]}"#, r#"{"segments":[{"start":1},{"end":2,"start":1}]}"#]);
    list.refuses(r#"{"segments":[{"start":1},{"end":2}]}"#, "segments[1].start: missing, required");
}

#[test]
fn a_name_that_is_not_a_member_of_the_object_is_a_violation() {
    let single = request(&[&field("segment", "object", SEGMENT)]);
    single.accepts(&[r#"{"segment":{"start":1}}"#]);
    single.refuses(r#"{"segment":{"start":1,"pace":1}}"#, "segment.pace: no such field");
}

#[test]
fn a_field_in_the_path_in_the_query_or_in_a_multipart_body_cannot_be_an_object() {
    let query = bare_field("segment", "object", &format!("in = \"query\", {SEGMENT}"));
    assert_eq!(faults(&[&query]), ["`segment` is in the query, which cannot hold an object"]);
    let multipart = "submit = { body = \"multipart\", path = \"/tasks\", task = \"id\" }";
    let body = field("segment", "object", SEGMENT);
    assert_eq!(faults(&[&body, multipart]), ["`segment` is in a multipart body, which cannot hold an object"]);
    let path =
        bare_field("segment", "object", &format!("in = \"path\", {}", SEGMENT.replace("optional = ", "required = ")));
    let submit = "submit = { path = \"/tasks/{segment}\", task = \"id\" }";
    assert_eq!(faults(&[&path, submit]), ["`segment` is in the path, which cannot hold an object"]);
    spec(&[&body]);
}
