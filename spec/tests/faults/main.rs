//! Every fault of a spec is found. Each case edits the shipped spec, which has none.

mod bases;
mod causes;
mod choices;
mod contradictions;
mod messages;
mod names;
mod patterns;
mod presence;
mod request;
mod service;

use cover_spec::{SHIPPED, Spec};

/// The beginning of a spec without fields. The shipped spec contributes the service.
const REQUEST: &str = "base = \"cover-spec/upload_cover.toml\"
without = [\"callback\"]
[service]
name = \"Some\"
id = \"some\"
[submit]
path = \"/tasks\"
task = \"id\"
[request]
name = \"SomeRequest\"
doc = \"A request.\"
";

/// Returns the messages of all faults, in the order of the text.
fn faults(text: &str) -> Vec<String> {
    match Spec::parse("spec.toml", text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| fault.message().to_owned()).collect(),
    }
}

/// Returns the faults after one part of the text is replaced.
fn edit(from: &str, to: &str) -> Vec<String> {
    assert!(SHIPPED.contains(from), "{from} is not in the spec");
    faults(&SHIPPED.replacen(from, to, 1))
}

#[test]
fn the_shipped_spec_has_no_faults() {
    assert_eq!(faults(SHIPPED), [""; 0]);
}

#[test]
fn a_report_looks_like_those_of_the_compiler() {
    let text = SHIPPED.replacen("[\"Custom<Vocal>\", \"NonCustom\"]", "[\"Custm<Vocal>\", \"NonCustom\"]", 1);
    let line = 1 + text.lines().position(|line| line.contains("Custm")).expect("was replaced");
    let faults = Spec::parse("specs/my.toml", &text).expect_err("a fault");
    let pad = " ".repeat(line.to_string().len());
    assert_eq!(
        faults.to_string(),
        format!(
            "error: unknown mode `Custm<Vocal>`\n\
             {pad}--> specs/my.toml:{line}:13\n\
             {pad} |\n\
             {line} | required = [\"Custm<Vocal>\", \"NonCustom\"]\n\
             {pad} |             ^^^^^^^^^^^^^^ did you mean `Custom<Vocal>`?"
        )
    );
}

#[test]
fn a_misspelt_name_is_reported_without_faults_that_follow_from_it() {
    for (from, to, fault) in [
        ("[\"Custom<Vocal>\", \"NonCustom\"]", "[\"Custm<Vocal>\", \"NonCustom\"]", "unknown mode `Custm<Vocal>`"),
        ("optional = [\"NonCustom\"]", "optional = [\"NoCustom\"]", "unknown mode `NoCustom`"),
        ("models = [\"V3_5\", \"V4\"]", "models = [\"V3_5\", \"V4_0\"]", "unknown model `V4_0`"),
        ("modes = [\"Custom\"], models", "modes = [\"Costum\"], models", "unknown mode `Costum`"),
        ("when = { customMode = false }", "when = { custommode = false }", "unknown field `custommode`"),
        ("echo = \"prompt\"", "echo = \"prmpt\"", "unknown field `prmpt`"),
        ("field = \"callBackUrl\"", "field = \"callbackUrl\"", "unknown field `callbackUrl`"),
        ("status = \"SUCCESS\"", "status = \"SUCESS\"", "unknown status `SUCESS`"),
        ("type = \"number\"", "type = \"numbr\"", "unknown value `numbr` of `type`"),
        ("means = \"maintenance\"", "means = \"maintainance\"", "unknown value `maintainance` of `means`"),
        ("retention = ", "retension = ", "unknown key `retension` in `service`"),
        ("\nmodel = \"model\"", "\nmodel = \"modell\"", "unknown field `modell`"),
    ] {
        let found = edit(from, to);
        assert!(found.contains(&fault.to_owned()), "{to}: {found:?}");
    }
    assert_eq!(edit("[\"Custom<Vocal>\", \"NonCustom\"]", "[\"Custm<Vocal>\", \"NonCustom\"]").len(), 1);
    assert_eq!(edit("modes = [\"Custom\"], models", "modes = [\"Costum\"], models").len(), 1);
}

