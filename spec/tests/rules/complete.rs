//! Completes a few lines of a spec with everything else that a spec needs.

use cover_spec::SHIPPED_BASE;

/// Returns a spec with these lines, which builds on the shipped spec unless they name another base.
pub fn completed(lines: &str) -> String {
    let has = |table: &str| {
        let starts = [format!("[{table}]"), format!("{table}."), format!("{table} = {{")];
        lines.lines().any(|line| starts.iter().any(|start| line.starts_with(start)))
    };
    let has_key = |key: &str| lines.lines().any(|line| line.starts_with(&format!("{key} = ")));
    let mut text = if has_key("base") { String::new() } else { format!("base = \"{SHIPPED_BASE}\"\n") };
    if !has("callback") && !has_key("without") {
        text.push_str("without = [\"callback\"]\n");
    }
    text.push_str(lines);
    if !lines.lines().any(|line| line.starts_with("[fields.") || line.starts_with("fields.")) {
        text.push_str("\n[fields.about]\ntype = \"string\"\ndoc = \"What it is about.\"\noptional = \"always\"\n");
    }
    if !has("service") {
        text.push_str("\n[service]\nname = \"Example\"\nid = \"example\"\n");
    }
    if !has("request") {
        text.push_str("\n[request]\nname = \"ExampleRequest\"\ndoc = \"A request.\"\n");
    }
    if !has("submit") {
        text.push_str("\n[submit]\npath = \"/tasks\"\ntask = \"id\"\n");
    }
    text
}
