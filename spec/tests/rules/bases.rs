//! Rules of building on another spec.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use cover_spec::model::FieldKind;
use cover_spec::rules::Presence;
use cover_spec::{Checked, Faults, SHIPPED_BASE, Spec};

use crate::complete::completed;
use crate::helper::{faults, no_faults, request, service, spec};

/// Checks the first of several files, which can name the others.
fn check(files: &[(&str, &str)]) -> Result<Checked, Faults> {
    let text = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, text)| (*text).to_owned());
    Checked::parse_with(files[0].0, files[0].1, |path| text(path).ok_or(Error::from(ErrorKind::NotFound)))
}

/// Returns the messages of the faults of several files.
fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
    let Err(faults) = check(files) else { return Vec::new() };
    faults.iter().map(|fault| fault.message().to_owned()).collect()
}

fn on(base: &str, lines: &str) -> String {
    completed(&format!("base = \"{base}\"\n{lines}"))
}

#[test]
fn use_and_without_need_a_base() {
    let part = |base: &str, key: &str| faults_of(&[("a.toml", &format!("{base}parts = true\n{key}"))]);
    let base = format!("base = \"{SHIPPED_BASE}\"\n");
    for (key, list) in [("use", "[\"styleWeight\"]"), ("without", "[\"callback\"]")] {
        let key_and_list = format!("{key} = {list}\n");
        assert_eq!(part(&base, &key_and_list), [""; 0]);
        assert_eq!(part("", &key_and_list), [format!("`{key}` needs a `base`")]);
    }
}

#[test]
fn a_base_that_begins_with_cover_spec_is_a_shipped_file() {
    let lines = "use = [\"personaId\"]\nfields.personaId.optional = \"always\"\ncredits.cost = 1\n\
                 service = { name = \"Example\", id = \"example\", doc = \"A service.\" }";
    let own = on("cover-spec/sunoapi/base/music.toml", lines);
    // The file of this name is not read.
    let files = [("a.toml", own.as_str()), ("cover-spec/sunoapi/base/music.toml", "no spec")];
    assert_eq!(faults_of(&files), [""; 0]);
    let message = "cover-spec ships no file `sunoapi/base/musik.toml`";
    assert_eq!(faults_of(&[("a.toml", &on("cover-spec/sunoapi/base/musik.toml", ""))]), [message]);
    // A folder of this name may be beside the spec.
    let base = format!("base = \"{SHIPPED_BASE}\"\nparts = true\n");
    assert_eq!(faults_of(&[("a.toml", &on("./cover-spec/own.toml", "")), ("cover-spec/own.toml", &base)]), [""; 0]);
}

#[test]
fn the_base_of_a_shipped_file_is_a_shipped_file() {
    let own = on("cover-spec/sunoapi/extend.toml", "");
    let Ok(Checked::Spec(spec)) = check(&[("a.toml", &own), ("cover-spec/sunoapi/base/music.toml", "no spec")]) else {
        panic!("it has faults")
    };
    let files: Vec<(&str, bool)> =
        spec.sources.files.iter().map(|file| (file.path.as_str(), file.is_shipped)).collect();
    assert_eq!(
        files,
        [
            ("a.toml", false),
            ("cover-spec/sunoapi/extend.toml", true),
            ("cover-spec/sunoapi/base/music.toml", true),
            ("cover-spec/sunoapi/base/common.toml", true),
            (SHIPPED_BASE, true),
        ]
    );
}

/// Returns `1.toml` and the next files. Each is the base of the one before, and the last builds on the shipped spec.
fn chain(files: usize) -> Vec<(String, String)> {
    let path = |number: usize| if number == files { SHIPPED_BASE.to_owned() } else { format!("{number}.toml") };
    let part = |number: usize| format!("base = \"{}\"\nparts = true\n", path(number + 1));
    let own = on(&path(2), "");
    let parts = (2..files).map(|number| (path(number), part(number)));
    std::iter::once((path(1), own)).chain(parts).collect()
}

/// Returns the messages of the faults of a spec that has this number of files with its bases.
fn faults_of_chain(files: usize) -> Vec<String> {
    let texts = chain(files);
    let texts: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    faults_of(&texts)
}

#[test]
fn a_base_may_have_a_base_of_its_own() {
    assert_eq!(faults_of_chain(2), [""; 0]);
    assert_eq!(faults_of_chain(3), [""; 0]);
}

