//! Patterns of texts and choices of whole numbers, in the types, in JSON, and against a sandbox.

use std::error::Error;
use std::time::Duration;

use cover_api::sandbox::Sandbox;
use cover_api::{Rule, Violation};
use cover_tests::sticker::{
    Client, Colored, Colors, Plain, Side, StickerRequest, StickerRequestByMode, Version, Width, sticker, try_sticker,
};

use crate::stranger::Crate;

type Outcome = Result<(), Box<dyn Error>>;

const SPEC: &str = include_str!("../../specs/sticker.toml");

fn colored() -> StickerRequest<Colored> {
    let builder = StickerRequest::colored().isrc("DE-A12-26-00001").width(Width::Wide);
    builder.sides([Side::Outside, Side::Inside]).tags(["jazz", "night"]).build().expect("valid")
}

#[test]
fn a_choice_of_integers_is_an_enum_of_numbers() {
    const SENT: i64 = Width::Wide.as_i64();
    assert_eq!((SENT, Width::ALL), (50, &[Width::Narrow, Width::Wide][..]));
    assert_eq!(Width::try_from(25), Ok(Width::Narrow));
    assert_eq!(Width::try_from(26).unwrap_err().to_string(), "must be one of 25, 50");
    assert_eq!(format!("{} {:>4}", Side::Inside, Width::Narrow), "-1   25");
    assert_eq!((Colors::ALL.len(), Version::Three.as_i64()), (2, 3));
}

#[test]
fn numbers_are_sent_as_numbers_and_read_back() -> Outcome {
    let json = serde_json::to_string(&colored())?;
    let expected =
        r#"{"colors":4,"isrc":"DE-A12-26-00001","version":3,"width":50,"sides":[0,-1],"tags":["jazz","night"]}"#;
    assert_eq!(json, expected);
    let pointed = json.replace("50", "50.0").replace("-1]", "-1.0]");
    for body in [&json, &pointed] {
        let StickerRequestByMode::Colored(read) = StickerRequest::from_json(body)?.into_mode() else {
            return Err("the mode is another".into());
        };
        assert!(read == colored());
    }
    assert!(format!("{:?}", colored()).contains("width: 50, sides: [0, -1]"));
    Ok(())
}

