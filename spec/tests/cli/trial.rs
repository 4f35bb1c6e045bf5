//! `cover-spec try`

use cover_spec::SHIPPED;

use super::{Folder, Outcome};

/// Returns what is said of an answer, which must end with this exit status.
fn tried(
    folder: &Folder,
    status: i32,
    answer: impl AsRef<[u8]>,
    more: &[&str],
) -> Result<String, Box<dyn std::error::Error>> {
    std::fs::write(folder.0.join("answer.json"), answer)?;
    folder.said(status, &[&["try", "spec.toml", "answer.json"], more].concat())
}

fn folder(name: &str) -> std::io::Result<Folder> {
    let folder = Folder::new(name)?;
    folder.write("spec.toml", SHIPPED)?;
    Ok(folder)
}

#[track_caller]
fn has(said: &str, lines: &[&str]) {
    for line in lines {
        assert!(said.lines().any(|it| it.trim() == *line), "{line}\nis not a line of\n{said}");
    }
}

#[test]
fn the_answer_to_a_poll_is_shown_with_its_tracks_and_what_nothing_reads() -> Outcome {
    let folder = folder("try_poll")?;
    let answer = r#"{"code":200,"msg":"success","data":{
        "taskId":"5c79","status":"FIRST_SUCCESS","errorCode":0,"errorMessage":"","param":"{not JSON",
        "response":{"sunoData":[
            {"id":"a","audioUrl":"https://a.example/1.mp3?signature=s3cret","title":"Night\u0007","duration":198.44,"lyric":"la"},
            {"id":"b","audioUrl":"","stream_audio_url":"https://a.example/2","duration":[1]},
            {"id":"","audioUrl":null}
        ]}}}"#;
    let said = tried(&folder, 1, answer, &[])?;
    assert_eq!(
        said,
        r#"read as the answer to a poll, because it has a status at `data.status`
code: 200, success: Success.
message: "success"
task: "5c79"
status: "FIRST_SUCCESS", running: The first track is ready.
outcome: the task is running, at stage 2
tracks: 2, at `data.response.sunoData`
  item 1
    id: "a"
    audioUrl: "https://a.example/1.mp3?…"
    title: "Night\u{7}"
    duration: 198.44
  item 2
    id: "b"
    streamAudioUrl as `stream_audio_url`: "https://a.example/2"
nothing at these places:
  the error message at `data.errorMessage`: an empty text
  1 of 3 items of `tracks[]`
  fields of `tracks[]`: `sourceAudioUrl`, `sourceStreamAudioUrl`, `imageUrl`, `sourceImageUrl`, `prompt`, `modelName`, `tags`, `createTime`
not understood:
  no field of `tracks[]` reads "lyric"
  `tracks[].duration`: a list, not a number
"#
    );
    Ok(())
}

#[test]
fn what_an_answer_is_is_decided_by_what_fits_unless_you_say_it() -> Outcome {
    let folder = folder("try_kinds")?;
    for (answer, read) in [
        (
            r#"{"code":200,"data":{"taskId":"t"}}"#,
            "the answer to the POST, because it has the id of a task at `data.taskId`, and no status",
        ),
        (
            r#"{"code":200,"data":{"taskId":"t","status":"PENDING"}}"#,
            "the answer to a poll, because it has a status at `data.status`",
        ),
        (
            r#"{"code":200,"data":{"task_id":"t","callbackType":"text"}}"#,
            "a callback, because it has a stage at `data.callbackType`",
        ),
        (
            r#"{"code":400}"#,
            "the answer to the POST, since neither a stage, a status nor the id of a task tells what it is",
        ),
    ] {
        has(&tried(&folder, 0, answer, &[])?, &[&format!("read as {read}")]);
    }
    let unknown = r#"{"code":"422","msg":"no such task","data":null}"#;
    let said = tried(&folder, 0, unknown, &["--as", "poll"])?;
    has(
        &said,
        &[
            "read as the answer to a poll, as you asked",
            "outcome: the task does not exist; within 60s of the POST, not yet",
        ],
    );
    has(&tried(&folder, 1, unknown, &["--as", "callback"])?, &["outcome: the callback is refused"]);
    let answer = r#"{"code":200,"data":{"taskId":"t"}}"#;
    has(&folder.piped(0, &["try", "spec.toml", "-"], answer)?, &["task: \"t\""]);
    Ok(())
}

