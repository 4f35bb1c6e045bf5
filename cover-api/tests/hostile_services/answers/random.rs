//! Random answers.
//!
//! `COVER_RUNS=60000 cargo test -p cover-api --test hostile_services answers::` makes more runs than usual.

use std::time::Duration;

use axum::http::Method;
use cover_api::Client;
use cover_api::callback::CallbackOutcome as Came;
use cover_testkit::{Outcome, fixed_chance, request_with_callback, runs};
use serde_json::{Value, json};

use super::service::{ADDRESS, Reply, SECRET, Service, handle};

/// Pieces that are easily misread.
const PIECES: [&[u8]; 32] = [
    b"NaN",
    b"-Infinity",
    b"Infinit",
    b"1e999",
    b"-0",
    b"1.0",
    b"123456789012345678901234567890",
    b"0.12345678901234567890123456789",
    b"200",
    b"405",
    b"\"200\"",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b"\"\"",
    b"\"  \"",
    b"\"..\"",
    b"\"\\ud800\"",
    b"\"\\u0000\"",
    b"\"taskId\":\"t9\"",
    b"\"code\":200",
    b"\"status\":\"SUCCESS\"",
    b"{\"data\":",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b"\"",
    b"\\",
    b",",
    b"}",
    b"<html>",
];

/// Returns an answer as services give it.
fn usual(chance: &mut fastrand::Rng) -> Value {
    let track = |number: u32| {
        json!({
            "id": format!("track-{number}"), "audioUrl": format!("https://a.example/{number}.mp3?k=1"), "audio_url": "",
            "streamAudioUrl": "", "imageUrl": null, "prompt": "La la\nlü", "modelName": "chirp-v4", "title": "Night Drive",
            "tags": "jazz", "createTime": 1_700_000_000_000_u64, "duration": 198.44,
        })
    };
    let statuses = ["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", "SUCCESS", "CREATE_TASK_FAILED", "GENERATING"];
    let codes = [400, 401, 404, 405, 422, 429, 430, 455, 500, 531];
    let code = if chance.u8(0..4) == 0 { *chance.choice(&codes).expect("it is not empty") } else { 200 };
    match chance.u8(0..4) {
        0 => json!({ "code": code, "msg": "success", "data": { "taskId": format!("{:032x}", chance.u128(..)) } }),
        1 => json!({ "code": code, "msg": "no https://a.example/x?sig=1", "data": null }),
        2 => json!({
            "code": code, "msg": "success",
            "data": {
                "taskId": "t1", "status": chance.choice(&statuses), "param": "{\"prompt\":\"x\"}", "errorCode": null,
                "errorMessage": "", "response": { "taskId": "t1", "sunoData": [track(1), track(2)] },
            },
        }),
        _ => json!({
            "code": code, "msg": "All generated",
            "data": { "callbackType": chance.choice(["text", "first", "complete", "error"]), "task_id": "t1", "data": [track(1)] },
        }),
    }
}

/// Returns a usual answer with a few changes.
fn mutated(chance: &mut fastrand::Rng) -> Vec<u8> {
    let mut body = usual(chance).to_string().into_bytes();
    for _ in 0..chance.u8(0..4) {
        let at = chance.usize(0..=body.len());
        let end = (at + chance.usize(0..40)).min(body.len());
        match chance.u8(0..12) {
            0 => body.truncate(at),
            1 => drop(body.drain(at..end)),
            2 => {
                let piece = body[at..end].to_vec();
                body.splice(at..at, piece);
            }
            3 => body[at..end].iter_mut().for_each(|byte| *byte ^= 1 << chance.u8(0..8)),
            4 => {
                let deep = chance.choice([b"[".as_slice(), b"{\"a\":", b"\"", b"\\u00"]).expect("it is not empty");
                let deep = deep.repeat(chance.usize(1..2_000));
                body.splice(at..at, deep);
            }
            5 => {
                let piece = chance.choice(PIECES).expect("it is not empty");
                body.splice(at..(at + chance.usize(0..4)).min(body.len()).max(at), piece.iter().copied());
            }
            _ => replace_a_value(&mut body, chance),
        }
    }
    body
}

