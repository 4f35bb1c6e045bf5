//! Faults of what a spec takes from its bases.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};

use cover_spec::{Checked, Faults, SHIPPED, Spec};

/// A request to the service of the shipped spec.
const SIBLING: &str = r#"base = "cover-spec/upload_cover.toml"
use = ["callBackUrl"]

[service]
name = "Lyrics"
id = "sunoapi.org/lyrics"

[request]
name = "LyricsRequest"
doc = "A request to write lyrics."

[fields.prompt]
type = "string"
doc = "What the lyrics are about."
required = "always"

[submit]
path = "/api/v1/lyrics"
task = "data.taskId"
"#;

/// Checks the first of several files, which can name the others.
fn check(files: &[(&str, &str)]) -> Result<Checked, Faults> {
    let texts: BTreeMap<&str, &str> = files.iter().copied().collect();
    let load = |path: &str| texts.get(path).map(|text| (*text).to_owned()).ok_or(Error::from(ErrorKind::NotFound));
    Checked::parse_with(files[0].0, files[0].1, load)
}

fn spec(files: &[(&str, &str)]) -> Spec {
    match check(files) {
        Ok(Checked::Spec(spec)) => *spec,
        Ok(Checked::Parts(_)) => panic!("it is only a base for others"),
        Err(faults) => panic!("{faults}"),
    }
}

/// Returns each fault as "line: message → what to do".
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let Err(faults) = check(files) else { return Vec::new() };
    let shown = |fault| {
        let fault: &cover_spec::Fault = fault;
        format!("{}: {} → {}", faults.place(fault).0, fault.message(), fault.label())
    };
    faults.iter().map(shown).collect()
}

/// Returns the faults of the sibling after parts of its text are replaced.
fn edit(edits: &[(&str, &str)], others: &[(&str, &str)]) -> Vec<String> {
    faults(&[&[("specs/lyrics.toml", edited(edits).as_str())], others].concat())
}

/// Returns the number of a line of the shipped spec, the first after another.
fn line_after(before: &str, text: &str) -> usize {
    let lines: Vec<&str> = SHIPPED.lines().collect();
    let start = lines.iter().position(|line| *line == before).expect("the shipped spec has the line");
    start + 1 + lines[start..].iter().position(|line| *line == text).expect("the shipped spec has the line")
}

fn edited(edits: &[(&str, &str)]) -> String {
    edits.iter().fold(SIBLING.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in the spec");
        text.replacen(from, to, 1)
    })
}

#[test]
fn the_sibling_has_no_faults() {
    assert_eq!(edit(&[], &[]), [""; 0]);
}

#[test]
fn the_keys_about_bases_have_their_types() {
    assert_eq!(
        edit(&[("\"cover-spec/upload_cover.toml\"", "3")], &[]),
        ["1: `base` must be a text → this is an integer"]
    );
    assert_eq!(
        edit(&[("[\"callBackUrl\"]", "\"callBackUrl\"")], &[]),
        ["2: `use` must be a list of texts → this is a string"]
    );
    assert_eq!(edit(&[("use =", "parts = 1\nuse =")], &[]), ["2: `parts` must be true or false → this is an integer"]);
    assert_eq!(
        edit(&[("base = \"cover-spec/upload_cover.toml\"\n", "")], &[]),
        ["1: `use` needs a `base` → add `base = \"…\"`"]
    );
}

#[test]
fn a_base_that_cannot_be_used_is_the_only_fault() {
    let near = |text| [("specs/near.toml", text)];
    let base = ("cover-spec/upload_cover.toml", "near.toml");
    assert_eq!(edit(&[base], &[]), ["1: cannot read `specs/near.toml`: entity not found → the base of this spec"]);
    assert_eq!(
        edit(&[base], &near("base = \"../far.toml\"")),
        ["1: cannot read `far.toml`: entity not found → the base of `specs/near.toml`"]
    );
    assert_eq!(
        edit(&[base], &near("parts = true\n[poll]\ntimout = \"1 min\"\nevery = 1\n")),
        ["1: the base `specs/near.toml` has 2 faults → `cover-spec check specs/near.toml` shows them"]
    );
    assert_eq!(
        edit(&[base], &near("parts = ")),
        ["1: the base `specs/near.toml` has 1 fault → `cover-spec check specs/near.toml` shows them"]
    );
    let far = [("specs/near.toml", "parts = true\nbase = \"far.toml\""), ("specs/far.toml", "[service]")];
    assert!(edit(&[base], &far)[0].starts_with("1: the base `specs/far.toml` has "));
}

