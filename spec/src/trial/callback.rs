//! A callback.

use serde_json::Value;

use super::Trial;
use super::places::{Need, find, name, text_or_number, whole_number};
use super::words::{in_words, quoted};
use crate::answers::{self, Callback, MAX_CALLBACK, Unreadable, Unusable, is_nothing};
use crate::model::Spec;
use crate::suggest::suggestion;
use crate::tables::{Api, CallbackSpec};

impl Trial {
    pub(super) fn callback(&mut self, spec: &Spec, api: &Api, answer: &[u8]) {
        let Some(table) = &api.callback else {
            self.not_understood.push("the spec has no `[callback]`".to_owned());
            return;
        };
        if answer.len() > MAX_CALLBACK {
            return self.refused(format!("the body has {} bytes, and at most {MAX_CALLBACK} are read", answer.len()));
        }
        // The runtime skips what it does not need, however deeply it is nested.
        let body = match answers::object(answer) {
            Err(Unreadable::Empty) => return self.refused("the body is empty".to_owned()),
            read => read.unwrap_or_default(),
        };
        match answers::callback(api, table, answer) {
            Ok(read) => {
                self.said(spec, api, &body, read.code, read.message.as_deref());
                self.accepted(spec, api, &read);
            }
            Err(Unusable::NotJson) => self.refused("the body is not a JSON object".to_owned()),
            Err(why) => {
                let message = answers::at(&body, &api.message).and_then(Value::as_str);
                self.said(spec, api, &body, answers::at(&body, &api.code).and_then(answers::as_code), message);
                if let Some(task) = find(&body, &table.task).ok().and_then(|id| answers::as_id(id, &table.task, answer))
                {
                    self.task(&task);
                }
                self.unusable(table, &body, why);
            }
        }
    }

    fn said(&mut self, spec: &Spec, api: &Api, body: &Value, code: Option<u32>, message: Option<&str>) {
        if let Some(code) = code {
            self.callback_code(spec, code);
        }
        self.look(body, "the code", &api.code, Need::May, whole_number);
        self.message(api, body, message);
    }

    fn accepted(&mut self, spec: &Spec, api: &Api, read: &Callback<'_>) {
        self.task(&read.task);
        if let Some(at) = read.stage {
            let mut stages = spec.callback.iter().flat_map(|callback| &callback.stages);
            let doc = stages.find(|stage| *stage.name == *at.name).map_or("", |stage| stage.doc.as_str());
            self.line(format!("stage: {}: {doc}", quoted(&at.name)));
            if let Some(status) = &at.status {
                self.status(spec, status);
            }
        }
        for ((result, table), value) in spec.results.iter().zip(api.results.iter()).zip(&read.results) {
            let Some(place) = &table.callback else { continue };
            match value.as_ref().filter(|value| !is_nothing(value)) {
                Some(value) => self.read_result(api, &result.value, value, place),
                None => self.missing(Need::May, format!("`{}`: nothing at {}", *result.value.name, name(place))),
            }
        }
        let is_failure = read.stage.is_some_and(|stage| stage.status.is_none());
        let failure = if is_failure { ", which reports a failure," } else { "" };
        self.line(format!("outcome: the callback{failure} wakes the wait, which polls the task"));
    }

    fn callback_code(&mut self, spec: &Spec, number: u32) {
        if let Some(failure) = spec.failures.iter().find(|failure| failure.number.value == number) {
            return self.line(format!("code: {number}{}", in_words(failure)));
        }
        if let Some(code) = spec.codes.iter().find(|code| code.number.value == number) {
            return self.line(format!("code: {number}: {}", *code.doc));
        }
        self.line(format!("code: {number}"));
        self.not_understood.push(format!("the code {number} is neither in `failures` nor in `codes`"));
    }

    fn refused(&mut self, why: String) {
        self.line("outcome: the callback is refused");
        self.not_understood.push(why);
    }

    fn unusable(&mut self, table: &CallbackSpec, body: &Value, why: Unusable) {
        match why {
            Unusable::NotJson => self.refused("the body is not a JSON object".to_owned()),
            Unusable::UnknownStage => {
                let stage = find(body, &table.stage).ok().and_then(answers::as_text).unwrap_or_default();
                let hint = suggestion(&stage, table.stages.iter().map(|stage| &*stage.name));
                self.refused(format!("the stage {} is not in `callback.stages`; {hint}", quoted(&stage)));
            }
            Unusable::NoTask => {
                self.line("outcome: the callback is refused");
                self.no_task(body, &table.task);
            }
            Unusable::NoStage => {
                self.line("outcome: the callback is refused");
                self.look(body, "the stage", &table.stage, Need::Must, text_or_number);
            }
        }
    }
}
