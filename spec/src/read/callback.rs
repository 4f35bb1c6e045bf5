//! `[callback]`.

use crate::model::{Callback, CallbackStage, Signature};
use crate::source::Section;
use crate::tables::SignatureEncoding;

const ENCODINGS: &[(&str, SignatureEncoding)] =
    &[("base64", SignatureEncoding::Base64), ("hex", SignatureEncoding::Hex)];

pub(super) fn callback(root: &Section<'_>) -> Option<Callback> {
    let section = root.section("callback")?;
    let callback = Callback {
        field: section.needs_text("field"),
        stage: section.text("stage"),
        task: section.needs_text("task"),
        answer_within: section.needs_duration("answer_within"),
        attempts: section.needs_whole("attempts"),
        expires: section.duration("expires"),
        stages: stages(&section),
        signature: section.section("signature").as_ref().map(signature),
    };
    section.unknown_keys();
    Some(callback)
}

/// Without a place of the stage, there are no stages.
fn stages(section: &Section<'_>) -> Vec<CallbackStage> {
    let stages = match section.text("stage") {
        Some(_) => section.needs_section("stages"),
        None => section.section("stages").unwrap_or_else(|| section.absent("stages")),
    };
    stages.entries().iter().map(stage).collect()
}

fn stage(section: &Section<'_>) -> CallbackStage {
    let stage =
        CallbackStage { name: section.name().clone(), status: section.text("status"), doc: section.needs_text("doc") };
    section.unknown_keys();
    stage
}

fn signature(section: &Section<'_>) -> Signature {
    let timestamp = section.section("timestamp").map(|timestamp| {
        let read = (timestamp.needs_text("header"), timestamp.needs_duration("tolerance"));
        timestamp.unknown_keys();
        read
    });
    let signature = Signature {
        header: section.needs_text("header"),
        signs: section.needs_text("signs"),
        encoding: section.needs_one_of("encoding", ENCODINGS, SignatureEncoding::Base64),
        timestamp,
    };
    section.unknown_keys();
    signature
}
