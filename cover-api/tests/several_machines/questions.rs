//! The SQL with which the guide answers the questions of operators.

use cover_testkit::gate::{Gate, Reply};
use cover_testkit::{Outcome, postgres, request};

use crate::common::{database, sandbox, three};
use crate::guide::{sql, titles};

/// The questions of the guide.
pub const TITLES: [&str; 7] = [
    "What was charged yesterday, by operation",
    "What is unknown for more than an hour",
    "What was charged twice",
    "What was spent in the last 24 hours, as a limit counts it",
    "How many tasks are not finished, and for how long the oldest has not changed",
    "Which processes use the ledger, and how many attempts each has under way",
    "Which processes hold how many places of the rate limit",
];

#[test]
fn every_sql_of_the_guide_is_tested() {
    let others = [
        "A role for the application",
        "A role for dashboards",
        "Remove a process that is certainly dead",
        "Forget what was spent more than 90 days ago",
    ];
    assert_eq!(titles(), others.into_iter().chain(TITLES).collect::<Vec<_>>());
}

/// One purchase of each kind, as a sandbox has made them, moved back in time.
const PAST: &str = "
    UPDATE attempts SET started = (extract(epoch FROM date_trunc('day', now()) - interval '1 hour') * 1000)::bigint
        WHERE task = 'task-1';
    UPDATE entries SET changed = changed - 7200000 WHERE key = 'unknown';
    UPDATE attempts SET duplicate = TRUE WHERE task = 'task-3';
    INSERT INTO spending VALUES ('old', 1, 'gone', 0, 5000);
    INSERT INTO budgets VALUES ('budget', NULL, 1, FALSE, NULL, NULL, FALSE);
    INSERT INTO budget_shares VALUES ('budget', 'live', 5, 7, 20, 10000, (extract(epoch FROM now()) * 1000)::bigint + 60000);
    INSERT INTO budget_shares VALUES ('budget', 'dead', 5, 7, 20, 10000, 1);";

#[tokio::test]
async fn the_questions_of_operators_are_answered() -> Outcome {
    let Some(url) = database("questions").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Good).then(Reply::lost());
    let [one, two, _three] = three(&gate, &url).await?;
    one.send(&request("yesterday")).key("yesterday").await?;
    one.send(&request("unknown")).key("unknown").await.expect_err("the reply is lost");
    two.send(&request("today")).key("today").await?;
    let database = postgres::connect(&url).await?;
    database.batch_execute(PAST).await?;
    let ask = async |title: &str| -> cover_testkit::Result<Vec<Vec<String>>> {
        let texts = format!("SELECT * FROM ({}) AS answer", sql(title)?.trim_end_matches(';'));
        let texts = format!("SELECT to_jsonb(answer)::text FROM ({texts}) AS answer");
        let rows = database.query(&texts, &[]).await.map_err(|error| format!("{title}: {error:?}"))?;
        rows.iter()
            .map(|row| {
                let row: serde_json::Map<_, _> = serde_json::from_str(row.get(0))?;
                Ok(row.into_iter().map(|(name, value)| format!("{name}: {value}")).collect())
            })
            .collect()
    };
    let says = |rows: &[Vec<String>], expected: &[&[&str]]| {
        assert_eq!(rows.len(), expected.len(), "{rows:?}");
        for (row, expected) in rows.iter().zip(expected) {
            for part in *expected {
                assert!(row.iter().any(|cell| cell == part), "{row:?} lacks {part}");
            }
        }
    };
    let operation = r#"operation: "sunoapi.org/upload-cover""#;
    says(&ask(TITLES[0]).await?, &[&[operation, "tasks: 1", "credits: 12"]]);
    says(&ask(TITLES[1]).await?, &[&[operation, r#"key: "unknown""#]]);
    says(&ask(TITLES[2]).await?, &[&[operation, r#"key: "today""#, r#"task: "task-3""#, "credits: 12"]]);
    says(&ask(TITLES[3]).await?, &[&["credits: 36.0"]]);
    says(&ask(TITLES[4]).await?, &[&[operation, r#"state: "running""#, "entries: 2"]]);
    says(&ask(TITLES[5]).await?, &[&["posting: 0"], &["posting: 0"], &["posting: 0"]]);
    says(&ask(TITLES[6]).await?, &[&[r#"holder: "live""#, "held: 5", "wants: 7", "milliseconds: 10000"]]);
    database.batch_execute(sql("Forget what was spent more than 90 days ago")?).await?;
    let left = database.query("SELECT DISTINCT account FROM spending WHERE account = 'old'", &[]).await?;
    assert!(left.is_empty());
    Ok(())
}
