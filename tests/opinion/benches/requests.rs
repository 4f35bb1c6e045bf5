//! Cost of a request at run time: `cargo bench -p cover-opinion`.
//!
//! Building and serialising are compared with a struct and checks of the same rules written by hand, and reading from JSON with an
//! independent validator of the exported schema.

use cover_api::{CoverRequest, Model, VocalGender};
use divan::{Bencher, black_box};
use serde::Serialize;

fn main() {
    divan::main();
}

const SONG: &str = "https://storage.example.com/song.mp3";
const CALLBACK: &str = "https://api.example.com/callback";

#[divan::bench(sample_size = 1000)]
fn build_generated() -> Vec<u8> {
    let request = CoverRequest::custom_instrumental()
        .upload_url(black_box(SONG))
        .call_back_url(black_box(CALLBACK))
        .model(black_box(Model::V4_5))
        .style(black_box("Smooth jazz trio"))
        .title(black_box("Night Drive"))
        .vocal_gender(black_box(VocalGender::Female))
        .style_weight(black_box(0.65))
        .build()
        .expect("valid");
    serde_json::to_vec(&request).expect("plain data")
}

#[divan::bench(sample_size = 1000)]
fn build_by_hand() -> Vec<u8> {
    let request = ByHand {
        upload_url: black_box(SONG).to_owned(),
        custom_mode: true,
        instrumental: true,
        model: black_box("V4_5"),
        style: black_box("Smooth jazz trio").to_owned(),
        title: black_box("Night Drive").to_owned(),
        prompt: None,
        negative_tags: None,
        vocal_gender: Some(black_box("f")),
        style_weight: Some(black_box(0.65)),
        weirdness_constraint: None,
        audio_weight: None,
        call_back_url: black_box(CALLBACK).to_owned(),
    };
    assert!(request.is_valid());
    serde_json::to_vec(&request).expect("plain data")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ByHand {
    upload_url: String,
    custom_mode: bool,
    instrumental: bool,
    model: &'static str,
    style: String,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    negative_tags: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vocal_gender: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    style_weight: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weirdness_constraint: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_weight: Option<f64>,
    #[serde(rename = "callBackUrl")]
    call_back_url: String,
}

impl ByHand {
    fn is_valid(&self) -> bool {
        let (prompt, style, title) =
            if matches!(self.model, "V3_5" | "V4") { (3000, 200, 80) } else { (5000, 1000, 100) };
        let fits = |text: &str, most: usize| !text.is_empty() && text.chars().count() <= most;
        let is_address = |text: &str| {
            (text.starts_with("http://") || text.starts_with("https://"))
                && !text.contains(|c: char| c.is_control() || c.is_whitespace() || "<>\"{}|\\^`".contains(c))
                && url::Url::parse(text).is_ok_and(|url| url.has_host())
        };
        let is_weight = |weight: Option<f64>| {
            weight.is_none_or(|weight| {
                (0.0..=1.0).contains(&weight) && ((weight * 100.0).round() / 100.0 - weight).abs() == 0.0
            })
        };
        is_address(&self.upload_url)
            && is_address(&self.call_back_url)
            && self.prompt.as_ref().is_none_or(|text| fits(text, prompt))
            && fits(&self.style, style)
            && fits(&self.title, title)
            && self.negative_tags.as_ref().is_none_or(|text| !text.is_empty())
            && is_weight(self.style_weight)
            && is_weight(self.weirdness_constraint)
            && is_weight(self.audio_weight)
    }
}

const BODY: &str = r#"{"uploadUrl":"https://storage.example.com/song.mp3","customMode":true,"instrumental":true,
    "model":"V4_5","style":"Smooth jazz trio","title":"Night Drive","vocalGender":"f","styleWeight":0.65,
    "callBackUrl":"https://api.example.com/callback"}"#;

#[divan::bench(sample_size = 1000)]
fn read_from_json() -> bool {
    CoverRequest::from_json(black_box(BODY)).is_ok()
}

#[divan::bench(sample_size = 1000)]
fn read_by_schema(bencher: Bencher<'_, '_>) {
    let spec = cover_spec::Spec::parse_shipped("upload_cover.toml").expect("no faults");
    let schema = jsonschema::draft202012::new(&spec.json_schema()).expect("a schema");
    bencher.bench_local(|| {
        let body: serde_json::Value = serde_json::from_str(black_box(BODY)).expect("JSON");
        assert!(schema.is_valid(&body));
    });
}
