//! The layers of each crate, and that imports point only downwards.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// The modules of cover-api, each with everything that it may import below it.
const API: &[&str] = &[
    "lib",
    "guide",
    "runtime",
    "sandbox",
    "client",
    "callback",
    "follow",
    "submit",
    "download",
    "upload",
    "account",
    "callback_link",
    "inbox",
    "transport",
    "ledger",
    "rate_limit",
    "attempt",
    "error",
    "service",
    "request",
    "response",
    "tables",
    "ids",
    "events",
    "redact",
    "tls",
];

const MACROS: &[&str] = &["lib", "literal", "generate", "source", "origin", "ident"];

const SPEC: &[&str] = &[
    "lib", "parse", "language", "trial", "drift", "diff", "export", "faults", "check", "lower", "read", "bases",
    "model", "source", "answers", "tables", "rules", "fault", "suggest", "shipped", "case",
];

const CLI: &[&str] =
    &["main", "commands", "batch", "purchase", "settings", "files", "operation", "runs", "screen", "exit"];

#[test]
fn imports_of_cover_cli_point_downwards() {
    assert_eq!(Crate::of("cover-cli/src").upward(CLI), Vec::<String>::new());
}

#[test]
fn imports_of_cover_api_point_downwards() {
    assert_eq!(Crate::of("cover-api/src").upward(API), Vec::<String>::new());
}

#[test]
fn imports_of_cover_macros_point_downwards() {
    assert_eq!(Crate::of("cover-macros/src").upward(MACROS), Vec::<String>::new());
}

#[test]
fn imports_of_cover_spec_point_downwards() {
    assert_eq!(Crate::of("spec/src").upward(SPEC), Vec::<String>::new());
}

#[test]
fn the_files_of_a_folder_import_each_other_in_no_circle() {
    for folder in ["cover-api/src", "cover-cli/src", "cover-macros/src", "spec/src"] {
        assert_eq!(Crate::of(folder).circles(), Vec::<String>::new(), "{folder}");
    }
}

#[test]
fn no_file_has_more_than_400_lines() {
    let folders = ["cover-api", "cover-cli", "cover-macros/src", "spec/src", "spec/tests", "tests"];
    for file in folders.iter().flat_map(|folder| rust_files(&root().join(folder))) {
        let lines = lines(&file);
        assert!(lines <= 400, "{} has {lines} lines", file.display());
    }
}

#[test]
fn no_folder_of_cover_api_has_more_than_a_fifth_of_its_code() {
    let files = rust_files(&root().join("cover-api/src"));
    let total: usize = files.iter().map(|file| lines(file)).sum();
    let mut folders = BTreeMap::<&Path, usize>::new();
    for file in &files {
        *folders.entry(file.parent().unwrap()).or_default() += lines(file);
    }
    for (folder, lines) in folders {
        assert!(lines * 5 <= total, "{} has {lines} of {total} lines", folder.display());
    }
}

#[test]
fn the_reader_sees_imports_in_every_form() {
    let seen = |source: &str, of: &str| -> Vec<String> {
        let module = of.split("::").map(str::to_owned).collect::<Vec<_>>();
        imports(source, &module).iter().map(|path| path.join("::")).collect()
    };
    assert_eq!(seen("use crate::a::B;", "x"), ["a::B"]);
    assert_eq!(seen("use crate::{a::{B, C as D}, e};", "x"), ["a::B", "a::C", "e"]);
    assert_eq!(seen("fn f() { crate::a::b(1, super::super::c()) }", "x::y::z"), ["a::b", "x::c"]);
    assert_eq!(seen("// crate::a\n/// [`A`](crate::a)\nconst A: &str = \"crate::b\";", "x"), Vec::<String>::new());
    assert_eq!(seen("mod a { use super::b; use super::super::c; }", "x::y"), ["x::c", "x::y::b"]);
    assert_eq!(seen("#[cfg(test)] mod tests { use crate::a; } use crate::b;", "x"), ["b"]);
}