#[test]
fn bases_do_not_form_a_circle_and_are_not_too_many() {
    let near = [("specs/near.toml", "parts = true\nbase = \"../specs/./lyrics.toml\"")];
    assert_eq!(
        edit(&[("cover-spec/upload_cover.toml", "near.toml")], &near),
        [
            "1: the bases form a circle: `specs/lyrics.toml`, `specs/near.toml`, `specs/lyrics.toml` → remove `base` from \
          `specs/near.toml`"
        ]
    );
    let files: Vec<(String, String)> = (2..=9)
        .map(|number| (format!("{number}.toml"), format!("parts = true\nbase = \"{}.toml\"\n", number + 1)))
        .collect();
    let chain = |length: usize| -> Vec<String> {
        let last = format!("parts = true\nbase = \"{}\"\n", "cover-spec/upload_cover.toml");
        let mut files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        files[length - 3].1 = &last;
        let own = edited(&[("cover-spec/upload_cover.toml", "2.toml")]);
        faults(&[&[("1.toml", own.as_str())], &files[..]].concat())
    };
    assert_eq!(chain(8), [""; 0]);
    assert!(chain(9)[0].starts_with("1: there are more than 8 files: `1.toml`, `2.toml`, "), "{:?}", chain(9));
}

#[test]
fn a_name_that_the_base_does_not_have_is_reported_with_the_nearest() {
    assert_eq!(
        edit(&[("[\"callBackUrl\"]", "[\"callBackUrl\", \"stlyeWeight\"]")], &[]),
        ["2: the base `cover-spec/upload_cover.toml` has no field, type or class `stlyeWeight` → did you mean \
          `styleWeight`?"]
    );
    assert_eq!(
        edit(&[("use =", "without = [\"calback\"]\nuse =")], &[]),
        ["2: the base `cover-spec/upload_cover.toml` has nothing named `calback` → did you mean `callback`?"]
    );
    assert_eq!(
        edit(&[("[\"callBackUrl\"]", "[\"callBackUrl\", \"callBackUrl\"]")], &[]),
        ["2: `callBackUrl` is listed twice in `use` → remove one of them"]
    );
}

#[test]
fn the_name_and_the_id_of_a_service_are_not_inherited() {
    let service = "[service]\nname = \"Lyrics\"\nid = \"sunoapi.org/lyrics\"\n";
    assert_eq!(
        edit(&[("id = \"sunoapi.org/lyrics\"\n", "")], &[]),
        [
            "4: `id` of `[service]` is not inherited → add `id` under `[service]`; a client refuses handles with another \
          `id`"
        ]
    );
    assert_eq!(
        edit(&[(service, "")], &[]),
        [
            "1: `name` and `id` of `[service]` are not inherited → add `name` and `id` under `[service]`; a client refuses \
          handles with another `id`"
        ]
    );
}

#[test]
fn a_callback_needs_its_field_unless_the_spec_is_without_it() {
    let unused = ("use = [\"callBackUrl\"]\n", "");
    assert_eq!(
        edit(&[unused], &[]),
        [
            "1: the `[callback]` of the base `cover-spec/upload_cover.toml` needs the field `callBackUrl`, which this spec \
          does not have → write `without = [\"callback\"]`, or add the field, such as by `use = [\"callBackUrl\"]`"
        ]
    );
    let text = edited(&[("use = [\"callBackUrl\"]\n", "without = [\"callback\"]\n")]);
    assert!(spec(&[("lyrics.toml", &text)]).callback.is_none());
    let own =
        "[fields.hook]\ntype = \"url\"\ndoc = \"Address.\"\nrequired = \"always\"\n\n[callback]\nfield = \"hook\"\n\n";
    assert_eq!(edit(&[unused, ("[submit]", &format!("{own}[submit]"))], &[]), [""; 0]);
}

