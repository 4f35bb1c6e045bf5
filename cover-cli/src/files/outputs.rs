//! The finished files among the results of a task.

use cover_api::Link;
use cover_spec::Spec;
use cover_spec::model::{ResultKind, ResultValue};
use serde_json::{Map, Value};

/// A result that becomes a file.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    pub(crate) link: Link,
    /// Name of the result, or of the member, that has the address.
    pub(crate) result: String,
    /// The texts and numbers beside it, by the names of the spec.
    pub(crate) words: Map<String, Value>,
}

/// Returns the finished outputs in results, in their order. An address that a result before has is the same file.
pub(crate) fn outputs(spec: &Spec, results: &Map<String, Value>) -> Vec<Output> {
    let mut found: Vec<Output> = Vec::new();
    for entry in spec.results.iter().filter(|entry| !is_given(spec, &entry.value)) {
        let mut its = Vec::new();
        if let Some(value) = results.get(&*entry.value.name.value) {
            collect(&entry.value, value, kind_of_files(spec), &Map::new(), &mut its);
        }
        its.retain(|output| !found.iter().any(|before| before.link == output.link));
        found.append(&mut its);
    }
    found
}

/// Returns whether a result has files. The others are shown.
pub(super) fn has_files(spec: &Spec, result: &ResultValue) -> bool {
    !is_given(spec, result) && result.walk().any(|value| *value.kind == kind_of_files(spec))
}

/// Returns whether a result is the address of a file that the request brought along, which the user has already.
fn is_given(spec: &Spec, result: &ResultValue) -> bool {
    let mut fields = spec.request.fields.iter();
    fields.any(|field| field.served_at.as_ref().is_some_and(|served| served.value == result.name.value))
}

/// Returns the words that the names of files may have, besides those that every template may have.
pub(super) fn words_of(spec: &Spec) -> Vec<String> {
    let objects = spec.results.iter().flat_map(|entry| entry.value.walk());
    let members = objects.filter(|object| has_own_files(spec, object)).flat_map(|object| &object.members);
    let mut words: Vec<String> =
        members.filter(|member| is_word(member)).map(|member| member.name.value.clone()).collect();
    words.sort();
    words.dedup();
    words
}

/// Whether an object has several addresses, each of them a file of its own.
pub(super) fn has_several_files(spec: &Spec) -> bool {
    let mut objects = spec.results.iter().flat_map(|entry| entry.value.walk());
    objects.any(|object| object.file_name.is_none() && files_of(spec, object).count() > 1)
}

/// Returns the member that names files, if the spec has one.
pub(super) fn named_by(spec: &Spec) -> Option<&str> {
    let mut objects = spec.results.iter().flat_map(|entry| entry.value.walk());
    objects.find_map(|object| object.file_name.as_ref()).map(|name| name.as_str())
}

/// Returns the kind of addresses that are files: those of outputs, or in a spec without them, those of pictures.
fn kind_of_files(spec: &Spec) -> ResultKind {
    let mut values = spec.results.iter().flat_map(|entry| entry.value.walk());
    if values.any(|value| *value.kind == ResultKind::Audio) { ResultKind::Audio } else { ResultKind::Image }
}

fn has_own_files(spec: &Spec, object: &ResultValue) -> bool {
    files_of(spec, object).next().is_some()
}

fn files_of<'a>(spec: &Spec, object: &'a ResultValue) -> impl Iterator<Item = &'a ResultValue> + use<'a> {
    let kind = kind_of_files(spec);
    object.members.iter().filter(move |member| *member.kind == kind)
}

fn is_word(member: &ResultValue) -> bool {
    let kinds = [ResultKind::Text, ResultKind::Integer, ResultKind::Number, ResultKind::Seconds];
    member.lists == 0 && kinds.contains(&member.kind)
}

