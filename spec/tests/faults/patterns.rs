//! Faults of patterns: each names its place in the pattern, and what to write instead.

use cover_spec::{SHIPPED, Spec};

/// Returns the faults of the shipped spec with one more field, and what to do about each.
fn faults_with(keys: &str) -> Vec<(String, String)> {
    let text = format!("{SHIPPED}\n[fields.code]\ntype = \"string\"\ndoc = \"\"\noptional = \"always\"\n{keys}\n");
    let found = Spec::parse("spec.toml", &text).err();
    let found = found.iter().flat_map(|faults| faults.iter());
    found.map(|fault| (fault.message().to_owned(), fault.label().to_owned())).collect()
}

fn faults(pattern: &str) -> Vec<(String, String)> {
    faults_with(&format!("pattern = '''{pattern}'''"))
}

#[test]
fn a_pattern_of_the_subset_has_no_faults() {
    for pattern in [
        "^[A-Z]{2}-?[0-9A-Z]{3}$",
        r"^\+?[0-9 ]{3,}(?:/?|x)$".replace('/', r"\/").as_str(),
        "(a|b+|c*)?",
        r"[^\]\-\\\^\[]",
        "[.*+?(){}|$/#&~]",
        r"\^\$\.\*\+\?\(\)\[\]\{\}\|\/\\",
        "[+-Z][ -~][é-\u{1f3b7}]",
        "a-b#&~<>",
        "(^a|b$)*",
        "[!-&&]",
        "N",
    ] {
        assert_eq!(faults(pattern), [], "{pattern}");
    }
}

