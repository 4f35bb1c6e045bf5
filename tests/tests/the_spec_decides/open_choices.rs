//! Values that the spec does not list, such as a model that the service has added today.

use std::collections::HashSet;
use std::error::Error;

use cover_api::sandbox::Sandbox;
use cover_api::{Client, CoverRequest, FromJson, Model, Rule, Violations};

type Outcome = Result<(), Box<dyn Error>>;

const NEW: Model = Model::unlisted("V6", Model::V5);

/// A request with a title of this length.
fn titled(model: Model, length: usize) -> Result<CoverRequest, Violations> {
    let request = CoverRequest::custom_instrumental()
        .upload_url("https://storage.example.com/song.mp3")
        .without_callback()
        .model(model)
        .style("Smooth jazz trio")
        .title("x".repeat(length))
        .build()?;
    Ok(request.into())
}

#[test]
fn an_unlisted_model_is_sent_as_given_with_the_limits_of_the_one_it_is_like() -> Outcome {
    assert_eq!(serde_json::to_value(titled(NEW, 100)?)?["model"], "V6");
    let too_long = titled(NEW, 101).unwrap_err();
    assert_eq!(too_long.to_string(), "title: 101 characters, at most 100 with V5 in Custom<Instrumental>");
    let like_v4 = titled(Model::unlisted("V6", Model::V4), 81).unwrap_err();
    assert_eq!(like_v4.to_string(), "title: 81 characters, at most 80 with V4 in Custom<Instrumental>");
    assert_eq!(NEW.to_string(), "V6");
    Ok(())
}

#[test]
fn a_listed_name_is_the_listed_model() {
    assert_eq!(Model::unlisted("V4", Model::V5), Model::V4);
    assert_eq!(Model::unlisted("V7", NEW), Model::unlisted("V7", Model::V5), "it is like what the other is like");
    let models: HashSet<Model> = [NEW, Model::V5, Model::unlisted("V5", Model::V4)].into();
    assert_eq!(models.len(), 2);
    assert!(!Model::ALL.contains(&NEW) && "V6".parse::<Model>().is_err());
}

#[test]
fn an_empty_or_long_name_or_one_with_control_characters_breaks_a_rule() {
    let long: &'static str = "0123456789012345678901234567890123456789012345678901234567890123x";
    for (name, rule) in [("", Rule::MinLength), (long, Rule::MaxLength), ("V6\r\n", Rule::Type)] {
        let violations = titled(Model::unlisted(name, Model::V5), 10).unwrap_err();
        assert_eq!(violations.iter().map(cover_api::Violation::rule).collect::<Vec<_>>(), [rule]);
    }
}

#[test]
fn json_takes_unlisted_models_only_if_asked_to() -> Outcome {
    let json = serde_json::to_string(&titled(NEW, 100)?)?;
    let refused = CoverRequest::from_json(&json).unwrap_err();
    assert!(refused.to_string().starts_with("model: must be one of V3_5, V4"), "{refused}");
    let like_v5 = FromJson::new().unlisted(Model::V5);
    assert_eq!(CoverRequest::from_json_with(&json, &like_v5)?, titled(NEW, 100)?);
    let like_v4 = CoverRequest::from_json_with(&json, &FromJson::new().unlisted(Model::V4)).unwrap_err();
    assert_eq!(like_v4.to_string(), "title: 100 characters, at most 80 with V4 in Custom<Instrumental>");
    let listed = json.replace("V6", "V4_5");
    assert_eq!(CoverRequest::from_json_with(&listed, &like_v5)?, CoverRequest::from_json(&listed)?);
    let gender = json.replace("\"style\"", "\"vocalGender\":\"x\",\"style\"");
    let refused = CoverRequest::from_json_with(&gender, &like_v5).unwrap_err();
    assert_eq!(refused.to_string(), "vocalGender: must be one of m, f", "another choice stays closed");
    Ok(())
}

#[tokio::test]
async fn two_unlisted_models_are_two_purchases_and_one_is_found_again() -> Outcome {
    let sandbox = Sandbox::builder().stage_each_poll().without_rate_limit().start().await?;
    let client = Client::builder(sandbox.key()).base_url(sandbox.url()).build()?;
    // The sandbox knows only listed models.
    let error = client.send(&titled(NEW, 10)?).key("a").await.unwrap_err();
    assert!(error.is_refused(), "{error}");
    client.send(&titled(Model::V5, 10)?).key("b").await?;
    let other = client.send(&titled(NEW, 10)?).key("b").await.unwrap_err();
    assert!(other.is_key_conflict(), "{other}");
    Ok(())
}