#[test]
fn a_number_selects_the_mode_also_by_default() -> Outcome {
    let mode = |colors: &str| {
        let request = StickerRequest::from_json(format!(r#"{{{colors}"isrc":"DEA122600001","version":3}}"#));
        request.map(|request| matches!(request.into_mode(), StickerRequestByMode::Plain(_)))
    };
    assert!(mode("")? && mode(r#""colors":1,"#)? && !mode(r#""colors":4,"#)?);
    let lines = |colors: &str| mode(colors).map_err(|violations| violations.to_string());
    assert_eq!(lines(r#""colors":2,"#), Err("colors: must be one of 1, 4".to_owned()));
    assert_eq!(lines(r#""colors":"4","#), Err("colors: must be a whole number".to_owned()));
    Ok(())
}

#[test]
fn a_text_must_match_its_pattern() {
    let build = |isrc: &str| StickerRequest::plain().isrc(isrc).build();
    for good in ["DEA122600001", "DE-A12-26-00001"] {
        assert!(build(good).is_ok(), "{good}");
    }
    for bad in ["de-a12-26-00001", "DE-A12-26-0000", "DE-A12-26-00001\n", " DE-A12-26-00001", "ＤＥ-A12-26-00001"] {
        let violations = build(bad).expect_err(bad);
        let violation = violations.iter().next().expect("a violation");
        assert_eq!((violation.field(), violation.rule()), ("isrc", Rule::Pattern));
        let pattern = "^[A-Z]{2}-?[0-9A-Z]{3}-?[0-9]{2}-?[0-9]{5}$";
        assert_eq!((violation.rule().name(), violation.detail()), ("pattern", Some(pattern)));
        assert_eq!(violation.to_string(), format!("isrc: must match `{pattern}`"), "never the value");
        let json = serde_json::to_string(&violations).expect("JSON");
        assert!(json.contains(r#""rule":"pattern""#) && !json.contains("A12"), "{json}");
    }
}

#[test]
fn patterns_are_about_each_item_and_conditions_about_each_number() {
    let body = r#"{"colors":4,"isrc":"DEA122600001","version":3,"width":25,"sides":[0,-1],"tags":["a","b c"]}"#;
    let violations = StickerRequest::from_json(body).unwrap_err().to_string();
    assert_eq!(
        violations.lines().collect::<Vec<_>>(),
        ["sides: this value is not allowed in Colored (only if `width` is 50)", "tags[1]: must match `^[^ ]*$`"]
    );
}

#[test]
fn literal_macros_take_the_names_of_numbers() -> Outcome {
    let literal = sticker! {
        mode: Colored, isrc: "DE-A12-26-00001", width: Wide, sides: [Outside, Side::Inside], tags: ["jazz", "night"]
    };
    assert!(literal == colored());
    let tried = |isrc: &str, width: Width| try_sticker! { mode: Plain, isrc: isrc, width: width };
    let request: StickerRequest<Plain> = tried("DEA122600001", Width::Narrow)?;
    assert!(request == StickerRequest::plain().isrc("DEA122600001").width(Width::Narrow).build()?);
    assert_eq!(tried("x", Width::Narrow).unwrap_err().iter().next().map(Violation::rule), Some(Rule::Pattern));
    Ok(())
}

#[tokio::test]
async fn the_sandbox_judges_patterns_and_numbers() -> Outcome {
    let sandbox = Sandbox::builder().spec(SPEC).stage_each_poll().without_rate_limit().start().await?;
    let client = Client::builder(sandbox.key()).base_url(sandbox.url());
    let client = client.poll_every(Duration::from_millis(1), Duration::from_millis(2)).build()?;
    client.send(&colored()).await?.wait().await?;

    let stricter =
        SPEC.replace("pattern = \"^[A-Z]{2}", "pattern = \"^DE").replace("50 = {", "60 = {").replace("= 50", "= 60");
    let sandbox = Sandbox::builder().spec(&stricter).stage_each_poll().without_rate_limit().start().await?;
    let client = Client::builder(sandbox.key()).base_url(sandbox.url()).build()?;
    let sent = |isrc: &str, width: Width| StickerRequest::plain().isrc(isrc).width(width).build();
    client.send(&sent("DEA122600001", Width::Narrow)?).await?;
    for (isrc, width, rule) in [
        ("FRA122600001", Width::Narrow, "isrc: must match `^DE-?[0-9A-Z]{3}-?[0-9]{2}-?[0-9]{5}$`"),
        ("DEA122600001", Width::Wide, "width: must be one of 25, 60"),
    ] {
        let refused = client.send(&sent(isrc, width)?).await.expect_err(rule);
        assert!(refused.to_string().contains(rule), "{refused}");
    }
    Ok(())
}

#[test]
fn a_spec_with_a_pattern_needs_the_feature() -> Outcome {
    let stranger = Crate::new("without_the_feature_pattern")?;
    stranger.write("specs/sticker.toml", SPEC)?;
    stranger.write("src/lib.rs", "cover_api::api!(\"specs/sticker.toml\", in crate);\n")?;
    let manifest = std::fs::read_to_string(stranger.root.join("Cargo.toml"))?;
    let output = stranger.cargo(&["check", "--lib"])?;
    let errors = String::from_utf8(output.stderr)?;
    let cause = "error: this spec has a `pattern`, which needs the feature `pattern` of the crate `cover-api`";
    assert!(!output.status.success() && errors.contains(cause), "{errors}");
    assert_eq!(errors.matches("needs the feature").count(), 1, "one error for two patterns\n{errors}");

    stranger.write("Cargo.toml", &manifest.replace("\"sandbox\"", "\"pattern\", \"sandbox\""))?;
    let output = stranger.cargo(&["check", "--lib"])?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