#[test]
fn every_combination_has_exactly_one_mode() {
    let vocal = "when = { customMode = true, instrumental = false }";
    assert_eq!(
        edit(vocal, "when = { customMode = true }"),
        [
            "`Custom<Vocal>` overlaps `Custom<Instrumental>`",
            "`instrumental` is neither required, optional nor forbidden in `Custom<Vocal>`"
        ]
    );
    assert_eq!(
        edit(
            "[modes.NonCustom]\nwhen = { customMode = false }",
            "[modes.NonCustom]\nwhen = { customMode = false, instrumental = true }"
        ),
        [
            "no mode for `{ customMode = false, instrumental = false }`",
            "`instrumental` is optional in `NonCustom`, which sets its value",
        ]
    );
    assert!(edit(vocal, "when = {}").contains(&"the mode `Custom<Vocal>` has no `when`".to_owned()));
    assert!(edit(vocal, "when = { style = \"x\" }").contains(&"`style` cannot select the mode".to_owned()));
    assert_eq!(edit(vocal, "when = { model = true }")[..1], ["`model` never has this value"]);
}

#[test]
fn every_field_has_exactly_one_presence_in_every_mode() {
    let style = "required = [\"Custom\"]";
    assert_eq!(
        edit(style, "required = [\"Custom<Vocal>\"]"),
        ["`style` is neither required, optional nor forbidden in `Custom<Instrumental>`"]
    );
    assert_eq!(
        edit(style, "required = \"always\"\nforbidden = [\"NonCustom\"]"),
        ["`style` is both required and forbidden in `NonCustom`"]
    );
    assert_eq!(
        edit("[fields.customMode]\n", "[fields.customMode]\nrequired = [\"NonCustom\"]\n"),
        ["`customMode` is required in `NonCustom`, which sets its value"]
    );
}

#[test]
fn every_mode_and_model_has_exactly_one_limit() {
    let title = "models = [\"V3_5\", \"V4\"], max_length = 80";
    assert_eq!(
        edit(title, "models = [\"V3_5\"], max_length = 80"),
        ["`title` has no `max_length` with `V4` in `Custom<Instrumental>`, and in 1 other case"]
    );
    assert_eq!(
        edit(title, "models = [\"V3_5\", \"V4\", \"V5\"], max_length = 80"),
        ["`title` has `max_length` twice with `V5` in `Custom<Instrumental>`"]
    );
    assert_eq!(edit("V5 = { doc", "V5_5 = { doc = \"\" }\nV5 = { doc").len(), 1 + 1 + 1, "prompt, style and title");
}

#[test]
fn rules_that_can_never_hold_are_found() {
    for (from, to, fault) in [
        ("min = 0\nmax = 1", "min = 2\nmax = 1", "no number can keep both limits"),
        ("multiple_of = 0.01", "multiple_of = 0", "`multiple_of` must be more than 0"),
        ("multiple_of = 0.01", "multiple_of = -0.01", "`multiple_of` must be more than 0"),
        (
            "min = 0\nmax = 1\nmultiple_of = 0.01",
            "min = 0.1\nmax = 0.3\nmultiple_of = 0.5",
            "no number can keep `multiple_of`",
        ),
        ("max_length = 80", "max_length = 0", "no value can keep this limit"),
        ("max_seconds = 120", "max_bytes = 7", "no address can keep this limit"),
        ("models = [\"V3_5\", \"V4\"], max_length = 80", "models = [], max_length = 80", "`models` is empty"),
    ] {
        let found = edit(from, to);
        assert!(found.iter().any(|message| message.starts_with(fault)), "{to}: {found:?}");
    }
}

#[test]
fn limits_fit_the_type_of_their_field() {
    for (from, to, fault) in [
        ("max_seconds = 120", "max_seconds = 120, max_length = 5", "`disputed` with several figures"),
        ("max_length = 80", "max_seconds = 80", "`max_seconds` is not allowed: the field is not an address"),
        (
            "example = 0.65\n",
            "example = 0.65\nlimits = [{ max_length = 4 }]\n",
            "`max_length` is not allowed: the field is not a text",
        ),
        (
            "example = \"Smooth jazz trio\"\n",
            "example = \"Jazz\"\nmax_bytes = 80\n",
            "`max_bytes` is not allowed: the field is not an address",
        ),
        (
            "example = \"Smooth jazz trio\"\n",
            "example = \"Jazz\"\nmin = 1\n",
            "`min` is not allowed: the field is not a number",
        ),
    ] {
        let found = edit(from, to);
        assert!(found.contains(&fault.to_owned()), "{to}: {found:?}");
    }
}

#[test]
fn a_figure_in_dispute_has_two_places_and_one_of_them_is_enforced() {
    let enforced = "the enforced figure is not among the disputed ones";
    assert_eq!(
        edit("{ modes = [\"NonCustom\"], max_length = 400", "{ modes = [\"NonCustom\"], max_length = 450"),
        [enforced]
    );
    assert_eq!(edit("        { figure = 480, place = \"usage guide\" },\n", ""), ["`disputed` needs two entries"]);
}

