//! The SQL of the guide.

use cover_testkit::Result;

const PAGE: &str = include_str!("../../src/guide/several_machines.md");

/// Returns the SQL with this title.
pub fn sql(title: &str) -> Result<&'static str> {
    let blocks = PAGE.split("\n```sql\n-- ").skip(1).filter_map(|rest| rest.split("\n```").next());
    let mut found = blocks.filter_map(|block| block.split_once('\n')).filter(|(of, _)| *of == title);
    found.next().map(|(_, sql)| sql).ok_or_else(|| format!("the guide has no SQL called `{title}`").into())
}

/// Returns the titles of all SQL on the page.
pub fn titles() -> Vec<&'static str> {
    PAGE.split("\n```sql\n-- ").skip(1).filter_map(|rest| rest.lines().next()).collect()
}