#[test]
fn a_spec_with_its_own_address_does_not_inherit_paths() {
    let own = ("[request]", "base_url = \"https://lyrics.example\"\n\n[request]");
    assert_eq!(
        edit(&[own], &[]),
        [
            "8: `path` of `[poll]` is not inherited, because this spec has its own `base_url` → add `path = …` under \
             `[poll]`, or remove this",
            "8: `path` of `[credits]` is not inherited, because this spec has its own `base_url` → add `path = …` under \
             `[credits]`, or remove this, or write `without = [\"credits\"]`",
        ]
    );
    let poll = ("[submit]", "[poll]\npath = \"/lyrics/{task}\"\n\n[submit]");
    let without = ("use =", "without = [\"credits\"]\nuse =");
    assert_eq!(edit(&[own, poll, without], &[]), [""; 0]);
}

#[test]
fn a_path_of_its_own_has_its_own_query() {
    let poll = ("[submit]", "[poll]\npath = \"/lyrics\"\n\n[submit]");
    assert_eq!(
        edit(&[poll], &[]),
        ["18: the poll does not send the id of the task → add `query = \"taskId\"`, or `{task}` to the path"]
    );
}

#[test]
fn a_key_of_the_base_can_be_left_out() {
    let text = edited(&[("use =", "without = [\"poll.expected_duration\", \"service.docs\"]\nuse =")]);
    let spec = spec(&[("lyrics.toml", &text)]);
    assert!(
        spec.poll.as_ref().unwrap().expected_duration.is_none()
            && spec.service.docs.is_none()
            && spec.poll.as_ref().unwrap().request.is_some()
    );
}

#[test]
fn a_fault_in_something_inherited_is_reported_where_it_is_named() {
    let title = ("[\"callBackUrl\"]", "[\"callBackUrl\", \"title\"]");
    let near = "parts = true\nbase = \"cover-spec/upload_cover.toml\"\n[fields.title]\ntype = \"string\"\ndoc = \"Title.\"\n\
                required = [\"Custom\"]\nlimits = [{ models = [\"V9\"], max_length = 5 }]\n";
    let base = ("cover-spec/upload_cover.toml", "near.toml");
    let found = edit(&[base, title], &[("specs/near.toml", near)]);
    assert_eq!(
        found,
        [
            "2: unknown mode `Custom` (inherited from `specs/near.toml`, line 6), and 1 more fault → known: none; give the \
          key in this spec, or change `specs/near.toml`"
        ]
    );
    let own = "[fields.title]\nrequired = \"always\"\nlimits = []\n\n[submit]";
    assert_eq!(edit(&[title, ("[submit]", own)], &[]), [""; 0]);

    let near =
        ("near.toml", "parts = true\nbase = \"cover-spec/upload_cover.toml\"\n[rate_limit]\ntask_every = \"11 s\"\n");
    let found = faults(&[("lyrics.toml", &edited(&[("cover-spec/upload_cover.toml", "near.toml")])), near]);
    assert_eq!(found, ["1: the base `near.toml` has 1 fault → `cover-spec check near.toml` shows them"]);
    let near = (
        "near.toml",
        "parts = true\nbase = \"cover-spec/upload_cover.toml\"\n[poll]\nevery = [\"12 s\", \"30 s\"]\n[rate_limit]\ntask_every = \"11 s\"\n",
    );
    let every = ("[submit]", "[poll]\nevery = [\"1 s\", \"2 s\"]\n\n[submit]");
    let found = faults(&[("lyrics.toml", &edited(&[("cover-spec/upload_cover.toml", "near.toml"), every])), near]);
    assert_eq!(
        found,
        ["1: `task_every` is longer than the minimum time between two polls (inherited from `near.toml`, line 6) → \
          `poll.every` begins with 1000 ms; give the key in this spec, or change `near.toml`"]
    );
}

