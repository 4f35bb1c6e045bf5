//! What `diff` says of the keys of the service, and of the unit of a total.

use cover_spec::Spec;
use cover_spec::diff::{Changes, Effect};

use super::{BEFORE, changes};

/// Returns what `diff` says of the shipped spec and a copy with one change, which must be neutral in both directions.
fn neutral(from: &str, to: &str) -> [Vec<String>; 2] {
    let new = cover_spec::SHIPPED.replacen(from, to, 1);
    assert_ne!(new, cover_spec::SHIPPED, "{from}");
    let spec = |text: &str| Spec::parse("spec.toml", text).unwrap_or_else(|faults| panic!("{faults}"));
    let (old, new) = (spec(cover_spec::SHIPPED), spec(&new));
    [Changes::between(&old, &new), Changes::between(&new, &old)].map(|changes| {
        assert!(changes.iter().all(|change| change.effect() == Effect::Neutral), "{changes}");
        changes.iter().map(|change| change.text().to_owned()).collect()
    })
}

#[test]
fn diff_names_each_key_that_changes_with_both_values() {
    for (from, to, key, was, is) in [
        ("task = \"data.taskId\"\n\n", "task = \"data.id\"\n\n", "submit.task", "\"data.taskId\"", "\"data.id\""),
        ("[submit]\n", "[submit]\nmethod = \"PUT\"\n", "submit.method", "POST", "PUT"),
        ("code = \"code\"", "code = \"status\"", "envelope.code", "\"code\"", "\"status\""),
        ("message = \"msg\"", "message = \"text\"", "envelope.message", "\"msg\"", "\"text\""),
        ("query = \"taskId\"", "query = \"id\"", "poll.query", "\"taskId\"", "\"id\""),
        ("\"data.status\"", "\"data.state\"", "poll.status", "\"data.status\"", "\"data.state\""),
        ("\"data.errorCode\"", "\"data.code\"", "poll.error_code", "\"data.errorCode\"", "\"data.code\""),
        ("\"data.errorMessage\"", "\"data.text\"", "poll.error_message", "\"data.errorMessage\"", "\"data.text\""),
        ("[\"10 s\", \"30 s\"]", "[\"1500 ms\", \"1 min\"]", "poll.every", "10 s to 30 s", "1500 ms to 1 min"),
        ("[\"2 min\", \"4 min\"]", "[\"0 s\", \"2 h\"]", "poll.expected_duration", "2 min to 4 min", "0 ms to 2 h"),
        ("timeout = \"15 min\"", "timeout = \"20 min\"", "poll.timeout", "15 min", "20 min"),
        ("unknown_task = [404, 422]", "unknown_task = [404]", "poll.unknown_task", "404, 422", "404"),
        ("patience = \"60 s\"", "patience = \"5 s\"", "poll.patience", "1 min", "5 s"),
        ("settle = \"60 s\"", "settle = \"5 s\"", "poll.settle", "1 min", "5 s"),
        ("task_every = \"334 ms\"", "task_every = \"1 s\"", "rate_limit.task_every", "334 ms", "1 s"),
        ("requests = 20", "requests = 30", "rate_limit.requests", "20", "30"),
        ("\"/api/v1/generate/credit\"", "\"/credit\"", "credits.path", "\"/api/v1/generate/credit\"", "\"/credit\""),
        ("amount = \"data\"", "amount = \"left\"", "credits.amount", "\"data\"", "\"left\""),
        ("cost = 12", "cost = 0.4", "credits.cost", "12", "0.4"),
        (
            "cost = 12",
            "cost = 12\ncosts = [{ when = { title = { given = true } }, cost = 20 }]",
            "credits.cost",
            "12",
            "20 if `title` is given, or else 12",
        ),
        ("retention = \"15 days\"", "retention = \"36 h\"", "service.retention", "15 days", "36 h"),
        ("ready = \"streams\"", "ready = \"first\"", "statuses.TEXT_SUCCESS.ready", "streams", "first"),
        ("stage = 2", "stage = 3", "statuses.FIRST_SUCCESS.stage", "2", "3"),
        ("\"done-with-results\"", "\"done\"", "statuses.CALLBACK_EXCEPTION.means", "done-with-results", "done"),
        ("count = 2", "count = 3", "results.tracks.count", "2", "3"),
        ("echo = \"style\"", "echo = \"title\"", "results.tracks.fields.tags.echo", "\"style\"", "\"title\""),
        (
            "[\"audioUrl\", \"audio_url\"]",
            "[\"audioUrl\"]",
            "results.tracks.fields.audioUrl.spellings",
            "\"audioUrl\", \"audio_url\"",
            "\"audioUrl\"",
        ),
        ("refunded = \"yes\"", "refunded = \"no\"", "failures.531.refunded", "yes", "no"),
        ("{ status = \"SUCCESS\",", "{", "callback.stages.complete", "\"SUCCESS\"", "a failure"),
        ("attempts = 3", "attempts = 4", "callback.attempts", "3", "4"),
        ("\"insufficient-credits\"", "\"server\"", "codes.429.means", "insufficient-credits", "server"),
        (
            "Wrong method or path.\", created = \"no\"",
            ".\", created = \"perhaps\"",
            "codes.404.created",
            "no",
            "perhaps",
        ),
        ("file = \"file\"", "file = \"song\"", "upload.file", "\"file\"", "\"song\""),
        ("data.downloadUrl", "data.fileUrl", "upload.link", "\"data.downloadUrl\"", "\"data.fileUrl\""),
        ("expires = \"3 days\"", "expires = \"24 h\"", "upload.expires", "3 days", "1 days"),
        ("\"covers\"", "\"songs\"", "upload.fields.uploadPath", "\"covers\"", "\"songs\""),
        ("retry_after = \"10 s\"", "retry_after = \"20 s\"", "codes.405.retry_after", "10 s", "20 s"),
    ] {
        let said = [format!("`{key}`: {is} instead of {was}"), format!("`{key}`: {was} instead of {is}")];
        assert_eq!(neutral(from, to), said.map(|text| vec![text]));
    }
}