#[test]
fn a_spec_and_its_bases_are_at_most_8_files() {
    assert_eq!(faults_of_chain(8), [""; 0]);
    let [fault] = &faults_of_chain(9)[..] else { panic!("one fault") };
    assert!(fault.starts_with("there are more than 8 files: `1.toml`, `2.toml`, "), "{fault}");
}

#[test]
fn a_circle_of_bases_is_a_fault() {
    let circle = "the bases form a circle: `a.toml`, `b.toml`, `a.toml`";
    assert_eq!(faults_of(&[("a.toml", &on("b.toml", "")), ("b.toml", "parts = true\nbase = \"a.toml\"")]), [circle]);
    assert_eq!(faults_of(&[("a.toml", &on("a.toml", ""))]), ["the bases form a circle: `a.toml`, `a.toml`"]);
}

#[test]
fn a_base_must_have_no_faults() {
    let on_part = |part: &str| faults_of(&[("a.toml", &on("b.toml", "")), ("b.toml", part)]);
    let good = format!("base = \"{SHIPPED_BASE}\"\nparts = true\n");
    assert_eq!(on_part(&good), [""; 0]);
    assert_eq!(on_part(&(good + "[poll]\ntimout = \"1 min\"\n")), ["the base `b.toml` has 1 fault"]);
}

#[test]
fn a_key_of_the_nearest_file_counts() {
    let own = on("b.toml", "poll.timeout = \"1 min\"");
    let near = format!("base = \"{SHIPPED_BASE}\"\nparts = true\npoll.timeout = \"2 min\"\npoll.patience = \"2 s\"");
    let Ok(Checked::Spec(spec)) = check(&[("a.toml", &own), ("b.toml", &near)]) else { panic!("a spec") };
    assert_eq!(spec.poll.as_ref().unwrap().timeout.value, Duration::from_secs(60), "its own key");
    assert_eq!(spec.poll.as_ref().unwrap().patience.value, Duration::from_secs(2), "the key of its base");
    assert_eq!(spec.poll.as_ref().unwrap().settle.value, Duration::from_secs(60), "the key of the shipped spec");
}

#[test]
fn a_key_whose_value_is_a_table_such_as_auth_is_taken_as_a_whole() {
    let scheme = |keys: &str| service(&[&format!("service = {{ name = \"Mine\", id = \"mine\"{keys} }}")]).auth_scheme;
    assert_eq!(scheme(""), "Bearer");
    assert_eq!(scheme(", auth = { header = \"X-Key\" }"), "");
}

#[test]
fn name_and_id_of_service_are_not_inherited() {
    no_faults(&["service = { name = \"Mine\", id = \"mine\" }"]);
    assert_eq!(faults(&["service = { doc = \"Mine.\" }"]), ["`name` and `id` of `[service]` are not inherited"]);
}

const USE_WEIGHT: &str = "use = [\"styleWeight\"]";

