//! Every hole and contradiction of a spec is found. Each case edits the shipped spec, which has none.

use cover_spec::{SHIPPED, Spec};

/// The messages of all faults, in the order of the text.
fn faults(text: &str) -> Vec<String> {
    match Spec::parse("spec.toml", text) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.iter().map(|fault| fault.message().to_owned()).collect(),
    }
}

/// The faults after one place of the text is replaced.
fn edit(from: &str, to: &str) -> Vec<String> {
    assert!(SHIPPED.contains(from), "{from} is not in the spec");
    faults(&SHIPPED.replacen(from, to, 1))
}

#[test]
fn the_shipped_spec_has_no_faults() {
    assert_eq!(faults(SHIPPED), [""; 0]);
}

#[test]
fn a_report_looks_as_the_compilers_do() {
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
fn misspelt_names_are_found_without_echoes() {
    for (from, to, fault) in [
        ("[\"Custom<Vocal>\", \"NonCustom\"]", "[\"Custm<Vocal>\", \"NonCustom\"]", "unknown mode `Custm<Vocal>`"),
        ("forbidden = [\"NonCustom\"]", "forbidden = [\"NoCustom\"]", "unknown mode `NoCustom`"),
        ("models = [\"V3_5\", \"V4\"]", "models = [\"V3_5\", \"V4_0\"]", "unknown model `V4_0`"),
        ("modes = [\"Custom\"], models", "modes = [\"Costum\"], models", "unknown mode `Costum`"),
        ("when = { customMode = false }", "when = { custommode = false }", "unknown field `custommode`"),
        ("echo = \"prompt\"", "echo = \"prmpt\"", "unknown field `prmpt`"),
        ("field = \"callBackUrl\"", "field = \"callbackUrl\"", "unknown field `callbackUrl`"),
        ("status = \"SUCCESS\"", "status = \"SUCESS\"", "unknown status `SUCESS`"),
        ("type = \"number\"", "type = \"numbr\"", "unknown value `numbr` of `type`"),
        ("means = \"maintenance\"", "means = \"maintainance\"", "unknown value `maintainance` of `means`"),
        ("retention = ", "retension = ", "unknown key `retension` in `service`"),
        ("\nmodel = \"model\"", "\nmodel = \"modell\"", "unknown choice `modell`"),
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
        ["`Custom<Vocal>` overlaps `Custom<Instrumental>`", "`instrumental` says nothing about `Custom<Vocal>`"]
    );
    assert_eq!(
        edit(
            "[modes.NonCustom]\nwhen = { customMode = false }",
            "[modes.NonCustom]\nwhen = { customMode = false, instrumental = true }"
        ),
        [
            "no mode for `{ customMode = false, instrumental = false }`",
            "`instrumental` is optional in `NonCustom`, which gives it its value",
        ]
    );
    assert!(edit(vocal, "when = {}").contains(&"`Custom<Vocal>` has no condition".to_owned()));
    assert!(edit(vocal, "when = { style = \"x\" }").contains(&"`style` cannot decide the mode".to_owned()));
    assert_eq!(edit(vocal, "when = { model = true }")[..1], ["`model` never has this value"]);
}

#[test]
fn every_field_has_exactly_one_answer_in_every_mode() {
    let style = "required = [\"Custom\"]\nforbidden = [\"NonCustom\"]";
    assert_eq!(edit(style, "required = [\"Custom\"]"), ["`style` says nothing about `NonCustom`"]);
    assert_eq!(
        edit(style, "required = \"always\"\nforbidden = [\"NonCustom\"]"),
        ["`style` is both required and forbidden in `NonCustom`"]
    );
    assert_eq!(
        edit("[fields.customMode]\n", "[fields.customMode]\nrequired = [\"NonCustom\"]\n"),
        ["`customMode` is required in `NonCustom`, which gives it its value"]
    );
}

#[test]
fn every_mode_and_model_has_exactly_one_length() {
    let title = "models = [\"V3_5\", \"V4\"], max_length = 80";
    assert_eq!(
        edit(title, "models = [\"V3_5\"], max_length = 80"),
        [
            "`title` has no length with `V4` in `Custom<Instrumental>`",
            "`title` has no length with `V4` in `Custom<Vocal>`"
        ]
    );
    assert_eq!(
        edit(title, "models = [\"V3_5\", \"V4\", \"V5\"], max_length = 80"),
        [
            "`title` has two lengths with `V5` in `Custom<Instrumental>`",
            "`title` has two lengths with `V5` in `Custom<Vocal>`"
        ]
    );
    assert_eq!(edit("V5 = { doc", "V5_5 = { doc = \"\" }\nV5 = { doc").len(), 2 + 2 + 2, "prompt, style and title");
}

#[test]
fn rules_that_can_never_hold_are_found() {
    for (from, to, fault) in [
        ("min = 0\nmax = 1", "min = 2\nmax = 1", "no number can hold both bounds"),
        ("multiple_of = 0.01", "multiple_of = 0", "`multiple_of` must be more than 0"),
        ("multiple_of = 0.01", "multiple_of = -0.01", "`multiple_of` must be more than 0"),
        ("min = 0\nmax = 1\nmultiple_of = 0.01", "min = 0.1\nmax = 0.3\nmultiple_of = 0.5", "no number can hold"),
        ("max_length = 80", "max_length = 0", "nothing can hold this limit"),
        ("models = [\"V3_5\", \"V4\"], max_length = 80", "models = [], max_length = 80", "`models` is empty"),
    ] {
        let found = edit(from, to);
        assert!(found.iter().any(|message| message.starts_with(fault)), "{to}: {found:?}");
    }
}

#[test]
fn limits_fit_the_type_of_their_field() {
    for (from, to, fault) in [
        ("max_seconds = 120", "max_seconds = 120, max_length = 5", "a dispute about several figures"),
        ("max_length = 80", "max_seconds = 80", "`max_seconds` of a field that is no address"),
        (
            "example = 0.65\n",
            "example = 0.65\nlimits = [{ max_length = 4 }]\n",
            "`max_length` of a field that is no text",
        ),
        ("example = \"Smooth jazz trio\"\n", "example = \"Jazz\"\nmin = 1\n", "`min` of a field that is no number"),
    ] {
        let found = edit(from, to);
        assert!(found.contains(&fault.to_owned()), "{to}: {found:?}");
    }
}

#[test]
fn a_figure_in_dispute_has_two_places_and_one_of_them_is_enforced() {
    let enforced = "the enforced figure is none of the disputed ones";
    assert_eq!(
        edit("{ modes = [\"NonCustom\"], max_length = 400", "{ modes = [\"NonCustom\"], max_length = 450"),
        [enforced]
    );
    assert_eq!(edit("        { figure = 480, place = \"usage guide\" },\n", ""), ["a dispute has two sides"]);
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
        ("default = false", "default = \"no\"", "default"),
        ("value = \"https://callback.invalid/\"", "value = \"callback.invalid\"", "placeholder"),
    ] {
        let found = edit(from, to);
        assert!(found.contains(&format!("the {what} breaks the field's own rules")), "{to}: {found:?}");
    }
    let stranger = edit("value = \"https://callback.invalid/\"", "value = \"https://example.com/\"");
    assert_eq!(stranger, ["a placeholder must not lead anywhere"]);
}

