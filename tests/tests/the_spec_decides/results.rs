//! Results of every shape: they are read as the spec says, and one that cannot be read is an error, never an empty success.

use std::error::Error;
use std::time::Duration;

use cover_api::Link;
use cover_api::sandbox::{Answer, Sandbox};
use serde_json::{Value, json};

use scores::{Client, ScoreRequest, Status};

type Outcome = Result<(), Box<dyn Error>>;

mod scores {
    cover_api::api!("specs/shapes.toml");
}

const SPEC: &str = include_str!("../../specs/shapes.toml");

/// The answer to a poll of a task that is done.
fn answer() -> Value {
    json!({ "flag": 1, "out": {
        "pages": [{ "url": "https://a.example/1.pdf?key=s3cret", "title": "One" }, null, { "url": "", "title": "Two" }],
        "words": ["la", "", "li"],
        "key": { "tonic": "D", "sharps": "2" },
        "parts": [{ "instrument": { "label": "Viola" }, "notes": [{ "pitch": 60, "start": "0.5" }, { "pitch": 62.0 }] }],
        "tempo": 96.5,
        "minor": false,
        "loudness": [[0.5, 0.25], [], ["1"]],
    } })
}

/// Returns a sandbox and a client of it.
async fn service() -> Result<(Sandbox, Client), Box<dyn Error>> {
    let sandbox = Sandbox::builder().spec(SPEC).stage_each_poll().without_rate_limit().start().await?;
    let millis = Duration::from_millis;
    let client = Client::builder(sandbox.key()).base_url(sandbox.url()).poll_every(millis(1), millis(2));
    let client = client.rate_limit(64, millis(0)).build()?;
    Ok((sandbox, client))
}

fn request() -> ScoreRequest {
    ScoreRequest::builder().recording("https://a.example/song.wav").build().unwrap()
}

#[tokio::test]
async fn the_sandbox_has_results_of_every_shape() -> Outcome {
    let (_sandbox, client) = service().await?;
    let done = client.send(&request()).key("a").await?.wait().await?;
    assert_eq!((done.pages.len(), done.words.len(), done.parts.len(), done.loudness.len()), (2, 2, 2, 2));
    assert!(done.pages.iter().all(|page| page.url.is_some()));
    assert!(done.key.as_ref().is_some_and(|key| key.tonic.is_some() && key.sharps.is_some()));
    assert!(done.parts.iter().all(|part| part.instrument.is_some() && part.notes.len() == 2));
    assert!(done.tempo.is_some() && done.minor == Some(true) && done.extra.is_some());
    Ok(())
}

#[tokio::test]
async fn values_are_read_as_their_types() -> Outcome {
    let (sandbox, client) = service().await?;
    let task = client.send(&request()).key("a").await?;
    sandbox.answer_poll(Answer::raw(200, answer().to_string()));
    let done = task.wait().await?;
    assert_eq!(done.status, Status::Ready);
    assert_eq!(done.pages[0].url, Some(Link::new("https://a.example/1.pdf?key=s3cret")));
    assert_eq!((done.pages.len(), done.pages[1].title.as_deref()), (2, Some("Two")));
    assert_eq!(done.words, ["la", "li"]);
    assert_eq!(done.key.as_ref().and_then(|key| key.sharps), Some(2));
    let part = &done.parts[0];
    assert_eq!(part.instrument.as_ref().and_then(|it| it.label.as_deref()), Some("Viola"));
    assert_eq!(part.notes.iter().map(|note| note.pitch).collect::<Vec<_>>(), [Some(60), Some(62)]);
    assert_eq!(part.notes[0].start, Some(0.5));
    assert_eq!((done.tempo, done.minor, &done.extra), (Some(96.5), Some(false), &None));
    assert_eq!(done.loudness, [vec![0.5, 0.25], vec![1.0]]);
    assert_eq!(done.json(), &answer());
    Ok(())
}

