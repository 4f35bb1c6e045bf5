//! A spec as a Markdown page.

use std::fmt::Write;

use crate::model::{Condition, Fetched, Field, FieldKind, IdSource, Limit, Mode, Place, Spec};
use crate::read::{REFUNDED, word};
use crate::rules::Presence;
use crate::source::duration_in_words;
use crate::tables::BodyFormat;

impl Spec {
    /// Returns a Markdown page with the modes, fields, limits, codes and statuses.
    ///
    /// ```
    /// let spec = cover_spec::Spec::parse("upload_cover.toml", cover_spec::SHIPPED)?;
    /// assert!(spec.markdown().contains("| `style` | string | required | required | — |"));
    /// # Ok::<(), cover_spec::Faults>(())
    /// ```
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut page = format!("# {}\n\n{}\n", *self.request.name, *self.request.doc);
        let method = self.submit.method().name();
        let _ = writeln!(page, "\n`{method} {}{}`", *self.service.base_url, *self.submit.path);
        if let Some(account) = &self.service.account {
            let _ = writeln!(page, "\nPaid by the account `{}`.", **account);
        }
        self.how_to_send(&mut page);
        if let Some(docs) = &self.service.docs {
            let _ = writeln!(page, "\nDocumented at <{}>.", **docs);
        }
        self.modes_in_words(&mut page);
        self.fields_in_a_table(&mut page);
        self.fields_in_words(&mut page);
        self.relations_in_words(&mut page);
        self.answers(&mut page);
        self.uploads(&mut page);
        self.disputed_in_words(&mut page);
        page
    }

    /// Writes what the method and the path do not say: headers, and the format of the body.
    fn how_to_send(&self, page: &mut String) {
        let mut lines = Vec::new();
        if let Some(basic) = &self.service.auth_basic {
            lines.push(format!("HTTP basic authentication with `{}`", **basic));
        }
        lines.extend(self.service.headers.iter().map(|(name, value)| format!("header `{}: {}`", **name, **value)));
        if self.submit.body() == BodyFormat::Multipart {
            lines.push("body: `multipart/form-data`".to_owned());
        }
        if self.submit.empty_is_absent.is_some() {
            lines.push("an empty text is taken as absent in a field that is not required".to_owned());
        }
        if !lines.is_empty() {
            let _ = writeln!(page, "\n- {}", lines.join("\n- "));
        }
    }

    fn modes_in_words(&self, page: &mut String) {
        if self.request.modes.is_empty() {
            return;
        }
        page.push_str("\n## Modes\n\n| mode | sent with | |\n|---|---|---|\n");
        for mode in &self.request.modes {
            let when: Vec<String> =
                mode.when.iter().map(|(wire, value)| format!("`{}` = {}", **wire, value.value)).collect();
            let _ = writeln!(page, "| `{}` | {} | {} |", *mode.name, when.join(", "), cell(&mode.doc));
        }
    }

    fn fields_in_a_table(&self, page: &mut String) {
        let modes: Vec<Option<&Mode>> = self.request.each_mode().collect();
        let heads: Vec<String> =
            modes.iter().map(|mode| mode.map_or(String::new(), |mode| format!("`{}`", *mode.name))).collect();
        let _ = writeln!(
            page,
            "\n## Fields\n\n| field | type | {} |\n|---|---|{}",
            heads.join(" | "),
            "---|".repeat(modes.len())
        );
        for field in &self.request.fields {
            let cells: Vec<String> = modes.iter().map(|mode| presence(field, *mode)).collect();
            let _ = writeln!(page, "| `{}` | {} | {} |", *field.wire, kind(field), cells.join(" | "));
        }
    }

    fn fields_in_words(&self, page: &mut String) {
        for field in &self.request.fields {
            let _ = writeln!(page, "\n### `{}`\n\n{}\n", *field.wire, *field.doc);
            if let Some(why) = &field.deprecated {
                let _ = writeln!(page, "- deprecated: {}", **why);
            }
            for choice in field.choices() {
                let why = choice.deprecated.as_ref().map(|why| format!(" Deprecated: {}", **why)).unwrap_or_default();
                let doc = format!("{}{why}", *choice.doc);
                let asked = conditions(&choice.conditions);
                let doc = if asked.is_empty() { &doc } else { doc.trim_end_matches('.') };
                let _ = writeln!(page, "- `{}`: {doc}{asked}", *choice.wire);
            }
            if let FieldKind::Boolean(values) = &*field.kind {
                let asked = values.iter().map(|(value, own)| (value.value, conditions(own)));
                for (value, asked) in asked.filter(|(_, asked)| !asked.is_empty()) {
                    let _ = writeln!(page, "- `{value}`:{}", asked.trim_start_matches(','));
                }
            }
            for member in field.members() {
                let required = if member.required.is_some() { ", required" } else { "" };
                let words =
                    member.bounds.iter().map(|bound| bound.1.words(member.unit())).chain(member.pattern_in_words());
                let values: Vec<_> = member.choices().iter().map(|choice| format!("`{}`", *choice.wire)).collect();
                let values = Some(format!("one of {}", values.join(", "))).filter(|_| !member.choices().is_empty());
                let words: String = words.chain(values).map(|words| format!(", {words}")).collect::<Vec<_>>().concat();
                let _ = writeln!(page, "- `{}` ({}{required}{words}): {}", *member.wire, kind(member), *member.doc);
            }
            for bound in field.bounds.iter() {
                let _ = writeln!(page, "- {}", bound.1.words(field.unit()));
            }
            if let Some(words) = field.pattern_in_words() {
                let _ = writeln!(page, "- {words}");
            }
            for limit in &field.limits {
                self.limits(field, limit, page);
            }
            let asked = conditions(&field.conditions);
            if !asked.is_empty() {
                let place = self.place_of(|mode| field.presence_in(mode) == Presence::Optional);
                let _ = writeln!(page, "-{}{place}", asked.trim_start_matches(','));
            }
            let refers = [field.source.as_ref().map(IdSource::words), field.fetched.as_ref().map(Fetched::words)];
            for words in refers.into_iter().flatten() {
                let _ = writeln!(page, "- {words}");
            }
            if let Some(result) = &field.served_at {
                let _ = writeln!(page, "- served at the address in the result `{}`", **result);
            }
            if let Some(default) = &field.default {
                let place = self.place_of(|mode| field.default_in(mode).is_some());
                let _ = writeln!(page, "- default: `{}`{place}", *default.value);
            }
            if let Some(suggested) = &field.suggested {
                let _ = writeln!(page, "- suggested: `{}`", suggested.value);
            }
            if let Some(example) = &field.example {
                let _ = writeln!(page, "- example: `{}`", example.value);
            }
        }
    }

    fn limits(&self, field: &Field, limit: &Limit, page: &mut String) {
        let listed = |word: &str, names: Vec<&str>| format!(" {word} `{}`", names.join("`, `"));
        let models = limit.models.as_ref().map(|names| listed("with", self.request.models_named(names)));
        let modes = limit.modes.as_ref().map(|names| listed("in", names.iter().map(|name| name.as_str()).collect()));
        let place = models.unwrap_or_default() + &modes.unwrap_or_default();
        let when =
            if limit.when.is_empty() { String::new() } else { format!(" if {}", Condition::any_in_words(&limit.when)) };
        let seconds = limit.max_seconds.as_ref();
        let seconds = seconds.map(|seconds| format!("at most {} s long (checked only for uploads)", seconds.value));
        for text in limit.bounds.iter().map(|bound| bound.1.words(field.unit())).chain(seconds) {
            let _ = writeln!(page, "- {text}{place}{when}");
        }
        for side in &limit.disputed {
            let _ = writeln!(page, "  - {} in the {}", side.figure.value, *side.place);
        }
    }

    /// Returns " (in `A`, `B`)" for the modes in which something holds; an empty text for all modes.
    fn place_of(&self, holds: impl Fn(Option<&Mode>) -> bool) -> String {
        let modes = &self.request.modes;
        let holding = modes.iter().filter(|mode| holds(Some(mode)));
        let names: Vec<String> = holding.map(|mode| format!("`{}`", *mode.name)).collect();
        if names.len() == modes.len() { String::new() } else { format!(" (in {})", names.join(", ")) }
    }

    fn relations_in_words(&self, page: &mut String) {
        if !self.request.relations.is_empty() {
            page.push_str("\n## Rules over several fields\n\n");
        }
        for relation in &self.request.relations {
            let fields: Vec<String> = relation.asks.fields().iter().map(|name| format!("`{}`", ***name)).collect();
            let _ = writeln!(page, "- {} ({})", *relation.doc, fields.join(", "));
        }
    }

    fn answers(&self, page: &mut String) {
        page.push_str("\n## Codes\n\n| code | meaning | task created | may be sent again |\n|---|---|---|---|\n");
        for code in &self.codes {
            let created = format!("{:?}", code.created.value).to_lowercase();
            let retry_after = code
                .retry_after
                .as_ref()
                .map_or("no".to_owned(), |after| format!("after {}", duration_in_words(&after.value)));
            let _ = writeln!(page, "| {} | {} | {created} | {retry_after} |", code.number.value, cell(&code.doc));
        }
        page.push_str("| any other | not documented | perhaps | no |\n");
        if let Some(rate_limit) = &self.rate_limit {
            let (requests, per) = (rate_limit.requests.value, duration_in_words(&rate_limit.per));
            let _ = writeln!(page, "\nRate limit: {requests} requests of one API key in {per}.");
        }
        if let Some(credits) = &self.credits {
            let _ = writeln!(page, "\nPrice: {} credits.", credits.price_in_words());
        }
        if let Some(retention) = &self.service.retention {
            let _ = writeln!(page, "\nResults are deleted after {}.", duration_in_words(&retention.value));
        }
        self.results_in_words(page);
        let Some(poll) = &self.poll else { return };
        let query = poll.query.as_ref().map(|query| format!("?{}=…", **query)).unwrap_or_default();
        let _ = writeln!(page, "\n## Statuses\n\n`GET {}{query}`\n", *poll.path);
        let _ = writeln!(page, "- status: at `{}`", *poll.status);
        if let Some(place) = &poll.task {
            let _ = writeln!(page, "- the task's id: repeated at `{}`", **place);
        }
        page.push_str("\n| status | means | |\n|---|---|---|\n");
        for status in &self.statuses {
            let _ = writeln!(page, "| `{}` | {:?} | {} |", *status.name, status.means.value, cell(&status.doc));
        }
        self.failures(page);
        self.cancels(page);
    }

    fn failures(&self, page: &mut String) {
        if self.failures.is_empty() {
            return;
        }
        page.push_str("\n## Failed tasks\n\n| code | meaning | refunded |\n|---|---|---|\n");
        for failure in &self.failures {
            let refunded = word(REFUNDED, &failure.refunded());
            let _ = writeln!(page, "| {} | {} | {refunded} |", failure.number.value, cell(&failure.doc));
        }
        page.push_str("| any other | not documented | unknown |\n");
    }

    fn cancels(&self, page: &mut String) {
        let Some(cancel) = &self.cancel else { return };
        let query = cancel.query.as_ref().map(|query| format!("?{}=…", **query)).unwrap_or_default();
        let _ = writeln!(page, "\n## Cancelling a task\n\n`{} {}{query}`", cancel.method().name(), *cancel.path);
        if let Some(place) = &cancel.body {
            let _ = writeln!(page, "\n- the task's id: in the JSON body at `{}`", **place);
        }
    }

    fn uploads(&self, page: &mut String) {
        let Some(upload) = &self.upload else { return };
        let _ = writeln!(page, "\n## Uploads of local files\n\n`POST {}`\n", *upload.url);
        let _ = writeln!(page, "- the file: in the part `{}`", *upload.file);
        for (name, content) in &upload.fields {
            let _ = writeln!(page, "- the part `{}`: `{}`", **name, **content);
        }
        let _ = writeln!(page, "- the address of the file: at `{}`", *upload.link);
        if let Some(field) = &upload.field {
            let _ = writeln!(page, "- it is sent in `{}`", **field);
        }
        for words in upload.limits_in_words() {
            let _ = writeln!(page, "- {words}");
        }
    }
}