#[test]
fn names_can_be_written_in_rust_and_do_not_collide() {
    for (from, to, fault) in [
        ("m = { name = \"Male\"", "m = { name = \"Ma le\"", "`Ma le` cannot be the name of a value in Rust"),
        ("m = { name = \"Male\"", "m = { name = \"Female\"", "a second value `Female`"),
        ("name = \"VocalGender\"", "name = \"Model\"", "a second type `Model`"),
        ("name = \"VocalGender\"", "name = \"Vocal\"", "a second type `Vocal`"),
        ("name = \"VocalGender\"", "name = \"Status\"", "`Status` is a name that generated code uses"),
        ("name = \"VocalGender\"", "name = \"CoverRequestBuilder\"", "a second type `CoverRequestBuilder`"),
        ("[fields.title]", "[fields.type]", "`type` cannot be the name of a setter in Rust"),
        ("[fields.title]", "[fields.\"4th title\"]", "`4th_title` cannot be the name of a setter in Rust"),
        ("[fields.title]", "[fields.build]", "`build` is a name that generated code uses"),
        ("[fields.title]", "[fields.upload_url]", "a second setter `upload_url`"),
        ("setter = \"without_callback\"", "setter = \"title\"", "a second setter `title`"),
        ("[statuses.PENDING]", "[statuses.UNKNOWN]", "`Unknown` is a name that generated code uses"),
        ("[track.fields.tags]", "[track.fields.self]", "`self` cannot be the name of a track field in Rust"),
    ] {
        let found = edit(from, to);
        assert!(found.contains(&fault.to_owned()), "{to}: {found:?}");
    }
}

