use cover_testkit::encodings::{base64_standard, base64_url_safe, full_width, html, json_escapes, percent};

use super::*;

const KEY: &str = "k3y/of-th1s_T3st+1";
const ADDRESS: &str = "https://us3r-name:pa55-word@storage.example.com/song.mp3?X-Sig=q%2Bu3ry%3Dvalue/1&short=7200&%3Cname%3E=#fragm3nt1";
const WITHHELD_KEY: &str = "message withheld: it repeats the API key";
const WITHHELD_ADDRESS: &str = "message withheld: it repeats the address";

type Encode = dyn Fn(&str) -> String;

fn remember() {
    remember_secret(Secret::Key, KEY);
    remember_address(ADDRESS);
}

#[test]
fn an_address_keeps_host_and_path() {
    for (whole, shown) in [
        ("https://a.example/x.mp3", "https://a.example/x.mp3"),
        ("https://a.example/x.mp3?sig=1#t", "https://a.example/x.mp3?…"),
        ("https://me:pw@a.example/x", "https://…@a.example/x"),
        ("https://me:p/w@a.example?x", "https://me:p/w@a.example?…"),
        ("no address", "no address"),
    ] {
        assert_eq!(address(whole), shown);
    }
}

#[test]
fn a_text_loses_queries_and_stays_in_one_line() {
    for (whole, is) in [
        ("cannot load https://a.example/x?sig=s3cret now", "cannot load https://a.example/x?… now"),
        ("url=https%3A%2F%2Fa.example%2Fx%3Fsig%3Ds3cret", "url=https%3A%2F%2Fa.example%2Fx%3F…"),
        ("a.example/x?sig=s3cret", "a.example/x?…"),
        ("(\"https:\\/\\/a.example\\/x?s3cret\")", "(\"https:\\/\\/a.example\\/x?…"),
        ("https://a.example,http://me:pw@b.example", "https://a.example,http://…@b.example"),
        ("what is wrong? nothing", "what is wrong? nothing"),
        ("Don&#39;t do this & that = wrong", "Don&#39;t do this & that = wrong"),
        ("two\nlines\r\n", "two lines  "),
        ("a\u{1b}[31mb\0 \u{202e}c", "a\\u{1b}[31mb\\u{0} \\u{202e}c"),
        ("a.example/x&#x3f;sig&#61;unknown", "a.example/x&#…"),
        ("", ""),
    ] {
        assert_eq!(shown(whole), is);
    }
}

#[test]
fn a_query_that_is_hidden_by_an_encoding_is_withheld() {
    for hidden in [
        "a.example/x？sig=unknown",
        "a.example/x%253Fsig%253Dunknown",
        "https:%5C/%5C/a.example%5C/x\\u003fsig",
        "a.example/x&quest;sig&equals;unknown",
        &format!("seen: {}", base64_standard("https://a.example/x?unknown")),
        &format!("seen: {}", base64_url_safe(&percent("https://me:pw@a.example/x"))),
        "https%3A%2F%2Fme%3Apw%40a.example",
    ] {
        assert_eq!(shown(hidden), WITHHELD_ADDRESS, "{hidden}");
    }
}

#[test]
fn a_secret_is_recognised_in_each_encoding() {
    remember();
    let encodings: [(&str, &Encode); 14] = [
        ("none", &str::to_owned),
        ("upper case", &str::to_uppercase),
        ("percent", &percent),
        ("percent thrice", &|text| percent(&percent(&percent(text)))),
        ("json", &json_escapes),
        ("json twice", &|text| json_escapes(&json_escapes(text))),
        ("json of json", &|text| serde_json::Value::from(serde_json::Value::from(text).to_string()).to_string()),
        ("html", &html),
        ("full width", &full_width),
        ("base64", &base64_standard),
        ("base64 at the second place", &|text| base64_standard(&format!("x{text}"))),
        ("base64 at the third place", &|text| base64_url_safe(&format!("xy{text}"))),
        ("base64 within a run", &|text| "abc".to_owned() + &base64_url_safe(text)),
        ("broken in lines", &|text| {
            text.chars().map(|character| format!("{character}\r\n")).collect::<Vec<_>>().concat()
        }),
    ];
    for (name, encode) in encodings {
        assert_eq!(shown(&format!("bad key {}!", encode(KEY))), WITHHELD_KEY, "{name}");
        assert_eq!(shown(&encode(&KEY[2..10])), WITHHELD_KEY, "{name}: eight characters");
        for value in ["q%2Bu3ry%3Dvalue/1", "q+u3ry=value/1", "q u3ry=value/1", "pa55-word", "us3r-name", "fragm3nt1"] {
            assert_eq!(shown(&format!("it says {}", encode(value))), WITHHELD_ADDRESS, "{name}: {value}");
        }
    }
}

