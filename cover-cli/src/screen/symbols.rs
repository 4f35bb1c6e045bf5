//! Symbols, or plain letters where the locale has no UTF-8.

/// The symbols before lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Symbols {
    pub(crate) is_utf8: bool,
    pub(crate) tick: &'static str,
    pub(crate) cross: &'static str,
    /// Frames of a spinner. The last one is not used while it turns.
    pub(crate) spinner: &'static str,
    /// Filled and empty part of a bar.
    pub(crate) bar: &'static str,
}

const UNICODE: Symbols =
    Symbols { is_utf8: true, tick: "✓", cross: "✗", spinner: "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ ", bar: "▆▁" };
const ASCII: Symbols = Symbols { is_utf8: false, tick: "ok", cross: "error:", spinner: "-\\|/ ", bar: "#." };

impl Symbols {
    /// Returns those of the locale: the first variable counts that is set and not empty.
    pub(crate) fn of_terminal() -> Self {
        let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
        let is_utf8 = locale.is_some_and(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        if is_utf8 || cfg!(windows) { UNICODE } else { ASCII }
    }
}
