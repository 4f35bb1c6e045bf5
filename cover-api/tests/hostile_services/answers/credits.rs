//! The number of credits is read however it is written, and nothing else is taken for one.

use cover_api::runtime::Credits;
use cover_testkit::{Outcome, request};

use super::service::{Reply, connected};

#[tokio::test]
async fn the_credits_are_read_however_their_number_is_written() -> Outcome {
    for (data, expected) in [
        ("87", Some(87_000)),
        ("87.25", Some(87_250)),
        ("87.9999", Some(87_999)),
        ("87.250000000000000000000", Some(87_250)),
        ("\"87\"", Some(87_000)),
        ("\" 87.25 \"", Some(87_250)),
        ("-5", Some(0)),
        ("1e308", Some(Credits::MAX.thousandths())),
        ("99999999999999999999999999", Some(Credits::MAX.thousandths())),
        ("1e400", None),
        ("\"\"", None),
        ("\"NaN\"", None),
        ("\"inf\"", None),
        ("\"many\"", None),
        ("null", None),
        ("true", None),
        ("[87]", None),
        ("{\"credits\":87}", None),
    ] {
        let (service, client) = connected().await?;
        service.with(|inner| inner.get = Reply::plain(format!(r#"{{"code":200,"data":{data}}}"#)));
        let credits = client.credits().await;
        match (&credits, expected) {
            (Ok(credits), Some(expected)) => assert_eq!(credits.thousandths(), expected, "{data}"),
            (Err(error), None) => {
                assert!(error.to_string().ends_with("it does not contain a number"), "{data}: {error}");
            }
            _ => panic!("{data}: {credits:?}"),
        }
        // A quote never takes an answer without a number for an empty or a full account.
        assert_eq!(client.quote([&request("1")]).await.map(|quote| quote.left()).ok(), credits.ok(), "{data}");
    }
    Ok(())
}