/// Replaces the value after a random colon by a piece.
fn replace_a_value(body: &mut Vec<u8>, chance: &mut fastrand::Rng) {
    let colons: Vec<usize> = (0..body.len()).filter(|at| body[*at] == b':').collect();
    let Some(colon) = chance.choice(colons) else { return };
    let length = body[colon + 1..].iter().position(|byte| matches!(byte, b',' | b'}' | b']'));
    let end = length.map_or(body.len(), |length| colon + 1 + length);
    let piece = chance.choice(PIECES).expect("it is not empty");
    body.splice(colon + 1..end, piece.iter().copied());
}

/// Asserts that a text about an answer is bounded by the length of the answer.
fn assert_bounded(body: &[u8], said: &str) {
    assert!(said.len() <= 20 * body.len() + 4_000, "{} bytes of text about {} bytes", said.len(), body.len());
}

fn is_id(id: &str) -> bool {
    id.trim() == id && !id.is_empty() && id.len() <= 256 && !id.contains(char::is_control) && !id.contains('\u{fffd}')
}

/// Number of results of each kind, to prove that the answers reach every kind.
#[derive(Debug, Default)]
struct Seen {
    tasks: usize,
    refused: usize,
    unknown: usize,
    snapshots: usize,
    callbacks: usize,
}

#[tokio::test(start_paused = true)]
async fn no_random_answer_causes_a_panic_an_invalid_id_or_a_second_post() -> Outcome {
    let (mut chance, mut seen) = (fixed_chance(20_260_917), Seen::default());
    let count = runs(3_000);
    let mut run = 0;
    while run < count {
        let service = Service::default();
        let client = Client::builder("key").transport(service.router()).callbacks(ADDRESS, SECRET).max_attempts(1);
        let client = client.rate_limit(64, Duration::ZERO).build()?;
        // A few for each client, so that an answer that changes the client affects the next one.
        for _ in 0..20 {
            run += 1;
            let body = mutated(&mut chance);
            service.with(|inner| {
                inner.post = Reply::plain(body.clone());
                inner.get = Reply::plain(body.clone());
                inner.asked.clear();
            });
            client.resume_sends();
            random_send(&service, &client, run, &body, &mut seen).await;
            random_poll(&client, run, &body, &mut seen).await;
            random_callback(&client, &body, &mut seen)?;
        }
    }
    println!("{count} answers: {seen:?}");
    let Seen { tasks, refused, unknown, snapshots, callbacks } = seen;
    for some in [tasks, refused, unknown, snapshots, callbacks] {
        assert!(some > count / 50, "{seen:?}");
    }
    Ok(())
}

async fn random_send(service: &Service, client: &Client, run: usize, body: &[u8], seen: &mut Seen) {
    let sent = client.send(&request_with_callback(ADDRESS, run)).await;
    assert_eq!(service.asked(&Method::POST).len(), 1, "posted again after {body:?}");
    assert_bounded(body, &format!("{sent:?}"));
    match sent {
        Ok(task) => {
            assert!(is_id(task.id()), "{:?}", task.id());
            seen.tasks += 1;
        }
        Err(error) => {
            assert_bounded(body, &error.to_string());
            assert!(error.handle().is_none_or(|handle| is_id(handle.id())), "{error:?}");
            assert!(error.is_refused() != error.is_outcome_unknown(), "{error:?} after {body:?}");
            seen.refused += usize::from(error.is_refused());
            seen.unknown += usize::from(error.is_outcome_unknown());
        }
    }
}

async fn random_poll(client: &Client, run: usize, body: &[u8], seen: &mut Seen) {
    // Holds that earlier answers asked for have ended by then.
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    let polled = client.resume(handle(&format!("t{run}"))).poll().await;
    assert_bounded(body, &format!("{polled:?}"));
    match polled {
        Ok(_) => seen.snapshots += 1,
        Err(error) => assert_bounded(body, &error.to_string()),
    }
}

fn random_callback(client: &Client, body: &[u8], seen: &mut Seen) -> Outcome {
    let callbacks = client.callbacks()?;
    let valid = callbacks.test_factory().valid("t1", "complete");
    let received = callbacks.receive(&valid.path, &valid.headers, body);
    assert_bounded(body, &format!("{received:?}"));
    if let Came::Unawaited(callback) = received.outcome() {
        assert!(is_id(callback.task.id()), "{callback:?}");
        seen.callbacks += 1;
    }
    Ok(())
}