#[test]
fn names_of_modes_nest() {
    for (name, fault) in [
        ("Custom Vocal", "`Custom Vocal` cannot be the name of a type in Rust"),
        ("Custom<Vocal", "`Custom<Vocal` is no name of a mode"),
        ("Custom<Vocal>>", "`Custom<Vocal>>` is no name of a mode"),
        ("", "`` is no name of a mode"),
    ] {
        let text = SHIPPED.replace("Custom<Vocal>", name);
        assert!(faults(&text).contains(&fault.to_owned()), "{name}: {:?}", faults(&text));
    }
    let both = SHIPPED.replace("\"NonCustom\"", "\"Custom\"").replace("[modes.NonCustom]", "[modes.Custom]");
    let clash = "`Custom` stands at different places in `Custom<Instrumental>` and `Custom`";
    assert!(faults(&both).contains(&clash.to_owned()), "{:?}", faults(&both));
}

#[test]
fn a_code_that_may_have_been_paid_for_is_never_sent_again() {
    let server = "500 = { means = \"server\", doc = \"Server error.\", created = \"perhaps\"";
    assert_eq!(
        edit(server, &format!("{server}, resend = \"1 s\"")),
        ["code 500 may have created a task and may be sent again"]
    );
    assert_eq!(
        edit("doc = \"Success.\", created = \"yes\"", "doc = \"Success.\", created = \"no\""),
        ["code 200: success creates a task, and nothing else surely does"]
    );
    assert_eq!(edit("[codes]\n200", "[codes]\n0200"), [""; 0], "only a number");
    assert_eq!(
        edit("[codes]\n", "[codes]\n0400 = { means = \"invalid\", doc = \"\", created = \"no\" }\n"),
        ["a second code 400"]
    );
    assert_eq!(edit("[codes]\n200", "[codes]\nfine"), ["`fine` is no code"]);
}

