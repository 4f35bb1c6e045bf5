//! `cover-spec export`

use std::fs;
use std::path::Path;

use cover_spec::{Spec, markdown_table};

use crate::Outcome;
use crate::files::{self, Failure};

/// The formats, each with the extension of its files.
pub(crate) const FORMATS: [(&str, &str); 3] = [("json-schema", "json"), ("openapi", "json"), ("markdown", "md")];

/// Prints a spec in another format.
pub(crate) fn print(path: &str, format: &str) -> Result<Outcome, Failure> {
    Ok(Outcome { text: written(&files::spec(path)?, format), fine: true })
}

/// Writes specs into a folder, each into a file with its own name. Markdown pages get an index.
pub(crate) fn write(paths: &[&str], format: &str, folder: &str) -> Result<Outcome, Failure> {
    let specs: Vec<Spec> = paths.iter().map(|path| files::spec(path)).collect::<Result<_, _>>()?;
    let extension = FORMATS.iter().find(|(name, _)| *name == format).map_or("", |(_, extension)| extension);
    let names: Vec<String> = paths.iter().map(|path| format!("{}.{extension}", stem(path))).collect();
    if let Some((index, name)) = names.iter().enumerate().find(|(index, name)| names[..*index].contains(name)) {
        return Err(Failure::SameName(paths[index].to_owned(), name.clone()));
    }
    fs::create_dir_all(folder).map_err(|error| Failure::File(folder.to_owned(), error))?;
    for (name, spec) in names.iter().zip(&specs) {
        save(folder, name, &written(spec, format))?;
    }
    if format == "markdown" {
        let links = paths.iter().map(|path| format!("[{0}]({0}.md)", stem(path)));
        save(folder, "README.md", &format!("# Operations\n\n{}", markdown_table(links.zip(&specs))))?;
    }
    Ok(Outcome { text: format!("wrote {} files into {folder}\n", names.len()), fine: true })
}

fn written(spec: &Spec, format: &str) -> String {
    match format {
        "json-schema" => files::pretty(&spec.json_schema()),
        "openapi" => files::pretty(&spec.openapi()),
        _ => spec.markdown(),
    }
}

/// Returns the name of a file without its folder and its extension.
fn stem(path: &str) -> String {
    Path::new(path).file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn save(folder: &str, name: &str, text: &str) -> Result<(), Failure> {
    let path = Path::new(folder).join(name);
    fs::write(&path, text).map_err(|error| Failure::File(path.display().to_string(), error))
}