pub(super) fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

fn presence(field: &Field, mode: Option<&Mode>) -> String {
    if let Some(constant) = &field.constant {
        return format!("`{}`", constant.value);
    }
    match field.presence_in(mode) {
        Presence::Required => "required".to_owned(),
        Presence::Optional => "optional".to_owned(),
        Presence::Forbidden => "—".to_owned(),
        Presence::Fixed => {
            mode.and_then(|mode| mode.own_value(field)).map(|own| format!("`{own}`")).unwrap_or_default()
        }
    }
}

fn kind(field: &Field) -> String {
    let kind = match *field.kind {
        FieldKind::Text(_) => "string",
        FieldKind::Url => "URL",
        FieldKind::Boolean(_) => "boolean",
        FieldKind::Integer => "integer",
        FieldKind::Number => "number",
        FieldKind::Choice(..) => "choice",
        FieldKind::Object(..) => "object",
    };
    let list = if field.is_list() { format!("list of {kind}") } else { kind.to_owned() };
    let list = if field.is_nullable() { format!("{list} or null") } else { list };
    match field.place.as_ref().map(|place| place.value) {
        Some(Place::Path) => format!("{list}, in the path"),
        Some(Place::Query) => format!("{list}, in the query"),
        None => list,
    }
}

/// Describes conditions, such as ", required if …, allowed only if …".
fn conditions(conditions: &crate::model::Conditions) -> String {
    let all = [
        ("required if", &conditions.required),
        ("allowed only if", &conditions.allowed),
        ("must be left out if", &conditions.forbidden),
    ];
    let said = all.iter().filter(|(_, any)| !any.is_empty());
    said.map(|(word, any)| format!(", {word} {}", Condition::any_in_words(any))).collect::<Vec<_>>().concat()
}