#[tokio::test]
async fn snapshots_are_written_as_json_with_whole_addresses_and_shown_without_secrets() -> Outcome {
    let (sandbox, client) = service().await?;
    let task = client.send(&request()).key("a").await?;
    sandbox.answer_poll(Answer::raw(200, answer().to_string()));
    let done = task.wait().await?;
    let written = serde_json::to_value(&done)?;
    assert_eq!(written["status"], "1");
    assert_eq!(written["results"]["pages"][0]["url"], "https://a.example/1.pdf?key=s3cret");
    assert_eq!(written["results"]["parts"][0]["notes"][0], json!({ "pitch": 60, "start": 0.5 }));
    assert_eq!(written["results"]["extra"], Value::Null);
    let shown = format!("{done:?}");
    assert!(shown.contains("https://a.example/1.pdf?…") && !shown.contains("s3cret"), "{shown}");
    Ok(())
}

/// Ten answers for each result, with one mistake each, and what the error says.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn mutilated() -> Vec<(&'static str, [(Value, &'static str); 10])> {
    let missing = || json!("\u{0}remove");
    vec![
        (
            "pages",
            [
                (missing(), "`out.pages` is missing"),
                (json!(null), "`out.pages` is null"),
                (json!([]), "`out.pages` is an empty list"),
                (json!("https://a.example/1.pdf"), "`out.pages` is a text instead of a list"),
                (json!(7), "`out.pages` is a number instead of a list"),
                (json!([null, {}]), "`out.pages` has only empty items"),
                (json!([{ "url": "https://a.example" }, 7]), "`out.pages[1]` is a number instead of an object"),
                (json!([{ "title": "One" }]), "`out.pages[0].url` is missing"),
                (json!([{ "title": "One", "url": "" }]), "`out.pages[0].url` is empty"),
                (
                    json!([{ "title": "One", "url": { "href": "x" } }]),
                    "`out.pages[0].url` is an object instead of an address",
                ),
            ],
        ),
        (
            "words",
            [
                (missing(), "`out.words` is missing"),
                (json!(null), "`out.words` is null"),
                (json!(""), "`out.words` is an empty text"),
                (json!([]), "`out.words` is an empty list"),
                (json!({}), "`out.words` is an empty object"),
                (json!("la li"), "`out.words` is a text instead of a list"),
                (json!({ "0": "la" }), "`out.words` is an object instead of a list"),
                (json!(["la", 5]), "`out.words[1]` is a number instead of a text"),
                (json!(["la", ["li"]]), "`out.words[1]` is a list instead of a text"),
                (json!([null, ""]), "`out.words` has only empty items"),
            ],
        ),
        (
            "key",
            [
                (missing(), "`out.key` is missing"),
                (json!(null), "`out.key` is null"),
                (json!({}), "`out.key` is an empty object"),
                (json!([]), "`out.key` is an empty list"),
                (json!("D"), "`out.key` is a text instead of an object"),
                (json!([{ "tonic": "D" }]), "`out.key` is a list instead of an object"),
                (json!({ "tonic": "", "sharps": null }), "`out.key` has only empty members"),
                (json!({ "sharps": 2 }), "`out.key.tonic` is missing"),
                (json!({ "tonic": null, "sharps": 2 }), "`out.key.tonic` is empty"),
                (json!({ "tonic": 4, "sharps": 2 }), "`out.key.tonic` is a number instead of a text"),
            ],
        ),
        (
            "parts",
            [
                (missing(), "`out.parts` is missing"),
                (json!([]), "`out.parts` is an empty list"),
                (json!("Viola"), "`out.parts` is a text instead of a list"),
                (json!([["Viola"]]), "`out.parts[0]` is a list instead of an object"),
                (json!([{ "notes": [{ "pitch": 60 }] }]), "`out.parts[0].instrument` is missing"),
                (
                    json!([{ "instrument": "Viola", "notes": [{ "pitch": 60 }] }]),
                    "`out.parts[0].instrument` is a text instead of an object",
                ),
                (
                    json!([{ "instrument": { "name": "Viola" }, "notes": [{ "pitch": 60 }] }]),
                    "`out.parts[0].instrument.label` is missing",
                ),
                (json!([{ "instrument": { "label": "Viola" } }]), "`out.parts[0].notes` is missing"),
                (
                    json!([{ "instrument": { "label": "Viola" }, "notes": [60] }]),
                    "`out.parts[0].notes[0]` is a number instead of an object",
                ),
                (
                    json!([{ "instrument": { "label": "Viola" }, "notes": [{ "pitch": "high" }] }]),
                    "`out.parts[0].notes[0].pitch` is a text instead of a whole number",
                ),
            ],
        ),
        (
            "tempo",
            [
                (missing(), "`out.tempo` is missing"),
                (json!(null), "`out.tempo` is null"),
                (json!(""), "`out.tempo` is an empty text"),
                (json!({}), "`out.tempo` is an empty object"),
                (json!([]), "`out.tempo` is an empty list"),
                (json!("fast"), "`out.tempo` is a text instead of a number"),
                (json!("inf"), "`out.tempo` is a text instead of a number"),
                (json!(true), "`out.tempo` is a boolean instead of a number"),
                (json!([96]), "`out.tempo` is a list instead of a number"),
                (json!({ "bpm": 96 }), "`out.tempo` is an object instead of a number"),
            ],
        ),
        (
            "minor",
            [
                (missing(), "`out.minor` is missing"),
                (json!(null), "`out.minor` is null"),
                (json!(""), "`out.minor` is an empty text"),
                (json!({}), "`out.minor` is an empty object"),
                (json!([]), "`out.minor` is an empty list"),
                (json!("true"), "`out.minor` is a text instead of true or false"),
                (json!(0), "`out.minor` is a number instead of true or false"),
                (json!(1.5), "`out.minor` is a number instead of true or false"),
                (json!([true]), "`out.minor` is a list instead of true or false"),
                (json!({ "is": true }), "`out.minor` is an object instead of true or false"),
            ],
        ),
        (
            "loudness",
            [
                (missing(), "`out.loudness` is missing"),
                (json!(null), "`out.loudness` is null"),
                (json!([]), "`out.loudness` is an empty list"),
                (json!([[], []]), "`out.loudness` has only empty items"),
                (json!(0.5), "`out.loudness` is a number instead of a list"),
                (json!([0.5]), "`out.loudness[0]` is a number instead of a list"),
                (json!([[0.5], "x"]), "`out.loudness[1]` is a text instead of a list"),
                (json!([[0.5, "loud"]]), "`out.loudness[0][1]` is a text instead of a number"),
                (json!([[0.5], [[1]]]), "`out.loudness[1][0]` is a list instead of a number"),
                (json!([{ "0": [0.5] }]), "`out.loudness[0]` is an object instead of a list"),
            ],
        ),
    ]
}