#[test]
fn the_answer_to_the_post_says_whether_a_task_was_created() -> Outcome {
    let folder = folder("try_submit")?;
    let odd =
        b"\xef\xbb\xbf{\"code\":\"200\",\"msg\":\"sch\xf6n\",\"x\":NaN,\"data\":{\"taskId\":\"a\",\"taskId\":1e3}}";
    let unknown =
        "outcome: unknown: the answer cannot be read, and a task may have been created; the request is not sent again";
    for (status, answer, http_status, lines) in [
        (0, &odd[..], "500", &["code: 200, success: Success.", "task: \"1e3\"", "outcome: the task was created"][..]),
        (
            0,
            br#"{"code":405,"data":[]}"#,
            "200",
            &["outcome: no task was created; the request may be sent again after 10s"],
        ),
        (0, br#"{"code":413}"#, "200", &["outcome: no task was created"]),
        (
            0,
            br#"{"code":500}"#,
            "200",
            &["outcome: unknown: the answer does not rule out that a task was created; the request is not sent again"],
        ),
        (1, b"<html>502</html>", "502", &[unknown, "the answer is not JSON"]),
        (1, b"<html>429</html>", "429", &["outcome: no task was created; the request may be sent again after 10s"]),
        (1, b"", "308", &["outcome: no task was created, since the request was redirected"]),
        (
            1,
            br#"{"code":200,"data":{"taskId":"t1","x":"#,
            "200",
            &[unknown, "the answer was cut short", "the beginning of the answer names the task \"t1\""],
        ),
        (
            1,
            br#"{"code":402}"#,
            "200",
            &["code: 402", "the code 402 is not in `codes`, so that a task may have been created"],
        ),
        (1, br#"{"code":["200"]}"#, "200", &["the code at `code`: a list, not a whole number from 0 to 4294967295"]),
        (1, br#"{"code":-5}"#, "200", &["the code at `code`: the number -5, not a whole number from 0 to 4294967295"]),
        (
            1,
            br#"{"code":1e400}"#,
            "200",
            &["the code at `code`: the number 1e400, not a whole number from 0 to 4294967295"],
        ),
        (1, br#"{"code":"ok"}"#, "200", &["the code at `code`: a text, not a whole number from 0 to 4294967295"]),
        (1, b"", "200", &[unknown, "the answer is empty"]),
        (1, b" \n ", "200", &[unknown, "the answer is empty"]),
        (1, br#"{"cod":200}"#, "200", &["the code at `code`: the answer has no `code`; did you mean `cod`?"]),
        (
            1,
            br#"{"code":200,"data":{"id":"t"}}"#,
            "200",
            &["the id of the task at `data.taskId`: `data` has no `taskId`; it has `id`"],
        ),
        (1, br#"{"code":200,"data":null}"#, "200", &["the id of the task at `data.taskId`: `data` is null"]),
        (
            1,
            br#"{"code":200,"data":{"taskId":" t"}}"#,
            "200",
            &["the id of the task at `data.taskId` begins or ends with white space"],
        ),
    ] {
        has(&tried(&folder, status, answer, &["--as", "submit", "--http-status", http_status])?, lines);
    }
    Ok(())
}

#[test]
fn a_poll_that_does_not_fit_the_spec_says_where() -> Outcome {
    let folder = folder("try_gaps")?;
    for (status, data, lines) in [
        (
            1,
            r#"{"status":"SUCESS"}"#,
            &[
                "status: \"SUCESS\"",
                "the status \"SUCESS\" is not in `statuses`, so that the task is running; did you mean `SUCCESS`?",
            ][..],
        ),
        (
            1,
            r#"{"state":"SUCCESS"}"#,
            &[
                "the status at `data.status`: `data` has no `status`; did you mean `state`?",
                "outcome: the task is running",
            ],
        ),
        (1, r#"{"status":["SUCCESS"]}"#, &["the status at `data.status`: a list, not a text or a number"]),
        (
            1,
            r#"{"status":"SUCCESS","response":{"songs":[]}}"#,
            &[
                "outcome: the task is done, but its output is not complete; a wait polls it for 60s more",
                "`tracks` at `data.response.sunoData`: `data.response` has no `sunoData`; it has `songs`",
                "the output is not complete: `data.response.sunoData` is missing",
            ],
        ),
        (
            1,
            r#"{"status":"PENDING","response":{"sunoData":"none"}}"#,
            &["the output is not complete: `data.response.sunoData` is a text instead of a list"],
        ),
        (
            1,
            r#"{"status":"SUCCESS","response":{"sunoData":["a",{"audioUrl":"https://a.example/1"}]}}"#,
            &[
                "the output is not complete: `data.response.sunoData[0]` is a text instead of an object",
                "outcome: the task is done, but its output is not complete; a wait polls it for 60s more",
            ],
        ),
        (
            1,
            r#"{"status":"SUCCESS","data":[{"audioUrls":"https://a.example/1"}]}"#,
            &["no field of `tracks[]` reads \"audioUrls\"; is it a spelling of `audioUrl`?"],
        ),
        (
            0,
            r#"{"status":"PENDING","errorCode":"413","errorMessage":"too long"}"#,
            &[
                "error code: \"413\": The uploaded audio matches an existing work (kie).",
                "error message: \"too long\"",
                "outcome: the task has failed",
            ],
        ),
        (
            0,
            r#"{"status":"GENERATE_AUDIO_FAILED","errorCode":531.0}"#,
            &[
                "error code: \"531.0\", refunded: Server error. The credits were refunded (kie).",
                "outcome: the task has failed",
            ],
        ),
        (
            1,
            r#"{"status":"GENERATE_AUDIO_FAILED","errorCode":"E7"}"#,
            &["error code: \"E7\"", "the error code \"E7\" is not in `failures`"],
        ),
        (
            0,
            r#"{"status":"PENDING","errorCode":0,"response":{"sunoData":[{"id":"","audioUrl":""}]}}"#,
            &[
                "outcome: the task is running, at stage 0",
                "`tracks` at `data.response.sunoData`: all items are empty",
                "everything was understood",
            ],
        ),
        (
            0,
            r#"{"status":"CALLBACK_EXCEPTION","data":{"audioUrl":"https://a.example/1"}}"#,
            &["outcome: the task is done", "tracks: 1, at `data.data`"],
        ),
    ] {
        has(&tried(&folder, status, format!(r#"{{"code":200,"data":{data}}}"#), &["--as", "poll"])?, lines);
    }
    Ok(())
}

#[test]
fn a_callback_is_read_in_the_spellings_of_callbacks() -> Outcome {
    let folder = folder("try_callback")?;
    let body = |code: u32, data: &str| format!(r#"{{"code":{code},"msg":"ok","data":{{{data}}}}}"#);
    let track = r#"[{"audio_url":"https://a.example/1.mp3","model_name":"v","createTime":"2025-01-31 12:00:00"}]"#;
    let complete = body(200, &format!(r#""callbackType":"complete","task_id":"t1","data":{track}"#));
    let lines = [
        "task: \"t1\"",
        "stage: \"complete\": All tracks are ready.",
        "status: \"SUCCESS\", done: All tracks are ready.",
        "modelName as `model_name`: \"v\"",
        "createTime: \"2025-01-31 12:00:00\"",
        "outcome: the callback wakes the wait, which polls the task",
    ];
    has(&tried(&folder, 0, complete, &[])?, &lines);
    for (status, code, data, lines) in [
        (
            0,
            451,
            r#""callbackType":"error","task_id":7"#,
            &[
                "task: \"7\"",
                "code: 451: The source audio could not be downloaded.",
                "outcome: the callback, which reports a failure, wakes the wait, which polls the task",
            ][..],
        ),
        (
            0,
            531,
            r#""callbackType":"error","task_id":"t1""#,
            &["code: 531, refunded: Server error. The credits were refunded (kie)."],
        ),
        (1, 532, r#""callbackType":"error","task_id":"t1""#, &["the code 532 is neither in `failures` nor in `codes`"]),
        (
            1,
            200,
            r#""callbackType":"complet","task_id":"t1""#,
            &[
                "code: 200: Success.",
                "message: \"ok\"",
                "task: \"t1\"",
                "outcome: the callback is refused",
                "the stage \"complet\" is not in `callback.stages`; did you mean `complete`?",
            ],
        ),
        (
            1,
            200,
            r#""callbackType":"complete","taskId":"t1""#,
            &[
                "code: 200: Success.",
                "message: \"ok\"",
                "outcome: the callback is refused",
                "the id of the task at `data.task_id`: `data` has no `task_id`; did you mean `taskId`?",
            ],
        ),
        (
            1,
            200,
            r#""task_id":"t1""#,
            &["task: \"t1\"", "the stage at `data.callbackType`: `data` has no `callbackType`; it has `task_id`"],
        ),
    ] {
        has(&tried(&folder, status, body(code, data), &["--as", "callback"])?, lines);
    }
    has(&tried(&folder, 1, " \n", &["--as", "callback"])?, &["outcome: the callback is refused", "the body is empty"]);
    folder.write("spec.toml", SHIPPED.split("# The service POSTs").next().unwrap_or_default())?;
    has(&tried(&folder, 1, "{}", &["--as", "callback"])?, &["the spec has no `[callback]`"]);
    Ok(())
}

#[test]
fn users_queries_and_fragments_of_addresses_are_hidden_wherever_they_are() -> Outcome {
    let folder = folder("try_secrets")?;
    // The user alone is longer than what is shown of a text.
    let secret = format!("https://{}:s3cret@a.example/x?k=s3cret#s3cret", "s3cret".repeat(20));
    let track = format!(
        r#"{{"audioUrl":"{secret}","imageUrl":"//a.example/x?a s3cret","title":"see {secret}","createTime":"{secret}","{secret}":1}}"#
    );
    for data in [
        format!(r#"{{"taskId":"{secret}"}}"#),
        format!(r#"{{"{secret}":"t"}}"#),
        format!(r#"{{"taskId":"{secret}","status":"SUCCESS","data":[{track}]}}"#),
        format!(r#"{{"taskId":"t","status":"{secret}","errorCode":"{secret}","errorMessage":"{secret}"}}"#),
        format!(r#"{{"taskId":"t","status":"SUCCESS","response":{{"{secret}":[]}}}}"#),
        format!(r#"{{"task_id":"{secret}","callbackType":"complete","data":{track}}}"#),
        format!(r#"{{"task_id":"{secret}","callbackType":"{secret}"}}"#),
    ] {
        let answer = format!(r#"{{"code":200,"msg":"cannot load {secret}","data":{data}}}"#);
        std::fs::write(folder.0.join("answer.json"), answer)?;
        for kind in ["submit", "poll", "callback"] {
            let said = folder.run(&["try", "spec.toml", "answer.json", "--as", kind])?.stdout;
            let said = String::from_utf8(said)?;
            assert!(said.contains("message: \"cannot load https://…@a.example/x?…\""), "{said}");
            assert!(!said.contains("s3cret"), "{said}");
        }
    }
    let cut = r#"{"code":200,"data":{"taskId":"https://a.example/?s3cret","x":"#;
    has(&tried(&folder, 1, cut, &[])?, &["the beginning of the answer names the task \"https://a.example/?…\""]);
    Ok(())
}

#[test]
fn a_spec_without_an_envelope_takes_the_http_status_as_the_code() -> Outcome {
    let folder = folder("try_http")?;
    let (before, after) = SHIPPED.split_once("[envelope]").ok_or("no envelope")?;
    let (_, after) = after.split_once("\n\n").ok_or("no end of the envelope")?;
    folder.write("spec.toml", &format!("{before}{after}"))?;
    let answer = r#"{"data":{"taskId":"t1"}}"#;
    has(
        &tried(&folder, 0, answer, &[])?,
        &["code: 200 (the HTTP status), success: Success.", "outcome: the task was created"],
    );
    has(&tried(&folder, 0, "{}", &["--http-status", "413"])?, &["outcome: no task was created"]);
    Ok(())
}

#[test]
fn a_faulty_spec_or_a_missing_answer_is_an_error() -> Outcome {
    let folder = folder("try_errors")?;
    folder.write("bad.toml", "[service]")?;
    folder.write("answer.json", "{}")?;
    for arguments in [
        &["try", "bad.toml", "answer.json"][..],
        &["try", "spec.toml", "none.json"],
        &["try", "-", "-"],
        &["try", "spec.toml", "answer.json", "--as", "webhook"],
        &["try", "spec.toml", "answer.json", "--http-status", "0"],
    ] {
        assert_eq!(folder.run(arguments)?.status.code(), Some(2), "{arguments:?}");
    }
    Ok(())
}
