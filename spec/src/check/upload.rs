//! Uploads: the address can be reached, the parts can be written, and a field can take the link.

use crate::fault::Fault;
use crate::lower::NAME;
use crate::model::{FieldKind, Spec, Upload};
use crate::rules::looks_like_web_address;
use crate::source::At;
use crate::suggest::suggestion;

use super::known_field;
use super::service::{json_path, url_path};

pub(super) fn check(spec: &Spec, faults: &mut Vec<Fault>) {
    let Some(upload) = &spec.upload else { return };
    url(upload, &spec.service.base_url, faults);
    parts(upload, faults);
    json_path("link", &upload.link, faults);
    if let Some(expires) = upload.expires.as_ref().filter(|expires| expires.is_zero()) {
        faults.push(expires.fault("`expires` must not be zero", "such as \"3 days\""));
    }
    if let Some(most) = upload.max_bytes.as_ref().filter(|most| most.value == 0) {
        faults.push(most.fault("`max_bytes` must not be 0", "such as 104857600"));
    }
    field(upload, spec, faults);
    types(upload, faults);
}

fn url(upload: &Upload, base_url: &str, faults: &mut Vec<Fault>) {
    let url = &upload.url;
    if !looks_like_web_address(url) {
        let label = "such as https://files.example.com/upload";
        return faults.push(url.fault("`url` of `[upload]` is not an http or https address", label));
    }
    if url.contains(['?', '#', '@']) {
        faults.push(url.fault("`url` of `[upload]` has a query, a fragment or a user", "remove it"));
        return;
    }
    if is_plain(url) && !is_plain(base_url) {
        let message = "`url` of `[upload]` is plain http, which would expose the API key";
        faults.push(url.fault(message, "use https, as `base_url` does"));
    }
    let rest = url.split_once("//").map_or("", |(_, rest)| rest);
    url_path(&url.with(rest.find('/').map_or(String::new(), |start| rest[start..].to_owned())), faults);
}

fn is_plain(address: &str) -> bool {
    address.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("http:"))
}

fn parts(upload: &Upload, faults: &mut Vec<Fault>) {
    part(&upload.file, faults);
    for (name, content) in &upload.fields {
        part(name, faults);
        if name.value == upload.file.value {
            let message = format!("there are two parts `{}`", name.value);
            faults.push(name.fault(message, "rename one of them; `file` names the part with the file"));
        }
        if content.contains(char::is_control) {
            faults.push(content.fault("the content of a part must not have control characters", "remove them"));
        }
        let placeholders = content.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
        for (placeholder, _) in placeholders.filter(|(placeholder, _)| format!("{{{placeholder}}}") != NAME) {
            let at = content.with(placeholder.to_owned());
            let message = format!("unknown placeholder `{{{placeholder}}}` in the content of a part");
            faults.push(at.fault(message, suggestion(&at, ["name"])));
        }
    }
}

/// Checks the name of a part.
fn part(name: &At<String>, faults: &mut Vec<Fault>) {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || "-_.~[]".contains(c);
    if name.is_empty() || !name.chars().all(is_fit) {
        let message = "the name of a part must consist of letters, digits and -_.~[]";
        faults.push(name.fault(message, "such as file"));
    }
}

/// Checks the field that takes the link.
fn field(upload: &Upload, spec: &Spec, faults: &mut Vec<Fault>) {
    let Some(name) = &upload.field else { return };
    known_field(&spec.request, name, faults);
    let field = spec.request.field(name);
    if let Some(field) = field.filter(|field| !matches!(*field.kind, FieldKind::Url)) {
        let message = format!("`{}` is not an address", name.value);
        faults.push(name.fault(message, format!("`{}` must be of type `url`", *field.wire)));
    }
}

fn types(upload: &Upload, faults: &mut Vec<Fault>) {
    let Some(types) = &upload.types else { return };
    if types.is_empty() {
        // An empty list has no place of its own.
        let message = "`types` of `[upload]` is empty, so no file could be uploaded";
        faults.push(upload.file.fault(message, "add an extension to `types`, or remove the key"));
    }
    for (index, extension) in types.iter().enumerate() {
        let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if extension.is_empty() || !extension.bytes().all(is_fit) {
            let message = format!("`{}` is not the extension of a file", extension.value);
            faults.push(extension.fault(message, "use lowercase letters and digits, such as mp3"));
        } else if types[..index].iter().any(|other| other.value == extension.value) {
            faults.push(extension.fault(format!("`{}` is listed twice", extension.value), "remove one of them"));
        }
    }
}