/// Collects the files in a value. Of the addresses of an object that is one file, the first counts.
fn collect(
    result: &ResultValue,
    value: &Value,
    kind: ResultKind,
    beside: &Map<String, Value>,
    found: &mut Vec<Output>,
) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(result, item, kind, beside, found)),
        Value::String(address) if *result.kind == kind => {
            let (link, result) = (Link::new(address.clone()), result.name.value.clone());
            found.push(Output { link, result, words: beside.clone() });
        }
        Value::Object(members) if *result.kind == ResultKind::Object => {
            let words = words(result, members);
            let mut has_one = false;
            for member in &result.members {
                let is_address = *member.kind == kind && member.lists == 0;
                if is_address && has_one && result.file_name.is_some() {
                    continue;
                }
                if let Some(value) = value_of(member, members) {
                    let before = found.len();
                    collect(member, value, kind, &words, found);
                    has_one |= is_address && found.len() > before;
                }
            }
        }
        _ => {}
    }
}

/// Returns the members that are texts or numbers.
fn words(object: &ResultValue, members: &Map<String, Value>) -> Map<String, Value> {
    let words = object.members.iter().filter(|member| is_word(member));
    words.filter_map(|member| Some((member.name.value.clone(), value_of(member, members)?.clone()))).collect()
}

/// Returns the value of a member. Results have the first spelling of each.
pub(super) fn value_of<'a>(member: &ResultValue, members: &'a Map<String, Value>) -> Option<&'a Value> {
    members.get(member.spellings.first().unwrap_or(&member.name).as_str())
}

#[cfg(test)]
mod tests {
    use cover_spec::SHIPPED_SPECS;
    use serde_json::json;

    use super::*;

    fn shipped(name: &str) -> Spec {
        let path = SHIPPED_SPECS.iter().find(|path| path.ends_with(&format!("{name}.toml"))).expect("it is shipped");
        Spec::parse_shipped(path).expect("it has no faults")
    }

    /// Returns the addresses and names of the results.
    fn found(name: &str, results: &Value) -> Vec<(String, String)> {
        let outputs = outputs(&shipped(name), results.as_object().expect("an object"));
        outputs.into_iter().map(|output| (output.link.as_str().to_owned(), output.result)).collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(link, result)| ((*link).to_owned(), (*result).to_owned())).collect()
    }

    #[test]
    fn an_object_with_a_name_is_one_file_at_its_first_address() {
        let tracks = json!({ "tracks": [
            { "audioUrl": "https://a/1", "sourceAudioUrl": "https://b/1", "imageUrl": "https://a/i", "title": "Night" },
            { "sourceAudioUrl": "https://b/2" },
        ] });
        let expected = pairs(&[("https://a/1", "audioUrl"), ("https://b/2", "sourceAudioUrl")]);
        assert_eq!(found("upload_cover", &tracks), expected);
        let outputs = outputs(&shipped("upload_cover"), tracks.as_object().unwrap());
        assert_eq!(outputs[0].words["title"], "Night");
        assert!(!outputs[0].words.contains_key("audioUrl"));
    }

    #[test]
    fn every_address_of_another_object_is_a_file_once() {
        let stems = json!({
            "stems": { "vocalUrl": "https://a/v", "drumsUrl": "https://a/d" },
            "originData": [{ "audio_url": "https://a/d" }, { "audioUrl": "https://a/x" }],
        });
        let expected = [("https://a/v", "vocalUrl"), ("https://a/d", "drumsUrl")];
        assert_eq!(found("stems", &json!({ "stems": stems["stems"] })), pairs(&expected));
        assert!(found("stems", &stems).starts_with(&pairs(&expected)));
    }

    #[test]
    fn pictures_are_files_where_there_is_nothing_else() {
        let images = json!({ "images": ["https://a/1", "https://a/2"] });
        assert_eq!(found("cover_images", &images), pairs(&[("https://a/1", "images"), ("https://a/2", "images")]));
        assert_eq!(found("wav", &json!({ "audioWavUrl": "https://a/w" })), pairs(&[("https://a/w", "audioWavUrl")]));
        assert_eq!(found("lyrics", &json!({ "lyrics": [{ "text": "la" }] })), []);
    }

    #[test]
    fn names_follow_from_the_members_of_objects_with_files() {
        assert_eq!(named_by(&shipped("upload_cover")), Some("title"));
        assert!(has_several_files(&shipped("stems")) && !has_several_files(&shipped("upload_cover")));
        assert!(words_of(&shipped("upload_cover")).contains(&"title".to_owned()));
        assert_eq!(words_of(&shipped("wav")), [""; 0]);
    }
}
