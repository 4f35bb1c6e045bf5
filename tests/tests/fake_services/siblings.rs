//! Sibling endpoints of the shipped service, whose answers have other shapes: statuses as numbers or as the code of the envelope,
//! lists of texts, nested objects, one number, and results that come at once.

use axum::http::Method;
use cover_api::{Client, Link};
use serde_json::{Value, json};

use crate::Outcome;
use crate::fake::{Call, Fake, Reply};

mod direct;

mod images {
    cover_api::api!("specs/siblings/cover_images.toml", in crate::siblings::images);
}
mod midi {
    cover_api::api!("specs/siblings/midi.toml", in crate::siblings::midi);
}
mod recovery {
    cover_api::api!("specs/siblings/recovery.toml", in crate::siblings::recovery);
}

const HOOK: &str = "https://api.example.com/callbacks";

/// Answers as the pages of the service say, or as was seen. The source task of a request says which case comes.
fn answer(call: &Call, calls: &[Call]) -> Reply {
    let source = call.body["taskId"].as_str().or(call.body["task_id"].as_str()).unwrap_or_default();
    let polled = call.query.rsplit('=').next().unwrap_or_default();
    let times = call.times_in(calls);
    match (&call.method, &*call.path) {
        (&Method::POST, "/api/v1/style/generate") => style_of(&call.body),
        (&Method::POST, "/api/v1/suno/recovery") => envelope(200, &json!({ "task_id": source })),
        (&Method::POST, _) if source == "unknown" => envelope(422, &Value::Null),
        (&Method::POST, _) => envelope(200, &json!({ "taskId": source })),
        (_, "/api/v1/suno/cover/record-info") => images_of(polled, times),
        (_, "/api/v1/midi/record-info") => midi_of(polled, times),
        (_, "/api/v1/suno/recovery/record-info") => recovered(polled, times),
        (_, "/api/v1/generate/credit") => envelope(200, &json!(87.25)),
        _ => envelope(404, &Value::Null),
    }
}

fn images_of(task: &str, times: usize) -> Reply {
    let record = |flag: Value, response: Value| {
        // On success, the code is 200 and the message is empty: there was no error.
        json!({ "taskId": task, "successFlag": flag, "response": response, "errorCode": 200, "errorMessage": "" })
    };
    let images = json!({ "images": ["https://cdn.example.com/1.png", "https://cdn.example.com/2.png"] });
    let data = match (task, times) {
        // For some time, the task does not exist: code 200, and no data.
        (_, 0) => Value::Null,
        (_, 1) => record(json!(0), Value::Null),
        (_, 2) => record(json!(2), json!({ "images": null })),
        ("failed", _) => json!({ "taskId": task, "successFlag": 3, "response": null, "errorCode": 531 }),
        ("one", _) => record(json!(1), json!({ "images": "https://cdn.example.com/1.png" })),
        ("text", _) => record(json!("1"), images),
        ("point", _) => record(json!(1.0), images),
        _ => record(json!(1), images),
    };
    envelope(200, &data)
}

fn midi_of(task: &str, times: usize) -> Reply {
    // Numbers come as texts, too, mixed within one note.
    let note = json!({ "pitch": 60, "start": 0.5, "end": "1.25", "velocity": 0.8 });
    let instruments = json!([{ "name": "Piano", "notes": [note] }, { "name": "Drums", "notes": [] }]);
    let midi = match task {
        "empty" => json!({ "state": "complete", "instruments": [] }),
        _ => json!({ "state": "complete", "instruments": instruments }),
    };
    let flag = match (task, times) {
        (_, 0) => 0,
        ("failed", _) => 2,
        _ => 1,
    };
    let midi = if flag == 1 { midi } else { Value::Null };
    envelope(
        200,
        &json!({ "taskId": task, "recordTaskId": -1, "successFlag": flag, "midiData": midi, "errorCode": null }),
    )
}