#[test]
fn diff_names_each_key_that_is_left_out() {
    for (line, key, was) in [
        ("task_every = \"334 ms\"", "rate_limit.task_every", "334 ms"),
        ("retention = \"15 days\"", "service.retention", "15 days"),
        ("expected_duration = [\"2 min\", \"4 min\"]", "poll.expected_duration", "2 min to 4 min"),
        ("unknown_task = [404, 422]", "poll.unknown_task", "404, 422"),
        (", retry_after = \"60 s\"", "codes.455.retry_after", "1 min"),
    ] {
        let said = [format!("`{key}` is left out; it was {was}"), format!("`{key}`: {was}; it was left out")];
        assert_eq!(neutral(line, ""), said.map(|text| vec![text]));
    }
    let [removed, _] = neutral("[envelope]\ncode = \"code\"\nmessage = \"msg\"\n", "");
    assert_eq!(
        removed,
        ["`envelope.code` is left out; it was \"code\"", "`envelope.message` is left out; it was \"msg\""]
    );
}

#[test]
fn the_order_of_codes_and_the_unit_of_a_time_are_not_changes() {
    for (from, to) in [
        ("[404, 422]", "[422, 404]"),
        ("timeout = \"15 min\"", "timeout = \"900 s\""),
        ("attempts = 3", "attempts = 3\nexpires = \"1 days\""),
    ] {
        assert_eq!(neutral(from, to), [Vec::<String>::new(), vec![]]);
    }
}

