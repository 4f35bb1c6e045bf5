//! `AssemblyAI`: transcripts with words, speakers and times.

use axum::http::Method;
use serde_json::{Value, json};

use crate::Outcome;
use crate::fake::{Call, Fake, Reply};

mod questions;

mod transcript {
    cover_api::api!("specs/others/transcript.toml", in crate::assemblyai::transcript);
}
use transcript::{Client, Status, TranscriptRequest};

const TRANSCRIPTS: &str = "/v2/transcript/";

/// Answers as the documentation says. The last part of the recording's address becomes the id of the transcript, and says
/// which of the documented cases comes.
fn answer(call: &Call, calls: &[Call]) -> Reply {
    if call.header("authorization") != "5f0a9c81d2" {
        return error(401, "Authentication error, API token missing/invalid");
    }
    match call.rest(&Method::GET, TRANSCRIPTS) {
        Some(path) => match path.split_once('/') {
            None => progress(path, call, calls),
            Some((id, "sentences")) => sentences_of(id),
            Some((id, "word-search")) => found(id, &call.query),
            Some(_) => error(404, "Not found"),
        },
        None => match call.body["audio_url"].as_str().and_then(|url| url.rsplit('/').next()) {
            Some("silence") if call.times_in(calls) == 0 => error(429, "Too many requests"),
            Some(id) => Reply::json(200, &transcript(id, "queued", json!({}))),
            None => error(400, "audio_url is required"),
        },
    }
}

/// Returns a transcript as the service describes it everywhere, with these members of its own.
fn transcript(id: &str, status: &str, more: Value) -> Value {
    let mut body = json!({
        "id": id, "status": status, "audio_url": format!("https://storage.example.com/{id}"), "text": null, "words": null,
        "utterances": null, "confidence": null, "audio_duration": null, "error": null, "punctuate": true,
    });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

fn words() -> Value {
    json!([
        { "text": "Smoke", "start": 250, "end": 650, "confidence": 0.97, "speaker": "A" },
        { "text": "rises.", "start": 730, "end": 1022, "confidence": 0.9, "speaker": "A" },
    ])
}

fn progress(id: &str, call: &Call, calls: &[Call]) -> Reply {
    let utterances = json!([{ "speaker": "A", "text": "Smoke rises.", "start": 250, "end": 1022, "confidence": 0.9, "words": words() }]);
    let heard = json!({
        "text": "Smoke rises.", "words": words(), "utterances": utterances, "confidence": 0.93, "audio_duration": 12,
    });
    let body = match (id, call.times_in(calls)) {
        ("gone", _) => return error(400, "Transcript lookup error, transcript id not found"),
        (_, 0) => transcript(id, "queued", json!({})),
        (_, 1) => transcript(id, "processing", json!({})),
        ("page", _) => {
            let why = "Transcoding failed. File does not appear to contain audio. File type is text/html.";
            transcript(id, "error", json!({ "error": why }))
        }
        ("silence", _) => transcript(id, "completed", json!({ "text": "", "words": [], "audio_duration": 5 })),
        ("odd", _) => transcript(id, "completed", json!({ "text": "Smoke", "audio_duration": "five" })),
        _ => transcript(id, "completed", heard),
    };
    Reply::json(200, &body)
}

fn sentences_of(id: &str) -> Reply {
    let sentence = json!({ "text": "Smoke rises.", "start": 250, "end": 1022, "confidence": 0.9, "words": words(), "speaker": null });
    match id {
        "talk" => {
            Reply::json(200, &json!({ "id": id, "confidence": 0.93, "audio_duration": 12, "sentences": [sentence] }))
        }
        "running" => error(400, "This transcript has a status of 'processing'"),
        _ => Reply::json(200, &json!({ "id": id, "confidence": 0.93, "audio_duration": 12, "sentences": {} })),
    }
}

fn found(id: &str, query: &str) -> Reply {
    let times = json!([[250, 650], [4430, 4686]]);
    let matches = json!([{ "text": "smoke", "count": 2, "timestamps": times, "indexes": [0, 12] }]);
    match query {
        "words=smoke%2Cfire" | "words=smoke,fire" => {
            Reply::json(200, &json!({ "id": id, "total_count": 2, "matches": matches }))
        }
        _ => Reply::json(200, &json!({ "id": id, "total_count": 0, "matches": [] })),
    }
}

fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": message }))
}

fn setup() -> Result<(Fake, Client), Box<dyn std::error::Error>> {
    let fake = Fake::new(answer);
    let client = Client::builder("5f0a9c81d2").transport(fake.router()).build()?;
    Ok((fake, client))
}

/// Returns a request with a recording of this name, which decides what the service does.
fn request(name: &str) -> Result<TranscriptRequest, cover_api::Violations> {
    TranscriptRequest::builder().audio_url(format!("https://storage.example.com/{name}")).speaker_labels(true).build()
}

#[tokio::test(start_paused = true)]
async fn a_transcript_has_words_and_speakers_with_times() -> Outcome {
    let (fake, client) = setup()?;
    let done = client.send(&request("talk")?).await?.wait().await?;
    assert_eq!((&done.status, done.text.as_deref()), (&Status::Completed, Some("Smoke rises.")));
    let times: Vec<_> = done.words.iter().map(|word| (word.text.as_deref(), word.start, word.end)).collect();
    assert_eq!(times, [(Some("Smoke"), Some(250), Some(650)), (Some("rises."), Some(730), Some(1022))]);
    assert_eq!(done.words[0].confidence, Some(0.97));
    let utterance = done.utterances.first().ok_or("no utterance")?;
    assert_eq!((utterance.speaker.as_deref(), utterance.words.len()), (Some("A"), 2));
    assert_eq!((done.confidence, done.audio_duration), (Some(0.93), Some(12.0)));
    assert_eq!(fake.calls()[0].header("authorization"), "5f0a9c81d2", "there is no scheme before the key");
    let told = serde_json::to_value(&*done)?;
    assert_eq!(told["words"][1]["text"], "rises.");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_silent_recording_has_a_length_but_no_words() -> Outcome {
    let (_fake, client) = setup()?;
    let done = client.send(&request("silence")?).await?.wait().await?;
    assert_eq!((done.words.len(), done.audio_duration), (0, Some(5.0)));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_recording_that_cannot_be_heard_and_an_unknown_transcript_are_errors() -> Outcome {
    let (_fake, client) = setup()?;
    let page = client.send(&request("page")?).await?.wait().await.unwrap_err();
    assert!(page.is_failed() && page.to_string().contains("File type is text/html."), "{page}");
    let gone = client.send(&request("gone")?).await?.wait().await.unwrap_err();
    assert!(gone.to_string().contains("transcript id not found"), "{gone}");
    let odd = client.send(&request("odd")?).await?.wait().await.unwrap_err();
    assert!(odd.is_output_missing() && odd.to_string().contains("`audio_duration` is a text"), "{odd}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn times_that_contradict_each_other_are_refused_before_anything_is_sent() -> Outcome {
    let builder = TranscriptRequest::builder().audio_url("https://storage.example.com/talk").audio_start_from(2000);
    let refused = builder.audio_end_at(1000).build().map(drop).unwrap_err();
    assert_eq!(refused.to_string(), "audio_end_at - audio_start_from: -1000, at least 1");
    Ok(())
}