#[test]
fn a_fault_of_a_pattern_says_where_it_is_and_what_to_write() {
    for (pattern, message, label) in [
        (r"^A\d+$", r"`\d` at character 3 of the pattern is not allowed", "write `[0-9]`"),
        (r"\W", r"`\W` at character 1 of the pattern is not allowed", "write `[^0-9A-Za-z_]`"),
        (r"[\w.]", r"`\w` at character 2 of the pattern is not allowed", "write `0-9A-Za-z_`"),
        (r"[a\D]", r"`\D` at character 3 of the pattern is not allowed", "write a set of its own, `[^0-9]`"),
        (
            r"a\sb",
            r"`\s` at character 2 of the pattern is not allowed",
            "list the blanks that are meant, such as `[ ]`",
        ),
        (r"é\A", r"`\A` at character 2 of the pattern is not allowed", "write `^`"),
        (r"a\z", r"`\z` at character 2 of the pattern is not allowed", "write `$`"),
        (r"a\-b", r"`\-` at character 2 of the pattern is not allowed", "write `-`"),
        (r"a\#", r"`\#` at character 2 of the pattern is not allowed", "write `#`"),
        (
            r"(a)\1",
            r"`\1` at character 4 of the pattern is not allowed",
            "list the characters that are meant, in `[…]`",
        ),
        (r"a\", r"`\` at character 2 of the pattern is not allowed", r"write `\\` for the character itself"),
        (
            "a.b",
            "`.` at character 2 of the pattern is not allowed",
            r"write `\.` for a point, or the characters, such as `[^,]` or `[ -~]`",
        ),
        ("a/b", "`/` at character 2 of the pattern is not allowed", r"write `\/`"),
        ("a]", "`]` at character 2 of the pattern is not allowed", r"write `\]`"),
        ("a)", "`)` at character 2 of the pattern is not allowed", r"write `\)`"),
        ("a}", "`}` at character 2 of the pattern is not allowed", r"write `\}`"),
        (
            "a{x}",
            "`{` at character 2 of the pattern is not allowed",
            r"write `\{` for the character itself, or `{2}`, `{2,}` or `{2,5}`",
        ),
        ("a{2,300}", "`{2,300}` at character 2 of the pattern is not allowed", "use numbers up to 255, or `*` or `+`"),
        ("a{256,}", "`{256,}` at character 2 of the pattern is not allowed", "use numbers up to 255, or `*` or `+`"),
        ("a{3,2}", "`{3,2}` at character 2 of the pattern is not allowed", "write the smaller number first"),
        (
            "+a",
            "`+` at character 1 of the pattern is not allowed",
            r"put it after what is repeated, or write `\+` for the character itself",
        ),
        (
            "a*?",
            "`*?` at character 2 of the pattern is not allowed",
            "remove the `?`, which does not change which texts match",
        ),
        (
            "a+*",
            "`+*` at character 2 of the pattern is not allowed",
            "write one repetition, or put the part with the first one into a group",
        ),
        ("^*a", "`*` at character 2 of the pattern is not allowed", "`^` and `$` cannot be repeated"),
        ("(?=a)", "`(?=` at character 1 of the pattern is not allowed", "write `(…)` or `(?:…)`"),
        ("(a", "the group at character 1 of the pattern has no end", "add `)`"),
        ("[a", "the set at character 1 of the pattern has no end", "add `]`"),
        ("[]a]", "`[]` at character 1 of the pattern is not allowed", r"list characters, or write `\[` and `\]`"),
        ("[a-]", "`-` at character 3 of the pattern is not allowed", r"write `\-`"),
        ("[-a]", "`-` at character 2 of the pattern is not allowed", r"write `\-`"),
        ("[+--]", "`-` at character 3 of the pattern is not allowed", r"write `\-`"),
        ("[a[b]", "`[` at character 3 of the pattern is not allowed", r"write `\[`"),
        ("[a^]", "`^` at character 3 of the pattern is not allowed", r"write `\^`"),
        ("[z-a]", "`z-a` at character 2 of the pattern is not allowed", "write the smaller character first"),
        ("[a&&b]", "`&&` at character 3 of the pattern is not allowed", "write `&` once"),
        ("", "the pattern is empty", "give a part, or remove this one; `?` after a group makes it optional"),
        (
            "a|",
            "there is nothing to match at character 3 of the pattern",
            "give a part, or remove this one; `?` after a group makes it optional",
        ),
        (
            "a()",
            "there is nothing to match at character 3 of the pattern",
            "give a part, or remove this one; `?` after a group makes it optional",
        ),
    ] {
        assert_eq!(faults(pattern), [(message.to_owned(), label.to_owned())], "{pattern}");
    }
}

#[test]
fn no_pattern_can_make_matching_slow() {
    let message = |pattern: &str| faults(pattern).into_iter().map(|(message, _)| message).collect::<Vec<_>>();
    assert_eq!(
        message("((a{255}){255}){255}"),
        [
            "with its repetitions written out, the pattern has 16646655 characters, ranges and groups, and at most 2000 are \
             allowed"
        ]
    );
    assert_eq!(message(&"a".repeat(1001)), ["the pattern has 1001 characters, and at most 1000 are allowed"]);
    let deep = format!("{}a{}", "(".repeat(21), ")".repeat(21));
    assert_eq!(message(&deep), ["the group at character 21 of the pattern is more than 20 deep"]);
}

#[test]
fn only_a_text_has_a_pattern() {
    for field in ["[fields.styleWeight]\n", "[fields.uploadUrl]\n", "[fields.model]\n"] {
        let text = SHIPPED.replacen(field, &format!("{field}pattern = \"a\"\n"), 1);
        let faults = Spec::parse("spec.toml", &text).expect_err("a fault");
        let messages: Vec<&str> = faults.iter().map(cover_spec::Fault::message).collect();
        let name = field.trim_start_matches("[fields.").trim_end_matches("]\n");
        assert_eq!(messages, [format!("unknown key `pattern` in `{name}`")]);
    }
}

#[test]
fn examples_defaults_constants_and_placeholders_match_the_pattern() {
    let constant = "type = \"string\"\ndoc = \"\"\npattern = \"^[a-c]+$\"\nconstant = \"ax\"\n";
    let text = format!("{SHIPPED}\n[fields.code]\n{constant}");
    let faults = Spec::parse("spec.toml", &text).expect_err("a fault");
    let messages: Vec<&str> = faults.iter().map(cover_spec::Fault::message).collect();
    assert_eq!(messages, ["the constant breaks a rule of the field"]);
    for (key, name) in [
        ("example = \"ab\"", "example"),
        ("default = \"ab\"", "default"),
        ("placeholder = { setter = \"without\", value = \"ab\", doc = \"\" }", "placeholder"),
    ] {
        let field = |value: &str| faults_with(&format!("pattern = \"^[a-c]+$\"\n{}", key.replace("ab", value)));
        assert_eq!(field("ab"), []);
        let message = format!("the {name} breaks a rule of the field");
        assert_eq!(field("ax"), [(message, "code: must match `^[a-c]+$`".to_owned())]);
    }
}