/// The imports of a crate's files, without those of its tests.
struct Crate {
    /// For each file, as the path of its module, what it imports, as paths from the crate's root.
    files: BTreeMap<Vec<String>, BTreeSet<Vec<String>>>,
    /// For each folder's module, the names that it re-exports, and the files which define them.
    exports: BTreeMap<Vec<String>, BTreeMap<String, String>>,
}

impl Crate {
    fn of(folder: &str) -> Self {
        let folder = root().join(folder);
        let (mut files, mut exports) = (BTreeMap::new(), BTreeMap::new());
        for file in rust_files(&folder) {
            let relative = file.strip_prefix(&folder).unwrap();
            // `bin` is a crate of its own, with another root.
            if relative.starts_with("bin") || relative.iter().any(|part| part == "tests" || part == "tests.rs") {
                continue;
            }
            let module = module_of(relative);
            let source = fs::read_to_string(&file).unwrap();
            files.insert(module.clone(), imports(&source, &module));
            if file.ends_with("mod.rs") {
                exports.insert(module, re_exports(&source));
            }
        }
        Self { files, exports }
    }

    /// Imports whose target is not below the importing module.
    fn upward(&self, layers: &[&str]) -> Vec<String> {
        let place = |name: &str| layers.iter().position(|layer| *layer == name);
        let mut found = BTreeSet::new();
        for (module, imports) in &self.files {
            let from = &module[0];
            let at = place(from).unwrap_or_else(|| panic!("the module {from} has no layer"));
            // A name that is not a module is an item of the crate's root.
            let targets = imports.iter().map(|path| path.first().map_or("lib", String::as_str));
            let targets = targets.map(|to| if layers.contains(&to) { to } else { "lib" });
            let upward = targets.filter(|to| *to != from && place(to) < Some(at));
            found.extend(upward.map(|to| format!("{} imports {to}", module.join("::"))));
        }
        found.into_iter().collect()
    }

    /// Circles between the files and folders of one folder. A folder's `mod.rs` declares them, and is none of them.
    fn circles(&self) -> Vec<String> {
        let mut folders = BTreeMap::<&[String], Edges<'_>>::new();
        for (module, imports) in &self.files {
            for path in imports {
                let common = module.iter().zip(path).take_while(|(a, b)| a == b).count();
                let (folder, Some(from), Some(to)) = (&module[..common], module.get(common), path.get(common)) else {
                    continue;
                };
                let defined = self.exports.get(folder).and_then(|names| names.get(to)).unwrap_or(to);
                if defined != from {
                    folders.entry(folder).or_default().entry(from).or_default().insert(defined);
                }
            }
        }
        let circles = folders.iter().map(|(folder, edges)| {
            let names: Vec<_> = edges.keys().filter(|name| reaches(edges, name, name)).collect();
            (folder.join("::"), names)
        });
        circles.filter(|(_, names)| !names.is_empty()).map(|(folder, names)| format!("{folder}: {names:?}")).collect()
    }
}

/// For each module of a folder, the modules beside it that it imports.
type Edges<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

fn reaches(edges: &Edges<'_>, from: &str, to: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(name) = open.pop() {
        for next in edges.get(name).into_iter().flatten() {
            if *next == to {
                return true;
            }
            if seen.insert(*next) {
                open.push(next);
            }
        }
    }
    false
}