#[test]
fn a_field_in_use_has_every_key_of_the_base_s_field_that_this_spec_does_not_give_for_it() {
    let request = request(&[USE_WEIGHT, "fields.styleWeight = { optional = \"always\", max = 2 }"]);
    request.accepts(&[r#"{"styleWeight": 2}"#]);
    request.refuses(r#"{"styleWeight": 3}"#, "styleWeight: 3, at most 2");
    request.refuses(r#"{"styleWeight": -1}"#, "styleWeight: -1, at least 0");
}

/// A base with a field `a` that is required in one of its modes.
const WITH_MODES: &str = r#"
parts = true
modes.Fast = { when = { fast = true }, doc = "Fast." }
modes.Slow = { when = { fast = false }, doc = "Slow." }
fields.fast = { type = "boolean", doc = "Whether it is fast." }
fields.a = { type = "string", doc = "A field.", required = ["Fast"], optional = ["Slow"] }
"#;

#[test]
fn a_name_in_use_is_looked_up_in_the_base_then_in_the_base_of_the_base_and_so_on() {
    let own = on(
        "b.toml",
        "use = [\"a\", \"styleWeight\"]\nfields.a.optional = \"always\"\nfields.styleWeight.optional = \"always\"",
    );
    let near = format!("base = \"{SHIPPED_BASE}\"{WITH_MODES}");
    let Ok(Checked::Spec(spec)) = check(&[("a.toml", &own), ("b.toml", &near)]) else { panic!("a spec") };
    let names: Vec<&str> = spec.request.fields.iter().map(|field| field.wire.as_str()).collect();
    assert_eq!(names, ["a", "styleWeight"]);
    let near = near.replace("fields.a = { type = \"string\"", "fields.a = { type = \"url\"");
    let near = near
        + "fields.styleWeight = { type = \"string\", doc = \"Near.\", optional = [\"Slow\"], required = [\"Fast\"] }";
    let Ok(Checked::Spec(spec)) = check(&[("a.toml", &own), ("b.toml", &near)]) else { panic!("a spec") };
    assert!(matches!(*spec.request.fields[1].kind, FieldKind::Text(_)), "the nearest field counts");
}

#[test]
fn the_base_s_presence_of_a_field_in_use_counts_only_if_this_spec_says_none_at_the_field_or_in_the_list_of_a_mode() {
    let base = format!("base = \"{SHIPPED_BASE}\"{WITH_MODES}");
    let modes = |fast: &str| {
        format!(
            "modes.Fast = {{ when = {{ fast = true }}, doc = \"Fast.\"{fast} }}\n\
             modes.Slow = {{ when = {{ fast = false }}, doc = \"Slow.\" }}\n"
        )
    };
    let presence = |lines: &str| {
        let own = on("b.toml", &format!("use = [\"a\", \"fast\"]\n{lines}"));
        let Ok(Checked::Spec(spec)) = check(&[("a.toml", &own), ("b.toml", &base)]) else { panic!("a spec") };
        let field = spec.rules().fields.iter().find(|field| field.wire == "a").expect("it is used").clone();
        field.presence.to_vec()
    };
    assert_eq!(presence(&modes("")), [Presence::Required, Presence::Optional], "those of the base");
    assert_eq!(presence(&(modes("") + "fields.a.optional = \"always\"")), [Presence::Optional; 2]);
    let by_mode = modes(", forbidden = [\"a\"]") + "fields.a.optional = [\"Slow\"]";
    assert_eq!(presence(&by_mode), [Presence::Forbidden, Presence::Optional]);
    let others = modes(", forbidden = \"others\"");
    assert_eq!(presence(&others), [Presence::Required, Presence::Optional], "the base says it elsewhere");
}

#[test]
fn the_type_of_a_choice_in_use_stands_for_the_field_of_that_type() {
    let request = request(&["use = [\"VocalGender\"]", "fields.vocalGender = { optional = \"always\" }"]);
    request.accepts(&[r#"{"vocalGender": "f"}"#]);
    request.refuses(r#"{"vocalGender": "x"}"#, "vocalGender: must be one of m, f");
}

#[test]
fn a_name_in_use_that_no_base_has_is_a_fault() {
    no_faults(&["use = [\"styleWeight\"]", "fields.styleWeight = { optional = \"always\" }"]);
    let message = format!("the base `{SHIPPED_BASE}` has no field, type or class `stlyeWeight`");
    assert_eq!(faults(&["use = [\"stlyeWeight\"]"]), [message]);
}

#[test]
fn a_name_in_without_that_the_base_does_not_have_is_a_fault() {
    no_faults(&["without = [\"callback\", \"poll.request\"]"]);
    for wrong in ["calback", "poll.requests"] {
        let found = faults(&[&format!("without = [\"callback\", \"{wrong}\"]")]);
        assert_eq!(found, [format!("the base `{SHIPPED_BASE}` has nothing named `{wrong}`")]);
    }
}

#[test]
fn a_callback_of_the_base_whose_field_this_spec_does_not_have_is_a_fault_unless_without_names_it() {
    no_faults(&["without = [\"callback\"]"]);
    no_faults(&["without = []", "use = [\"callBackUrl\"]"]);
    let message = format!(
        "the `[callback]` of the base `{SHIPPED_BASE}` needs the field `callBackUrl`, which this spec does not have"
    );
    assert_eq!(faults(&["without = [\"credits\"]"]), [message]);
}

#[test]
fn an_echo_of_the_base_whose_field_this_spec_does_not_have_is_dropped() {
    let echo = |lines: &[&str]| {
        let fields = spec(lines).results.into_iter().flat_map(|result| result.value.members);
        let title = { fields }.find(|field| field.name.value == "title").expect("a track has a title");
        title.echo.map(|field| field.value)
    };
    assert_eq!(echo(&[""]), None);
    let title = "fields.title = { type = \"string\", doc = \"The title.\", optional = \"always\" }";
    assert_eq!(echo(&[title]).as_deref(), Some("title"));
}

#[test]
fn a_spec_with_its_own_base_url_does_not_inherit_the_paths_of_poll_and_credits() {
    let own = "service = { name = \"Mine\", id = \"mine\", base_url = \"https://mine.example\" }";
    let [poll, credits] = ["poll = { path = \"/poll\", query = \"id\" }", "credits.path = \"/credits\""];
    no_faults(&[own, poll, credits]);
    let not_inherited =
        |name: &str| format!("`path` of `[{name}]` is not inherited, because this spec has its own `base_url`");
    assert_eq!(faults(&[own, credits]), [not_inherited("poll")]);
    assert_eq!(faults(&[own, poll]), [not_inherited("credits")]);
}

#[test]
fn a_spec_with_its_own_base_url_does_not_inherit_account() {
    let account = |own: &str| {
        let base = cover_spec::SHIPPED.replacen("account = \"sunoapi.org\"", "account = \"music\"", 1);
        let own = format!(
            "base = \"b.toml\"\nwithout = [\"callback\", \"credits\"]\n\
             service = {{ name = \"Mine\", id = \"mine\"{own} }}\npoll = {{ path = \"/poll\", query = \"id\" }}\n\
             request = {{ name = \"MyRequest\", doc = \"A request.\" }}\nsubmit = {{ path = \"/send\", task = \"data\" }}\nfields = {{}}"
        );
        match check(&[("a.toml", &own), ("b.toml", &base)]) {
            Ok(Checked::Spec(spec)) => spec.service.account.as_deref().cloned(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(account(""), Some("music".to_owned()));
    assert_eq!(account(", base_url = \"https://mine.example\""), None);
    assert_eq!(account(", base_url = \"https://mine.example\", account = \"mine\""), Some("mine".to_owned()));
}

#[test]
fn a_spec_with_its_own_path_in_poll_does_not_inherit_query() {
    no_faults(&["poll.path = \"/poll/{task}\""]);
    assert_eq!(spec(&["poll.path = \"/poll/{task}\""]).poll.unwrap().query, None);
    assert_eq!(faults(&["poll.path = \"/poll\""]), ["the poll does not send the id of the task"]);
    assert_eq!(service(&["poll.query = \"id\""]).poll.unwrap().path, "/api/v1/generate/record-info");
}

#[test]
fn a_spec_with_its_own_cost_in_credits_does_not_inherit_costs() {
    let base = format!(
        "base = \"{SHIPPED_BASE}\"\nparts = true\n\
         credits.costs = [{{ when = {{ about = \"music\" }}, cost = 50 }}]\n"
    );
    let costs = |own: &str| match check(&[("a.toml", &on("b.toml", own)), ("b.toml", &base)]) {
        Ok(Checked::Spec(spec)) => spec.credits.unwrap().price_in_words(),
        other => panic!("{other:?}"),
    };
    assert_eq!(costs(""), "50 if `about` is music, or else 12");
    assert_eq!(costs("credits.path = \"/left\""), "50 if `about` is music, or else 12");
    assert_eq!(costs("credits.cost = 3"), "3");
}

#[test]
fn the_costs_of_the_base_s_credits_are_a_fault_if_this_spec_lacks_a_field_in_them_unless_without_names_them() {
    for when in ["{ kind = \"music\" }", "[{ kind = \"music\" }, { kind = { given = false } }]"] {
        let base =
            format!("base = \"{SHIPPED_BASE}\"\nparts = true\ncredits.costs = [{{ when = {when}, cost = 50 }}]\n");
        let of = |own: &str| faults_of(&[("a.toml", &on("b.toml", own)), ("b.toml", &base)]);
        let message = "the `costs` of the base `b.toml` depend on the field `kind`, which this spec does not have";
        assert_eq!(of(""), [message]);
        assert_eq!(of("without = [\"callback\", \"credits.costs\"]"), [""; 0]);
        assert_eq!(of("credits.cost = 3"), [""; 0]);
        assert_eq!(of("fields.kind = { type = \"string\", doc = \"A kind.\", optional = \"always\" }"), [""; 0]);
    }
}

/// Returns the cancel of a spec with these lines, whose base has the `[cancel]` with these keys.
fn cancel_on(keys: &str, service: &str, lines: &str) -> Result<[Option<String>; 4], Vec<String>> {
    let base = format!("base = \"{SHIPPED_BASE}\"\nparts = true\ncancel = {{ {keys} }}\n");
    let own = format!(
        "without = [\"callback\", \"credits\"]\nservice = {{ name = \"Mine\", id = \"mine\"{service} }}\n\
         poll = {{ path = \"/poll\", query = \"id\" }}\n{lines}"
    );
    match check(&[("a.toml", &on("b.toml", &own)), ("b.toml", &base)]) {
        Ok(Checked::Spec(spec)) => {
            let cancel = spec.cancel.expect("the base has it");
            let [query, body] = [cancel.query, cancel.body].map(|it| it.map(|it| it.value));
            Ok([
                Some(cancel.method.map_or("none", |method| method.name()).to_owned()),
                Some(cancel.path.value),
                query,
                body,
            ])
        }
        Ok(Checked::Parts(_)) => panic!("the spec is whole"),
        Err(faults) => Err(faults.iter().map(|fault| fault.message().to_owned()).collect()),
    }
}

#[test]
fn a_spec_with_its_own_base_url_does_not_inherit_path_query_and_body_of_cancel() {
    let base = "method = \"PUT\", path = \"/cancel\", body = \"id\"";
    let texts = |texts: [&str; 4]| Ok(texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty())));
    assert_eq!(cancel_on(base, "", ""), texts(["PUT", "/cancel", "", "id"]));
    let elsewhere = ", base_url = \"https://mine.example\"";
    let missing = "`path` of `[cancel]` is not inherited, because this spec has its own `base_url`";
    assert_eq!(cancel_on(base, elsewhere, ""), Err(vec![missing.to_owned()]));
    let own = "cancel.path = \"/{task}\"";
    assert_eq!(cancel_on(base, elsewhere, own), texts(["PUT", "/{task}", "", ""]));
    let own = "cancel.path = \"/stop\"";
    let message = "the cancel does not send the id of the task";
    assert_eq!(cancel_on(base, elsewhere, own), Err(vec![message.to_owned()]));
}

#[test]
fn a_spec_with_its_own_path_query_or_body_in_cancel_inherits_none_of_the_three() {
    let base = "method = \"PUT\", path = \"/cancel\", body = \"id\"";
    let own = cancel_on(base, "", "cancel = { path = \"/stop\", query = \"task\" }");
    assert_eq!(own, Ok(["PUT", "/stop", "task", ""].map(|it| Some(it.to_owned()).filter(|it| !it.is_empty()))));
    assert_eq!(cancel_on(base, "", "cancel.query = \"id\""), Err(vec!["`path` is missing in `cancel`".to_owned()]));
    let method = cancel_on(base, "", "cancel.method = \"POST\"");
    assert_eq!(method, Ok(["POST", "/cancel", "", "id"].map(|it| Some(it.to_owned()).filter(|it| !it.is_empty()))));
}

#[test]
fn a_file_with_parts_may_lack_tables_and_keys() {
    let field = "fields.a = { type = \"string\" }";
    assert!(matches!(check(&[("a.toml", &format!("parts = true\n{field}"))]), Ok(Checked::Parts(_))));
    let whole = faults_of(&[("a.toml", field)]);
    assert!(whole.contains(&"`service` is missing in the spec".to_owned()), "{whole:?}");
    assert!(whole.contains(&"`doc` is missing in `a`".to_owned()), "{whole:?}");
}

#[test]
fn types_cannot_be_generated_from_a_spec_with_parts() {
    let part = format!("base = \"{SHIPPED_BASE}\"\nparts = true\n");
    assert!(matches!(check(&[("a.toml", &part)]), Ok(Checked::Parts(_))));
    let faults = Spec::parse("a.toml", &part).expect_err("it is only a base for others");
    let messages: Vec<&str> = faults.iter().map(cover_spec::Fault::message).collect();
    assert_eq!(messages, ["`a.toml` is only a base for other specs, because it has `parts = true`"]);
}