fn recovered(task: &str, times: usize) -> Reply {
    match (task, times) {
        (_, 0) => envelope(201, &Value::Null),
        ("lost", _) => envelope(500, &Value::Null),
        _ => envelope(200, &json!([{ "id": "a", "audio_url": "https://cdn.example.com/a.m4a", "status": "success" }])),
    }
}

fn style_of(body: &Value) -> Reply {
    let result = match body["content"].as_str() {
        Some("nothing") => Value::Null,
        Some("a list") => json!(["Smooth jazz"]),
        _ => json!("Smooth jazz with brushed drums"),
    };
    let data = json!({
        "taskId": "s", "result": result, "creditsConsumed": 0.4, "creditsRemaining": 86.85, "successFlag": "成功",
        "errorMsg": "", "createTime": 1_766_000_000_000_u64,
    });
    envelope(200, &data)
}

fn envelope(code: u32, data: &Value) -> Reply {
    Reply::json(200, &json!({ "code": code, "msg": "success", "data": data }))
}

fn setup() -> Result<(Fake, Client), Box<dyn std::error::Error>> {
    let fake = Fake::new(answer);
    let client = Client::builder("5f0a9c81d2").transport(fake.router()).build()?;
    Ok((fake, client))
}

#[tokio::test(start_paused = true)]
async fn a_status_is_a_number_and_the_result_a_list_of_addresses() -> Outcome {
    let (_fake, client) = setup()?;
    let client = client.operation::<images::CoverImages>()?;
    let request = |task: &str| images::ImagesRequest::builder().task_id(task).call_back_url(HOOK).build();
    for task in ["song", "text", "point"] {
        let done = client.send(&request(task)?).await?.wait().await?;
        assert_eq!(done.status, images::Status::Done, "{task}");
        assert_eq!(done.images, [1, 2].map(|number| Link::new(format!("https://cdn.example.com/{number}.png"))));
    }
    let failed = client.send(&request("failed")?).await?.wait().await.unwrap_err();
    assert!(failed.is_failed(), "{failed}");
    let one = client.send(&request("one")?).await?.wait().await.unwrap_err();
    assert!(one.is_output_missing(), "{one}");
    assert!(one.to_string().contains("`data.response.images` is a text instead of a list"), "{one}");
    let unknown = client.send(&request("unknown")?).await.unwrap_err();
    assert_eq!(unknown.code(), Some(422), "{unknown}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn notes_are_objects_in_lists_in_objects_in_lists() -> Outcome {
    let (_fake, client) = setup()?;
    let client = client.operation::<midi::Midi>()?;
    let request = |task: &str| midi::MidiRequest::builder().task_id(task).call_back_url(HOOK).build();
    let done = client.send(&request("song")?).await?.wait().await?;
    let names: Vec<_> = done.instruments.iter().map(|instrument| instrument.name.as_deref()).collect();
    assert_eq!(names, [Some("Piano"), Some("Drums")]);
    let note = &done.instruments[0].notes[0];
    assert_eq!((note.pitch, note.start, note.velocity), (Some(60), Some(0.5), Some(0.8)));
    let empty = client.send(&request("empty")?).await?.wait().await.unwrap_err();
    assert!(empty.to_string().contains("`data.midiData.instruments` is an empty list"), "{empty}");
    assert!(client.send(&request("failed")?).await?.wait().await.unwrap_err().is_failed());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_code_of_the_envelope_is_the_status() -> Outcome {
    let (_fake, client) = setup()?;
    let client = client.operation::<recovery::Recovery>()?;
    let request = |task: &str| recovery::RecoveryRequest::builder().task_id(task).build();
    let done = client.send(&request("song")?).await?.wait().await?;
    assert_eq!((&done.status, done.tracks.len()), (&recovery::Status::Saved, 1));
    let lost = client.send(&request("lost")?).await?.wait().await.unwrap_err();
    assert!(lost.is_failed(), "{lost}");
    Ok(())
}