#[test]
fn a_secret_is_recognised_in_random_compositions_of_encodings() {
    remember();
    let mut random = fastrand::Rng::with_seed(11);
    for _ in 0..2_000 {
        let (secret, withheld) = [(KEY, WITHHELD_KEY), ("q%2Bu3ry%3Dvalue/1", WITHHELD_ADDRESS)][random.usize(..2)];
        let mut layers = vec![
            percent as fn(&str) -> String,
            percent,
            percent,
            json_escapes,
            json_escapes,
            html,
            full_width,
            base64_standard,
        ];
        random.shuffle(&mut layers);
        layers.truncate(random.usize(..6));
        let text = layers.iter().fold(secret.to_owned(), |text, encode| encode(&text));
        if text.len() > MAX_READ {
            // Its first 300 characters hold less than eight of the secret.
            continue;
        }
        assert_eq!(shown(&text), withheld, "{text}");
    }
}

#[test]
fn seven_characters_and_public_parts_are_not_secret() {
    remember();
    for text in [&KEY[..7], "storage.example.com/song.mp3", "7200 X-Sig"] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn a_short_key_counts_as_a_word() {
    remember_secret(Secret::Key, "k3y5");
    for text in ["bad key k3y5!", "K3Y5", "%6b3y5", "token=&#107;3y5&x"] {
        assert_eq!(shown(text), WITHHELD_KEY, "{text}");
    }
    assert_eq!(shown("k3y51 and ak3y5"), "k3y51 and ak3y5");
}

#[test]
fn callback_addresses_of_any_process_are_recognised() {
    let path = "0068f1a2b3c4d5e6f708192a3b4c5d6e/8f1a2b3c4d5e6f708192a3b4c5d6e7f8";
    assert_eq!(shown(&format!("cannot reach https://a.example/covers/{path}")), WITHHELD_ADDRESS);
    assert_eq!(shown(&percent(path)), WITHHELD_ADDRESS);
    remember_callback("https://a.example/covers/0068f1a2b3c4d5e6f708192a3b4c5d6e/1234abcd5678ef901234abcd5678ef90");
    assert_eq!(shown("tag 5678ef90"), WITHHELD_ADDRESS);
    assert_eq!(shown("https://a.example/covers"), "https://a.example/covers");
}

#[test]
fn old_addresses_are_forgotten_and_keys_are_not() {
    let mut secrets = secrets::tests::Own::default();
    secrets.remember_key("remembered for good");
    for number in 0..1_068 {
        secrets.remember_address(&format!("https://a.example/x?sig=number-{number:08}"));
    }
    assert_eq!(secrets.find("remembered for good"), Some(Secret::Key));
    assert_eq!(secrets.find("00000043"), None);
    assert_eq!(secrets.find("00000044"), Some(Secret::Address));
    for number in 1_068..3_000 {
        secrets.remember_address(&format!("https://a.example/x?sig=number-{number:08}"));
    }
    assert!(secrets.windows() < 1_024 * 10, "{} windows", secrets.windows());
}

#[test]
fn a_long_text_is_cut_between_characters() {
    assert_eq!(shown(&"ä".repeat(1000)).chars().count(), MAX_SHOWN + 1);
    let started = std::time::Instant::now();
    for piece in ["a", "%25", "\\\\", "&#38;", "％", "QUJD", "\u{fdfa}", "https://a.example ", "://@"] {
        let text = shown(&piece.repeat(300_000 / piece.len()));
        assert!(text.chars().count() <= MAX_SHOWN + 1, "{piece}");
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn parts_that_host_or_path_contain_are_not_secret() {
    let mut secrets = secrets::tests::Own::default();
    secrets.remember_address(
        "https://bucket.s3.us-east-1.example.com/songs/night-drive.mp3?Credential=AKIA7EXAMPLE%2Fus-east-1%2Fs3&name=night-drive.mp3",
    );
    for text in ["cannot reach bucket.s3.us-east-1.example.com", "us-east-1 is down", "night-drive.mp3 is too long"] {
        assert_eq!(secrets.find(text), None, "{text}");
    }
    for text in ["AKIA7EXAMPLE", "example/us-east-1"] {
        assert_eq!(secrets.find(text), Some(Secret::Address), "{text}");
    }
}

#[test]
fn a_signature_after_a_long_token_is_a_secret() {
    let mut secrets = secrets::tests::Own::default();
    let mut random = fastrand::Rng::with_seed(3);
    let token: String = (0..3_000).map(|place| if place % 40 == 0 { '/' } else { random.alphanumeric() }).collect();
    let token = token.replace('/', "%2F");
    secrets.remember_address(&format!("https://a.example/x?token={token}&signature=8f1a2b3c4d5e6f70"));
    assert_eq!(secrets.find("8f1a2b3c4d5e6f70"), Some(Secret::Address));
}

#[test]
fn a_huge_address_is_remembered_in_part_and_quickly() {
    let mut secrets = secrets::tests::Own::default();
    let started = std::time::Instant::now();
    for value in ["\u{fdfa}".repeat(300_000), "a=%2525252525;".repeat(100_000)] {
        secrets.remember_address(&format!("https://a.example/x?{value}"));
    }
    assert!(secrets.windows() <= 2 * 8_192);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}