#[test]
fn examples_defaults_and_placeholders_keep_the_rules_of_their_field() {
    for (from, to, what) in [
        ("example = \"V4_5\"", "example = \"V6\"", "example"),
        ("example = 0.65", "example = 1.5", "example"),
        ("example = 0.65", "example = 0.655", "example"),
        ("example = 0.65", "example = \"much\"", "example"),
        ("example = \"Smooth jazz trio\"", "example = \"\"", "example"),
        ("example = \"https://storage", "example = \"storage", "example"),
        ("value = false, modes", "value = \"no\", modes", "default"),
        ("value = \"https://callback.invalid/\"", "value = \"callback.invalid\"", "placeholder"),
    ] {
        let found = edit(from, to);
        assert!(found.contains(&format!("the {what} breaks a rule of the field")), "{to}: {found:?}");
    }
    let stranger = edit("value = \"https://callback.invalid/\"", "value = \"https://example.com/\"");
    assert_eq!(stranger, ["the placeholder may lead to a real server"]);
}

#[test]
fn names_are_valid_in_rust_and_do_not_collide() {
    for (from, to, fault) in [
        ("m = { name = \"Male\"", "m = { name = \"Ma le\"", "`Ma le` is not a valid Rust name for a value"),
        ("m = { name = \"Male\"", "m = { name = \"Female\"", "duplicate value `Female`"),
        ("name = \"VocalGender\"", "name = \"Model\"", "duplicate type `Model`"),
        ("name = \"VocalGender\"", "name = \"Vocal\"", "duplicate type `Vocal`"),
        ("name = \"VocalGender\"", "name = \"Status\"", "`Status` is reserved for generated code"),
        (
            "name = \"VocalGender\"",
            "name = \"CoverRequestBuilder\"",
            "`CoverRequestBuilder` is reserved for generated code",
        ),
        ("[fields.title]", "[fields.type]", "`type` is not a valid Rust name for a setter"),
        ("[fields.title]", "[fields.\"4th title\"]", "`4th_title` is not a valid Rust name for a setter"),
        ("[fields.title]", "[fields.build]", "`build` is reserved for generated code"),
        ("[fields.title]", "[fields.upload_url]", "duplicate setter `upload_url`"),
        ("[fields.title]", "[fields.maybe_style]", "duplicate setter `maybe_style`"),
        ("[fields.style]", "[fields.maybe_title]", "duplicate setter `maybe_title`"),
        ("setter = \"without_callback\"", "setter = \"title\"", "duplicate setter `title`"),
        ("[statuses.PENDING]", "[statuses.UNKNOWN]", "`Unknown` is reserved for generated code"),
        (
            "[results.tracks.fields.tags]",
            "[results.tracks.fields.self]",
            "`self` is not a valid Rust name for a field of a result",
        ),
    ] {
        let found = edit(from, to);
        assert!(found.contains(&fault.to_owned()), "{to}: {found:?}");
    }
}

#[test]
fn names_of_modes_nest() {
    for (name, fault) in [
        ("Custom Vocal", "`Custom Vocal` is not a valid Rust name for a type"),
        ("Custom<Vocal", "`Custom<Vocal` is not the name of a mode"),
        ("Custom<Vocal>>", "`Custom<Vocal>>` is not the name of a mode"),
        ("", "`` is not the name of a mode"),
    ] {
        let text = SHIPPED.replace("Custom<Vocal>", name);
        assert!(faults(&text).contains(&fault.to_owned()), "{name}: {:?}", faults(&text));
    }
    let both = SHIPPED.replace("\"NonCustom\"", "\"Custom\"").replace("[modes.NonCustom]", "[modes.Custom]");
    let clash = "`Custom` is at different positions in `Custom` and `Custom<Instrumental>`";
    assert!(faults(&both).contains(&clash.to_owned()), "{:?}", faults(&both));
}

#[test]
fn a_missing_key_is_reported_once() {
    assert_eq!(
        edit("[poll]\npath", "[poll]\nurl")[..2],
        ["`path` is missing in `poll`", "unknown key `url` in `poll`"]
    );
    assert_eq!(edit("timeout = \"15 min\"\n", ""), ["`timeout` is missing in `poll`"]);
    let empty = faults("");
    for section in ["service", "request", "fields", "codes", "submit", "results"] {
        assert!(empty.contains(&format!("`{section}` is missing in the spec")), "{section}: {empty:?}");
    }
    assert_eq!(empty.len(), 6, "{empty:?}");
    // Without `[poll]`, it would answer at once.
    let without_statuses = faults("poll = {}");
    assert!(without_statuses.contains(&"`statuses` is missing in the spec".to_owned()), "{without_statuses:?}");
}