#[test]
fn diff_names_the_unit_of_a_total_if_its_texts_have_the_same() {
    let spec = |first: &str, second: &str, max: u32| {
        let field = |name: &str, unit: &str| {
            format!("[fields.{name}]\ntype = \"string\"\nunit = \"{unit}\"\ndoc = \"A text.\"\noptional = \"always\"\n")
        };
        let total = format!("[[totals]]\ndoc = \"Short.\"\nlength = [\"one\", \"two\"]\nmax = {max}\n");
        let text = format!("{BEFORE}{}{}{total}", field("one", first), field("two", second));
        Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}"))
    };
    for (units, said) in [
        (["chars", "chars"], "characters together"),
        (["bytes", "bytes"], "bytes together"),
        (["utf16", "utf16"], "UTF-16 units together"),
        (["bytes", "chars"], "together"),
    ] {
        let [first, second] = units;
        let changes = Changes::between(&spec(first, second, 9), &spec(first, second, 8));
        let said = format!("`one`, `two`: at most 8 instead of at most 9 {said}:");
        assert!(changes.iter().any(|change| change.text().starts_with(&said)), "{changes}");
    }
}

#[test]
fn uploads_that_are_removed_break_callers() {
    let (before, uploads) = cover_spec::SHIPPED.split_once("[upload]").expect("the shipped spec has uploads");
    let (_, after) = uploads.split_once("[callback]").expect("callbacks are behind them");
    let [with, without] = [cover_spec::SHIPPED, &format!("{before}[callback]{after}")]
        .map(|text| Spec::parse("spec.toml", text).unwrap_or_else(|faults| panic!("{faults}")));
    let said = |old: &Spec, new: &Spec| -> Vec<(Effect, String)> {
        Changes::between(old, new).iter().map(|change| (change.effect(), change.text().to_owned())).collect()
    };
    assert_eq!(said(&with, &without), [(Effect::Breaking, "uploads are removed".to_owned())]);
    assert_eq!(said(&without, &with), [(Effect::Loosening, "uploads are new".to_owned())]);
}

#[test]
fn diff_says_that_another_account_does_not_find_its_purchases() {
    let spec = |account: &str| {
        let text = cover_spec::SHIPPED.replacen("account = \"sunoapi.org\"\n", account, 1);
        Spec::parse("spec.toml", &text).unwrap_or_else(|faults| panic!("{faults}"))
    };
    for (old, new, is) in [
        ("", "account = \"music\"\n", "`music` instead of not named"),
        ("account = \"music\"\n", "", "not named instead of `music`"),
        ("account = \"music\"\n", "account = \"songs\"\n", "`songs` instead of `music`"),
    ] {
        let changes = Changes::between(&spec(old), &spec(new));
        let texts: Vec<&str> = changes.iter().map(cover_spec::diff::Change::text).collect();
        let wanted = format!("the account is {is}: purchases in ledgers are not found, and may be paid again");
        assert_eq!(texts, [wanted]);
        assert!(changes.iter().all(|change| change.effect() == Effect::Breaking));
    }
}

#[test]
fn what_a_field_refers_to_does_not_affect_callers() {
    let text = |name: &str, keys: &str| {
        format!("[fields.{name}]\ntype = \"string\"\ndoc = \"A text.\"\noptional = \"always\"\n{keys}\n")
    };
    let file = |keys: &str| text("file", "").replace("string", "url") + keys;
    let old = text("task", "") + &text("song", "source = { member = \"id\" }") + &file("served_at = \"stored\"\n");
    let new = text("task", "source = { polled_at = \"/songs\", unknown = 400 }")
        + &text("song", "source = { member = \"id\", task = \"task\" }")
        + &file("fetched = { failure = 451 }\n");
    let stored = "[results.stored]\ntype = \"audio\"\ndoc = \"The file.\"\nat = \"data.file\"\n";
    let later = "fetched after the request was accepted; if that fails, the task fails with code 451";
    assert_eq!(
        changes(&(old + stored), &(new + stored)),
        [
            "`fields.song.source`: `id` in the results of the task in `task`; an unknown one is accepted, and the task \
             fails instead of `id` in the results of an earlier task; an unknown one is accepted, and the task fails",
            "`fields.file.served_at` is left out; it was \"stored\"",
            "`fields.task.source`: id of an earlier task that is polled at `/songs`; an unknown one is refused with code \
             400; it was left out",
            &format!("`fields.file.fetched`: {later}; it was left out"),
        ]
        .map(|text| format!("neutral: {text}"))
    );
}