#[test]
fn an_incomplete_base_is_completed_by_the_spec() {
    let near =
        [("near.toml", "parts = true\n[fields.size]\ntype = \"integer\"\nmin = 1\n[envelope]\ncode = \"code\"\n")];
    let text = "base = \"near.toml\"\nuse = [\"size\"]\n";
    let found = faults(&[&[("whole.toml", text)], &near[..]].concat());
    let has = |start: &str| found.iter().any(|fault| fault.starts_with(start));
    assert!(has("2: `doc` is missing in `size` (inherited from `near.toml`, line 2)"), "{found:#?}");
    assert!(has("1: `message` is missing in `envelope` (inherited from `near.toml`, line 5)"), "{found:#?}");
}

#[test]
fn a_file_of_parts_is_checked_as_far_as_it_goes() {
    let parts = |text: &str| faults(&[("parts.toml", &format!("parts = true\n{text}"))]);
    for text in [
        "",
        "[fields.size]\n",
        "[fields.size]\ntype = \"integer\"\nrequired = [\"Custom\"]\nrequired_when = { other = 1 }\n",
        "[fields.text]\ntype = \"string\"\nlimits = [{ models = [\"A\"], max_length = 5 }, { models = [\"B\"], max_length = 6 }]\n",
        "[classes]\nfast = [\"A\"]\n",
        "[service]\nretention = \"1 days\"\n[rate_limit]\ntask_every = \"1 s\"\n",
        "[results.songs.fields.about]\ntype = \"audio\"\necho = \"prompt\"\n",
        "[callback]\nfield = \"hook\"\n[callback.stages]\ndone = { status = \"DONE\", doc = \"Done.\" }\n",
    ] {
        assert_eq!(parts(text), [""; 0], "{text}");
    }
    for (text, fault) in [
        ("[fields.size]\ntype = \"integr\"\n", "3: unknown value `integr` of `type` → did you mean `integer`?"),
        ("[fields.size]\ntype = \"integer\"\nmim = 1\n", "4: unknown key `mim` in `size` → did you mean `min`?"),
        ("[fields.size]\ntype = \"integer\"\nmin = 2\nmax = 1\n", "5: no number can keep both limits → "),
        ("[fields.size]\ntype = \"integer\"\nmin = 2\nexample = 1\n", "5: the example breaks a rule of the field → "),
        (
            "[fields.size]\ntype = \"integer\"\nlimits = [{ modes = [\"A\"], max_length = 1 }]\n",
            "4: `max_length` is not allowed",
        ),
        ("[poll]\nevery = \"1 s\"\n", "3: `every` must be two durations"),
        (
            "[codes]\n1 = { means = \"invalid\", doc = \"No.\", created = \"no\" }\n",
            "3: no code has `means = \"success\"`",
        ),
        ("[statuses.A]\nmeans = \"running\"\nready = \"nothing\"\n", "2: `A`: running statuses need a `stage`"),
    ] {
        let found = parts(text);
        assert!(found.iter().any(|found| found.starts_with(fault)), "{text}\n{found:#?}");
    }
}

#[test]
fn a_file_of_parts_is_not_a_spec() {
    let faults = Spec::parse("parts.toml", "\nparts = true\n").expect_err("it is not whole");
    let fault = faults.iter().next().expect("one fault");
    assert_eq!(fault.message(), "`parts.toml` is only a base for other specs, because it has `parts = true`");
    assert_eq!(faults.place(fault).0, 2);
}

