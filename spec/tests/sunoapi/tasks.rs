//! Lyrics, and fresh links for old tasks.

use serde_json::json;

use crate::helper::{HOOK, and, operation};

#[test]
fn lyrics_need_a_short_prompt_and_a_callback() {
    let lyrics = operation("lyrics");
    let body = json!({ "prompt": "A calm night", "callBackUrl": HOOK });
    lyrics.needs(&body, &["prompt", "callBackUrl"]);
    // 200 characters, and not 200 words.
    lyrics.at_most(&body, "prompt", 200);
}

#[test]
fn recovery_needs_the_old_task_under_its_own_name() {
    let recovery = operation("recovery");
    let body = json!({ "sunoTaskId": "t", "callBackUrl": HOOK });
    recovery.needs(&body, &["sunoTaskId", "callBackUrl"]);
    for name in ["task_id", "taskId", "call_back_url"] {
        recovery.refuses(&and(&body, &json!({ name: "t" })), &[&format!("{name} unknown")]);
    }
}