#[tokio::test]
async fn a_result_that_cannot_be_read_is_an_error_that_says_where_and_what_was_found() -> Outcome {
    let (sandbox, client) = service().await?;
    for (result, cases) in mutilated() {
        for (number, (value, why)) in cases.into_iter().enumerate() {
            let mut body = answer();
            let out = body["out"].as_object_mut().ok_or("the answer has results")?;
            if value == json!("\u{0}remove") {
                out.remove(result);
            } else {
                out.insert(result.to_owned(), value);
            }
            let task = client.send(&request()).key(format!("{result}-{number}")).await?;
            sandbox.answer_poll(Answer::raw(200, body.to_string()));
            let error = task.wait().await.expect_err(why);
            assert!(error.is_output_missing(), "{why}: {error}");
            assert!(error.to_string().contains(&format!(": {why} (status 1)")), "{why}: {error}");
            let last = error.last_snapshot().ok_or("the error has the last snapshot")?;
            assert_eq!(last.json(), &body, "nothing of the answer is lost");
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_answer_that_is_cut_short_never_ends_a_wait() -> Outcome {
    let (sandbox, client) = service().await?;
    let task = client.send(&request()).key("a").await?;
    let whole = answer().to_string();
    for end in (1..whole.len()).step_by(whole.len() / 40) {
        sandbox.answer_poll(Answer::raw(200, whole.get(..end).unwrap_or("{")));
        assert!(task.poll().await.is_err(), "{end}");
    }
    assert!(task.wait().await?.has_output());
    Ok(())
}
