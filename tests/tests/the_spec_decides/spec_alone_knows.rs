//! The spec is the only place that knows the service: no `.rs` file has a name of it, except in tests, examples and
//! documentation.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cover_spec::Spec;
use cover_spec::model::FieldKind;

/// Returns names that only the service uses. English words (`model`, `style`, `m`) prove nothing.
fn names(spec: &Spec) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut add = |name: &str| {
        names.insert(name.to_owned());
    };
    for field in &spec.request.fields {
        add(&field.wire);
        add(&field.rust);
        if let FieldKind::Choice(name, choices) = &*field.kind {
            add(name);
            for choice in choices {
                add(&choice.wire);
            }
        }
    }
    for mode in &spec.request.modes {
        mode.parts().into_iter().for_each(&mut add);
        add(&mode.constructor());
    }
    for status in &spec.statuses {
        add(&status.name);
        add(&status.rust);
    }
    for value in spec.results.iter().flat_map(|result| result.value.walk()) {
        value.spellings.iter().for_each(|spelling| add(spelling));
        value.ty.iter().for_each(|name| add(name));
        add(&value.rust);
    }
    if let Some(callback) = &spec.callback {
        for path in callback.stage.iter().chain([&callback.task]) {
            path.split('.').for_each(&mut add);
        }
    }
    add(&spec.request.name);
    add(&spec.service.name);
    for word in ["model", "prompt", "style", "title", "id", "m", "f", "tags", "duration", "Model", "data"] {
        names.remove(word);
    }
    // Statuses that many services share, and the runtime has, too.
    for word in ["Pending", "Success"] {
        names.remove(word);
    }
    // It is also a variant of `IpAddr`.
    names.remove("V4");
    names
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // Tests may name the service.
        if path.file_stem().is_some_and(|name| name == "tests") {
            continue;
        }
        if path.is_dir() {
            sources(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

/// Returns the code of a file without comments and its tests, which come last.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn no_name_of_the_service_is_in_code() -> std::io::Result<()> {
    let spec = Spec::parse_shipped("upload_cover.toml").expect("no faults");
    let names = names(&spec);
    assert!(names.contains("uploadUrl") && names.contains("V4_5PLUS") && names.contains("TEXT_SUCCESS"));
    let mut files = Vec::new();
    for crate_folder in ["../spec/src", "../cover-macros/src", "../cover-api/src", "../cover-cli/src"] {
        sources(Path::new(crate_folder), &mut files)?;
    }
    assert!(files.len() > 40, "{} files", files.len());
    for file in files {
        let code = code(&fs::read_to_string(&file)?);
        let words: BTreeSet<&str> = code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect();
        let known: Vec<&str> = words.into_iter().filter(|word| names.contains(*word)).collect();
        assert!(known.is_empty(), "{} knows {known:?}", file.display());
    }
    Ok(())
}
