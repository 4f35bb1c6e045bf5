//! `cover-spec try --as cancel`

use cover_spec::SHIPPED;

use super::{Folder, Outcome};

/// What makes the tasks of a spec cancellable.
const CANCEL: &str = "\n[cancel]\npath = \"/api/v1/tasks/{task}/cancel\"\n";

/// Returns the shipped spec without an envelope.
fn without_envelope() -> Option<String> {
    let (before, after) = SHIPPED.split_once("[envelope]")?;
    Some(format!("{before}{}", after.split_once("\n\n")?.1))
}

fn tried(folder: &Folder, status: i32, answer: &str, http: &str) -> Result<String, Box<dyn std::error::Error>> {
    folder.write("answer.json", answer)?;
    folder.said(status, &["try", "spec.toml", "answer.json", "--as", "cancel", "--http-status", http])
}

const UNKNOWN: &str = "outcome: unknown: the task may or may not have been cancelled, as its next poll will tell";
const ACCEPTED: &str = "outcome: the service accepts the cancel; polls say what became of the task";

#[track_caller]
fn has(said: &str, lines: &[&str]) {
    for line in lines {
        assert!(said.lines().any(|it| it.trim() == *line), "{line}\nis not a line of\n{said}");
    }
}

#[test]
fn the_answer_to_a_cancel_says_what_the_service_makes_of_it() -> Outcome {
    let folder = Folder::new("try_cancel")?;
    folder.write("spec.toml", &format!("{SHIPPED}{CANCEL}"))?;
    for (status, answer, http, lines) in [
        (0, "", "204", &["read as the answer to a cancel, as you asked", ACCEPTED, "everything was understood"][..]),
        (0, r#"{"code":200,"data":{}}"#, "500", &["code: 200, success: Success.", ACCEPTED]),
        (
            0,
            r#"{"code":200,"data":{"taskId":"t"}}"#,
            "200",
            &[
                "task: \"t\"",
                "outcome: the service accepts the cancel, if this is the task; its polls say what became of it",
            ],
        ),
        (
            0,
            r#"{"code":400,"msg":"it has ended"}"#,
            "200",
            &["message: \"it has ended\"", "outcome: the service refuses the cancel"],
        ),
        (0, r#"{"code":422}"#, "200", &["code: 422", "outcome: the task does not exist"]),
        (
            1,
            r#"{"code":202}"#,
            "200",
            &[
                "outcome: the service refuses the cancel",
                "the code 202 is neither in `codes` nor in `unknown_task`, so that it is a refusal",
            ],
        ),
        (1, "", "500", &[UNKNOWN, "the answer is empty"]),
        (1, "<html>", "200", &[UNKNOWN, "the answer is not JSON"]),
        (1, "<html>", "302", &["outcome: the cancel was redirected", "the answer is not JSON"]),
        (1, r#"{"cod":200}"#, "200", &[UNKNOWN, "the code at `code`: the answer has no `code`; did you mean `cod`?"]),
        (
            1,
            r#"{"code":200,"data":{"taskId":[1]}}"#,
            "200",
            &["the id of the task at `data.taskId`: a list, not a text or a number"],
        ),
    ] {
        has(&tried(&folder, status, answer, http)?, lines);
    }
    Ok(())
}

#[test]
fn without_an_envelope_the_http_status_says_it() -> Outcome {
    let folder = Folder::new("try_cancel_http")?;
    folder.write("spec.toml", &format!("{}{CANCEL}", without_envelope().ok_or("no envelope")?))?;
    for (status, answer, http, lines) in [
        (0, "", "204", &[ACCEPTED][..]),
        (0, "{}", "202", &["code: 202 (the HTTP status)", ACCEPTED, "everything was understood"]),
        (1, "{}", "409", &["outcome: the service refuses the cancel"]),
        (1, "", "409", &["outcome: the service refuses the cancel", "the answer is empty"]),
    ] {
        has(&tried(&folder, status, answer, http)?, lines);
    }
    Ok(())
}

#[test]
fn without_cancel_in_the_spec_no_task_is_cancelled() -> Outcome {
    let folder = Folder::new("try_no_cancel")?;
    folder.write("spec.toml", SHIPPED)?;
    let outcome = "outcome: the spec has no `[cancel]`, so that no task is cancelled";
    has(&tried(&folder, 1, "", "204")?, &[outcome, "the spec has no `[cancel]`"]);
    Ok(())
}
