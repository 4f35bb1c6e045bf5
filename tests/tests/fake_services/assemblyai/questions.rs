//! Questions about a transcript, which are answered at once.

use axum::http::Method;

use super::setup;
use crate::Outcome;

mod sentences {
    cover_api::api!("specs/others/assemblyai/sentences.toml", in crate::assemblyai::questions::sentences);
}
mod search {
    cover_api::api!("specs/others/assemblyai/word_search.toml", in crate::assemblyai::questions::search);
}

#[tokio::test(start_paused = true)]
async fn sentences_and_found_words_are_answered_at_once_on_the_same_account() -> Outcome {
    let (fake, client) = setup()?;
    let sentences = client.operation::<sentences::Sentences>()?;
    let ask = |id: &str| sentences::SentencesRequest::builder().transcript_id(id).build();
    let answer = sentences.send(&ask("talk")?).await?;
    let sentence = answer.sentences.first().ok_or("no sentence")?;
    assert_eq!((sentence.text.as_deref(), sentence.end, sentence.words.len()), (Some("Smoke rises."), Some(1022), 2));
    assert_eq!(sentence.words[1].confidence, Some(0.9));
    let running = sentences.send(&ask("running")?).await.unwrap_err();
    assert!(running.is_invalid() && running.to_string().contains("status of 'processing'"), "{running}");
    let odd = sentences.send(&ask("odd")?).await.unwrap_err().to_string();
    assert!(odd.contains("`sentences` is an empty object"), "{odd}");

    let search = client.operation::<search::WordSearch>()?;
    let words = search::SearchRequest::builder().transcript_id("talk").words("smoke,fire").build()?;
    let found = search.send(&words).await?;
    assert_eq!(found.total_count, Some(2));
    assert_eq!(found.matches[0].timestamps, [[250, 650], [4430, 4686]]);
    assert!(fake.calls().iter().all(|call| call.method == Method::GET && call.body.is_null()));
    Ok(())
}