fn lines(file: &Path) -> usize {
    fs::read_to_string(file).unwrap().lines().count()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The path of a file's module: `a/b.rs` and `a/b/mod.rs` are `a::b`.
fn module_of(relative: &Path) -> Vec<String> {
    let mut parts: Vec<String> = relative.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    let file = parts.pop().unwrap();
    if file != "mod.rs" {
        parts.push(file.trim_end_matches(".rs").to_owned());
    }
    parts
}

/// All paths of a source that begin with `crate` or `super`, as paths from the crate's root.
fn imports(source: &str, module: &[String]) -> BTreeSet<Vec<String>> {
    let mut found = BTreeSet::new();
    walk(&source.parse().unwrap(), module, &mut found);
    found
}

fn walk(tokens: &TokenStream, module: &[String], found: &mut BTreeSet<Vec<String>>) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(&tokens[at..]) {
            at += 2 + tokens[at + 2..].iter().position(ends_an_item).map_or(0, |end| end + 1);
            continue;
        }
        if let Some((name, body)) = inline_module(&tokens[at..]) {
            walk(&body, &[module, &[name]].concat(), found);
            at += 3;
            continue;
        }
        match (&tokens[at], path_root(&tokens[at], module)) {
            (_, Some(root)) if is_path(&tokens[at + 1..]) => at = 1 + read_path(&tokens, at + 1, root, found),
            (TokenTree::Group(group), _) => {
                walk(&group.stream(), module, found);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

/// The name and body of a module that these tokens begin with.
fn inline_module(tokens: &[TokenTree]) -> Option<(String, TokenStream)> {
    match tokens {
        [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Group(body), ..] if word == "mod" => {
            Some((name.to_string(), body.stream()))
        }
        _ => None,
    }
}

/// Where a path that begins with this token starts.
fn path_root(token: &TokenTree, module: &[String]) -> Option<Vec<String>> {
    match &*token.to_string() {
        "crate" => Some(Vec::new()),
        "super" => Some(module[..module.len().saturating_sub(1)].to_vec()),
        _ => None,
    }
}

/// Reads the rest of a path after `root`, from the `::` at `at`, and returns where its last token is.
fn read_path(tokens: &[TokenTree], mut at: usize, mut path: Vec<String>, found: &mut BTreeSet<Vec<String>>) -> usize {
    while is_path(&tokens[at..]) {
        match &tokens[at + 2] {
            TokenTree::Ident(ident) if ident == "super" => drop(path.pop()),
            TokenTree::Ident(ident) => path.push(ident.to_string()),
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                for item in inner.split(|token| token.to_string() == ",").filter(|item| !item.is_empty()) {
                    let mut path = path.clone();
                    path.extend((item[0].to_string() != "self").then(|| item[0].to_string()));
                    read_path(item, 1, path, found);
                }
                return at + 2;
            }
            _ => break,
        }
        at += 3;
    }
    found.insert(path);
    at - 1
}

/// Whether these tokens begin with `::` and something that can follow it in a path.
fn is_path(tokens: &[TokenTree]) -> bool {
    let colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    colon(0) && colon(1) && matches!(tokens.get(2), Some(TokenTree::Ident(_) | TokenTree::Group(_)))
}

/// Whether these tokens begin with `#[cfg(test)]` or the like.
fn is_test_attribute(tokens: &[TokenTree]) -> bool {
    let (Some(hash), Some(TokenTree::Group(group))) = (tokens.first(), tokens.get(1)) else { return false };
    let attribute = group.stream().to_string().replace(' ', "");
    hash.to_string() == "#" && attribute.starts_with("cfg(") && attribute.contains("test")
}

fn ends_an_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::Brace,
        token => token.to_string() == ";",
    }
}

/// The names that a `mod.rs` re-exports from its files, and these files.
fn re_exports(source: &str) -> BTreeMap<String, String> {
    let tokens: Vec<TokenTree> = source.parse::<TokenStream>().unwrap().into_iter().collect();
    let mut found = BTreeMap::new();
    for at in 0..tokens.len() {
        if tokens[at].to_string() != "use" || at + 1 >= tokens.len() {
            continue;
        }
        let mut paths = BTreeSet::new();
        read_path(&tokens, at + 2, vec![tokens[at + 1].to_string()], &mut paths);
        found.extend(paths.into_iter().filter(|path| path.len() > 1).map(|mut path| {
            let file = path.swap_remove(0);
            (path.pop().unwrap_or_default(), file)
        }));
    }
    found
}