#[test]
fn a_renamed_key_is_reported_with_its_new_name() {
    for (new, old) in [
        ("[rate_limit]", "[pace]"),
        ("per = ", "window = "),
        ("expected_duration = ", "typical = "),
        ("timeout = ", "deadline = "),
        ("attempts = ", "tries = "),
        ("retry_after = ", "resend = "),
    ] {
        let name = |text: &str| text.trim_matches(|c: char| "[]= ".contains(c)).to_owned();
        let text =
            SHIPPED.lines().map(|line| if line.starts_with('#') { "" } else { line }).collect::<Vec<_>>().join("\n");
        let report = Spec::parse("spec.toml", &text.replacen(new, old, 1)).expect_err("a fault").to_string();
        assert!(report.contains(&format!("unknown key `{}`", name(old))), "{report}");
        assert!(report.contains(&format!("renamed to `{}`", name(new))), "{report}");
    }
}

#[test]
fn wrong_types_are_reported() {
    for (from, to, fault) in [
        ("max_length = 80", "max_length = \"80\"", "`max_length` must be a whole number"),
        ("max_length = 80", "max_length = -80", "`max_length` must be a whole number"),
        ("multiple_of = 0.01", "multiple_of = nan", "`multiple_of` must be a number"),
        ("optional = [\"NonCustom\"]", "optional = \"NonCustom\"", "`optional` must be \"always\" or a list of modes"),
        ("auth = { header", "auth = [{ header", "`auth` must be a table"),
        ("when = { customMode = false }", "when = { customMode = 0 }", "`customMode` never has this value"),
    ] {
        let to = if to.starts_with("auth") { "auth = \"Bearer\" # { header" } else { to };
        let found = edit(from, to);
        assert!(found.iter().any(|message| message.starts_with(fault)), "{to}: {found:?}");
    }
}

#[test]
fn several_faults_are_all_found() {
    let text = SHIPPED.replacen("min = 0", "mim = 0", 1).replacen("max_length = 80", "max_length = 0", 1).replacen(
        "name = \"Male\"",
        "name = \"Female\"",
        1,
    );
    assert_eq!(
        faults(&text),
        ["no value can keep this limit", "duplicate value `Female`", "unknown key `mim` in `styleWeight`"]
    );
}

#[test]
fn a_mistake_in_toml_itself_is_reported_alone() {
    for (from, to) in [("max_length = 80 }", "max_length = 80"), ("[fields.title]", "[fields.style]")] {
        let found = edit(from, to);
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

#[test]
fn no_text_makes_it_panic() {
    // Every beginning of the spec, and the spec without any one line: cheap, and near to what an editor sends.
    for end in (0..SHIPPED.len()).step_by(97).filter(|end| SHIPPED.is_char_boundary(*end)) {
        drop(Spec::parse("spec.toml", &SHIPPED[..end]).map_err(|faults| faults.to_string()));
    }
    let lines: Vec<&str> = SHIPPED.lines().collect();
    for skipped in 0..lines.len() {
        let text = [&lines[..skipped], &lines[skipped + 1..]].concat().join("\n");
        drop(Spec::parse("spec.toml", &text).map_err(|faults| faults.to_string()));
    }
    for odd in ["\u{feff}", "\0", "a = \"\u{1F3B7}", "[[[[", "[a]\n[a]", &"[".repeat(10_000), &"a.".repeat(10_000)] {
        assert!(Spec::parse("spec.toml", odd).map_err(|faults| faults.to_string()).is_err(), "{odd:.20}");
    }
}

#[test]
fn many_faults_are_cut_to_what_a_person_reads() {
    let unknown: Vec<String> = (0..500).map(|n| format!("\n[x{n}]")).collect();
    let text = SHIPPED.to_owned() + &unknown.concat();
    let faults = Spec::parse("spec.toml", &text).expect_err("500 faults");
    assert_eq!(faults.iter().len(), 500);
    assert_eq!(faults.reports().count(), 51);
    assert!(faults.to_string().ends_with("error: 450 more faults in spec.toml"));
    let unknown: Vec<String> = (0..5000).map(|n| format!("\n[x{n}]")).collect();
    let faults = Spec::parse("spec.toml", &(SHIPPED.to_owned() + &unknown.concat())).expect_err("5000 faults");
    assert_eq!(faults.iter().len(), 1000);
    assert!(faults.to_string().ends_with("error: 4950 more faults in spec.toml"));
}
