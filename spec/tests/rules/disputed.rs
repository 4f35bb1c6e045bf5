//! Rules of contradictions of the service's documentation.

use cover_spec::{Checked, SHIPPED_BASE};

use crate::complete::completed;
use crate::helper::{faults, no_faults};

const TEXT: &str = "fields.text = { type = \"string\", doc = \"A text.\", required = \"always\" }";

/// Returns an entry with statements that say this, each in a place of its own.
fn entry(about: &str, says: &[&str]) -> String {
    let statements: Vec<String> = says
        .iter()
        .enumerate()
        .map(|(number, says)| format!("{{ says = \"{says}\", place = \"page {number}\" }}"))
        .collect();
    format!("{{ about = \"{about}\", statements = [{}] }}", statements.join(", "))
}

/// Returns what the entries of a spec with this base are about, each with its first statement.
fn about(base: &str, own: &str) -> Vec<(String, String)> {
    let base = format!("base = \"{SHIPPED_BASE}\"\nparts = true\n{base}");
    let own = completed(&format!("base = \"b.toml\"\nwithout = [\"callback\"]\n{own}"));
    match Checked::parse_with("a.toml", &own, |_| Ok(base.clone())) {
        Ok(Checked::Spec(spec)) => {
            let entries = spec.disputed.iter();
            entries.map(|it| (it.about.value.clone(), it.statements[0].says.value.clone())).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_entry_of_disputed_is_about_a_table_or_a_key_of_this_spec() {
    for name in ["fields.text", "fields.text.required", "codes.429", "codes", "poll.path", "poll.\\\"path\\\""] {
        no_faults(&[&format!("disputed = [{}]", entry(name, &["a", "b"])), TEXT]);
    }
    for name in ["fields.txt", "fields.text.optional", "codes.430.doc.more", "", "poll.path.", ".poll"] {
        let message = format!("`disputed` is about `{name}`, which this spec does not have");
        assert_eq!(faults(&[&format!("disputed = [{}]", entry(name, &["a", "b"])), TEXT]), [message]);
    }
}

#[test]
fn an_entry_of_disputed_has_at_least_two_statements_that_differ() {
    no_faults(&[&format!("disputed = [{}]", entry("codes.400", &["a", "b", "a"]))]);
    for says in [&["a"][..], &["a", "a"], &[]] {
        let found = faults(&[&format!("disputed = [{}]", entry("codes.400", says))]);
        assert_eq!(found, ["`disputed` needs two statements that differ"], "{says:?}");
    }
}

#[test]
fn what_a_statement_says_and_its_place_are_not_empty() {
    let of = |first: &str| {
        let statements = format!("{{ {first} }}, {{ says = \"b\", place = \"page\" }}");
        faults(&[&format!("disputed = [{{ about = \"codes.400\", statements = [{statements}] }}]")])
    };
    assert_eq!(of("says = \"a\", place = \"guide\""), [""; 0]);
    assert_eq!(of("says = \"a\", place = \" \""), ["`place` is empty"]);
    assert_eq!(of("says = \"\", place = \"guide\""), ["`says` is empty"]);
    assert_eq!(of("says = \"a\", place = 7"), ["`place` must be a text"]);
}

#[test]
fn an_entry_of_the_base_s_disputed_is_inherited_with_the_part_that_it_is_about() {
    let base = format!(
        "disputed = [{}, {}]\npoll.timeout = \"2 min\"\n",
        entry("codes.400", &["the base", "b"]),
        entry("poll.timeout", &["the base", "b"])
    );
    let [code, timeout] = ["codes.400", "poll.timeout"].map(|name| (name.to_owned(), "the base".to_owned()));
    assert_eq!(about(&base, ""), [code.clone(), timeout]);
    assert_eq!(about(&base, "poll.timeout = \"1 min\""), [code]);
}

#[test]
fn an_entry_of_the_base_s_disputed_about_a_field_is_inherited_with_any_key_of_that_field() {
    let base = format!(
        "disputed = [{}, {}]\nfields.text = {{ type = \"string\", doc = \"A text.\", required = \"always\" }}\n\
         fields.more = {{ type = \"string\", doc = \"More.\", required = \"always\" }}",
        entry("fields.text", &["the base", "b"]),
        entry("fields.text.required", &["its presence", "b"])
    );
    let used = |keys: &str| about(&base, &format!("use = [\"text\", \"more\"]\nfields.text = {{ {keys} }}"));
    let own = |says: &str, about: &str| (about.to_owned(), says.to_owned());
    assert_eq!(used(""), [own("the base", "fields.text"), own("its presence", "fields.text.required")]);
    assert_eq!(used("optional = \"always\""), [own("the base", "fields.text")]);
    assert_eq!(about(&base, "use = [\"more\"]"), []);
}

#[test]
fn an_entry_of_the_base_s_disputed_is_not_inherited_if_this_spec_has_one_about_the_same_part() {
    let base = format!("disputed = [{}]", entry("codes.400", &["the base", "b"]));
    let own = |name: &str| format!("disputed = [{}]", entry(name, &["its own", "b"]));
    let [its_own, inherited] = ["its own", "the base"].map(|says| ("codes.400".to_owned(), says.to_owned()));
    assert_eq!(about(&base, &own("codes.400")), [its_own]);
    assert_eq!(about(&base, &own("poll.path")), [("poll.path".to_owned(), "its own".to_owned()), inherited]);
}