#[test]
fn a_service_can_be_reached_and_a_task_can_end() {
    for (from, to, fault) in [
        ("base_url = \"https://", "base_url = \"", "`base_url` is no http or https address"),
        ("sunoapi.org\"\nauth", "sunoapi.org?key=1\"\nauth", "`base_url` has more than host and path"),
        ("header = \"Authorization\"", "header = \"Author: x\"", "no HTTP header can hold this"),
        ("header = \"Authorization\"", "header = \"\"", "`header` is empty"),
        ("path = \"/api/v1/generate/upload-cover\"", "path = \"api\"", "a path starts with /"),
        ("task = \"data.taskId\"", "task = \"data..taskId\"", "`task` must lead to a value in JSON"),
        ("request = \"data.param\"", "request = \"data.\"", "`request` must lead to a value in JSON"),
        ("request = \"data.param\"", "request = \"\"", "`request` must lead to a value in JSON"),
        ("request = \"data.param\"", "request = 1", "`request` must be a text"),
        ("every = [\"10 s\", \"30 s\"]", "every = [\"30 s\", \"10 s\"]", "`every` gives the least and the most time"),
        ("every = [\"10 s\", \"30 s\"]", "every = \"10 s\"", "`every` must be two durations"),
        ("[\"2 min\", \"4 min\"]", "[\"4 min\", \"2 min\"]", "`typical` gives two ages, the earlier first"),
        ("requests = 20", "requests = 0", "`requests` is none at all"),
        (
            "task_every = \"334 ms\"",
            "task_every = \"11 s\"",
            "tasks are polled more often than the pace of one task allows",
        ),
        ("deadline = \"15 min\"", "deadline = \"15 minutes\"", "`deadline` must be a duration"),
        ("deadline = \"15 min\"", "deadline = \"0 s\"", "`deadline` is no time at all"),
        ("means = \"done\"\n", "means = \"failed\"\n", "no status means that the task is done"),
        ("stage = 1\n", "", "`TEXT_SUCCESS`: running statuses have a stage"),
        ("spellings = [\"audioUrl\", ", "spellings = [\"id\", ", "`id` is the spelling of two fields"),
    ] {
        let found = edit(from, to);
        assert!(found.iter().any(|message| message.starts_with(fault)), "{to}: {found:?}");
    }
}

#[test]
fn what_is_missing_is_said_once() {
    assert_eq!(edit("[poll]\npath", "[poll]\npahts")[..1], ["`path` is missing in `poll`"]);
    assert_eq!(edit("deadline = \"15 min\"\n", ""), ["`deadline` is missing in `poll`"]);
    let empty = faults("");
    for section in ["service", "request", "fields", "codes", "submit", "poll", "statuses", "track"] {
        assert!(empty.contains(&format!("`{section}` is missing in the spec")), "{section}: {empty:?}");
    }
    assert_eq!(empty.len(), 8, "{empty:?}");
}

#[test]
fn types_are_told_with_the_place_of_the_value() {
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
fn callbacks_have_an_address_and_signatures_can_be_verified() {
    for (from, to, fault) in [
        ("field = \"callBackUrl\"", "field = \"title\"", "`title` holds no address"),
        ("tries = 3", "tries = 0", "`tries` is none at all"),
        ("tries = 3", "tries = 3\nexpires = \"1 min\"", "callbacks are refused while their task is still waited for"),
    ] {
        assert_eq!(edit(from, to), [fault], "{to}");
    }
    let whole = "timestamp = { header = \"X-T\", tolerance = \"5 min\" }";
    for (signs, timestamp, fault) in [
        ("{task}.{timestamp}", whole, None),
        ("{body}", "", None),
        ("{tsk}", "", Some("unknown part `{tsk}` of what is signed")),
        ("{task}.{timestamp}", "", Some("no header says when it was signed")),
        ("{task}", whole, Some("the time is not signed")),
        ("{timestamp}", whole, Some("a signature that covers neither the task nor the body fits every callback")),
        (
            "{body}{timestamp}",
            "timestamp = { header = \"X T\", tolerance = \"1 s\" }",
            Some("no HTTP header can hold this"),
        ),
        (
            "{body}{timestamp}",
            "timestamp = { header = \"XT\", tolerance = \"0 s\" }",
            Some("`tolerance` is no time at all"),
        ),
    ] {
        let signature =
            format!("[callback.signature]\nheader = \"X-S\"\nencoding = \"hex\"\nsigns = \"{signs}\"\n{timestamp}\n");
        let found = edit("[callback.stages]", &format!("{signature}\n[callback.stages]"));
        assert_eq!(found, Vec::from_iter(fault), "{signs} {timestamp}");
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
        ["nothing can hold this limit", "a second value `Female`", "unknown key `mim` in `styleWeight`"]
    );
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