#[test]
fn the_key_of_the_nearest_file_counts() {
    let near = "parts = true\nbase = \"sub/far.toml\"\n[poll]\npatience = \"2 s\"\n[fields.styleWeight]\nmax = 2\n\
                [fields.mood]\ntype = \"string\"\ndoc = \"Mood.\"\n";
    let far = "parts = true\nbase = \"../service.toml\"\nuse = [\"styleWeight\"]\n[poll]\npatience = \"3 s\"\nsettle = \"3 s\"\n\
               [fields.styleWeight]\nmin = -1\nmax = 3\n";
    let text = edited(&[
        ("cover-spec/upload_cover.toml", "near.toml"),
        ("[\"callBackUrl\"]", "[\"callBackUrl\", \"styleWeight\", \"mood\"]"),
        ("[submit]", "[fields.styleWeight]\noptional = \"always\"\n[fields.mood]\nrequired = \"always\"\n[submit]"),
    ]);
    // The field of `near.toml` is a new one, because it does not use that of its base.
    assert!(
        faults(&[("a.toml", &text), ("near.toml", near), ("sub/far.toml", far), ("service.toml", SHIPPED)])
            .iter()
            .any(|fault| fault.starts_with("2: `type` is missing in `styleWeight`")
                || fault.contains("`type` is missing"))
    );
    let near = near.replace("[poll]", "use = [\"styleWeight\"]\n[poll]");
    let spec = spec(&[("a.toml", &text), ("near.toml", &near), ("sub/far.toml", far), ("service.toml", SHIPPED)]);
    assert_eq!(
        (spec.poll.as_ref().unwrap().patience.value.as_secs(), spec.poll.as_ref().unwrap().settle.value.as_secs()),
        (2, 3)
    );
    let field = spec.request.field("styleWeight").expect("it is used");
    let bounds: Vec<String> = field.bounds.iter().map(|bound| format!("{} {}", bound.0, bound.1.figure())).collect();
    assert_eq!(bounds, ["min -1", "max 2", "multiple_of 0.01"]);
    let line = |name: &str| {
        let found = spec.sources.inherited.iter().find(|it| it.name == name).expect("it is inherited");
        spec.sources.files.line(found.place).map(|(path, line)| format!("{path}:{line}"))
    };
    assert_eq!(line("fields.styleWeight.min").as_deref(), Some("sub/far.toml:8"));
    assert_eq!(line("fields.mood.doc").as_deref(), Some("near.toml:10"));
    assert_eq!(
        line("poll.timeout").as_deref(),
        Some(&*format!("service.toml:{}", line_after("[poll]", "timeout = \"15 min\"")))
    );
}

#[test]
fn the_presence_of_a_field_is_inherited_only_where_the_spec_says_none() {
    let vocal = ("[\"callBackUrl\"]", "[\"callBackUrl\", \"VocalGender\"]");
    let own = ("[submit]", "[fields.vocalGender]\nforbidden = \"always\"\n\n[submit]");
    let text = edited(&[vocal, own]);
    let spec = spec(&[("lyrics.toml", &text)]);
    let field = spec.request.field("vocalGender").expect("the type stands for its field");
    assert!(field.optional.is_none() && field.required.is_none() && field.forbidden.is_some());
    assert_eq!(spec.request.field("callBackUrl").map(|field| field.required.is_some()), Some(true));
}

#[test]
fn classes_can_be_used() {
    let near = ("near.toml", "parts = true\nbase = \"cover-spec/upload_cover.toml\"\n[classes]\nlong = [\"V5\"]\n");
    let text = edited(&[
        ("cover-spec/upload_cover.toml", "near.toml"),
        ("[\"callBackUrl\"]", "[\"callBackUrl\", \"Model\", \"long\"]"),
        ("[request]", "[request]\nmodel = \"model\""),
        (
            "required = \"always\"\n",
            "required = \"always\"\nlimits = [{ models = [\"long\"], max_length = 9 }, { models = [\"V3_5\", \"V4\", \"V4_5\", \"V4_5PLUS\"], max_length = 5 }]\n",
        ),
    ]);
    assert_eq!(spec(&[("lyrics.toml", &text), near]).request.classes.len(), 1);
}
