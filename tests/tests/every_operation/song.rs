//! Everything that the service makes of one song: each shipped operation once, as a program would do it that may have been started before.

use cover_api::runtime::{AtOnce, ByTask, Request, StaticService, Task};
use cover_api::{Client, Link};
use serde_json::Value;

use crate::Result;
use crate::operations::{
    add_instrumental, add_vocals, cover_images, credit, extend, file_base64, file_url, generate, generate_v6, lyrics,
    mashup, mashup_v6, midi, persona, recovery, replace_section, sounds, stem, stems, style, timestamped_lyrics,
    upload_cover, upload_extend, video, voice, voice_check, voice_regenerate, voice_validate, wav,
};

/// Address of callbacks, as the requests have it.
pub const ADDRESS: &str = "https://api.example.com/callbacks";

const PROMPT: &str = "A calm night drive through the rain";

/// The results of an operation, as JSON.
#[derive(Debug, PartialEq)]
pub struct Made {
    pub operation: &'static str,
    pub results: Value,
}

/// Makes everything of the song at this address. The key of each purchase is the name of the song.
pub struct Maker {
    client: Client,
    made: Vec<Made>,
}

/// The track that the other operations work on.
struct Track {
    task: String,
    id: String,
}

impl Maker {
    pub async fn everything(client: &Client, song: &Link) -> Result<Vec<Made>> {
        let mut maker = Self { client: client.clone(), made: Vec::new() };
        maker.files(song).await?;
        let track = maker.first_track().await?;
        maker.songs(&track).await?;
        maker.songs_of_uploads(song).await?;
        maker.mashups(song).await?;
        maker.texts(&track).await?;
        maker.files_of_a_track(&track).await?;
        maker.parts(&track).await?;
        maker.voice(song).await?;
        Ok(maker.made)
    }

    /// Buys a task, waits for its end, and returns its id and its results.
    async fn task<S: StaticService<Way = ByTask>>(
        &mut self,
        request: &impl Request<Service = S>,
    ) -> Result<(String, S::Results)> {
        let task: Task<S> = self.client.operation::<S>()?.send(request).key("song").await?;
        let id = task.id().to_owned();
        let done = task.wait().await?;
        self.made.push(Made { operation: &S::api().id, results: serde_json::to_value(&*done)? });
        Ok((id, (*done).clone()))
    }

    /// Buys an answer that comes at once.
    async fn answer<S: StaticService<Way = AtOnce>>(
        &mut self,
        request: &impl Request<Service = S>,
    ) -> Result<S::Results> {
        let answer = self.client.operation::<S>()?.send(request).key("song").await?;
        self.made.push(Made { operation: &S::api().id, results: serde_json::to_value(&*answer)? });
        Ok((*answer).clone())
    }

    async fn files(&mut self, song: &Link) -> Result<()> {
        let text =
            file_base64::FileBase64Request::builder().base64data("UklGRg==").upload_path("songs").file_name("a.wav");
        self.answer(&text.build()?).await?;
        let copy = file_url::FileUrlRequest::builder().file_url(song).upload_path("songs").build()?;
        self.answer(&copy).await?;
        // What buys nothing has no key.
        let credits =
            self.client.operation::<credit::Credit>()?.send(&credit::CreditRequest::builder().build()?).await?;
        assert!(credits.credits.is_some());
        Ok(())
    }

    async fn first_track(&mut self) -> Result<Track> {
        let request = generate::GenerateRequest::custom_vocal().model(generate::Model::V5).prompt(PROMPT).style("Jazz");
        let request = request.title("Night Drive").call_back_url(ADDRESS).build()?;
        let (task, results) = self.task(&request).await?;
        let id = results.tracks.first().and_then(|track| track.id.clone()).ok_or("the task has no track")?;
        Ok(Track { task, id })
    }

    async fn songs(&mut self, track: &Track) -> Result<()> {
        let idea = generate_v6::GenerateV6Request::non_custom().model(generate_v6::Model::V6).instrumental(false);
        self.task(&idea.style("Jazz").call_back_url(ADDRESS).build()?).await?;
        let longer = extend::ExtendRequest::own_instrumental().audio_id(&*track.id).continue_at(60.0);
        let longer = longer.model(extend::Model::V5).style("Jazz").title("Night Drive").call_back_url(ADDRESS);
        self.task(&longer.build()?).await?;
        let other = replace_section::ReplaceSectionRequest::builder().task_id(&*track.task).audio_id(&*track.id);
        let other = other.prompt(PROMPT).tags("Jazz").title("Rain").full_lyrics(PROMPT).infill_start_s(1.5);
        self.task(&other.infill_end_s(12.25).call_back_url(ADDRESS).build()?).await?;
        let rain = sounds::SoundsRequest::builder().prompt("Rain on a window").model(sounds::Model::V5);
        self.task(&rain.sound_key(sounds::SoundKey::CSharpMinor).build()?).await?;
        Ok(())
    }

    async fn songs_of_uploads(&mut self, song: &Link) -> Result<()> {
        let cover = upload_cover::CoverRequest::non_custom().upload_url(song).model(upload_cover::Model::V5);
        self.task(&cover.prompt(PROMPT).call_back_url(ADDRESS).build()?).await?;
        let longer = upload_extend::UploadExtendRequest::source().upload_url(song).model(upload_extend::Model::V5);
        self.task(&longer.prompt(PROMPT).call_back_url(ADDRESS).build()?).await?;
        let sung = add_vocals::AddVocalsRequest::builder().upload_url(song).title("Rain").negative_tags("Metal");
        self.task(&sung.style("Jazz").prompt(PROMPT).call_back_url(ADDRESS).build()?).await?;
        let played = add_instrumental::AddInstrumentalRequest::builder().upload_url(song).title("Rain");
        self.task(&played.negative_tags("Metal").tags("Jazz").call_back_url(ADDRESS).build()?).await?;
        Ok(())
    }

    async fn mashups(&mut self, song: &Link) -> Result<()> {
        let two = mashup::MashupRequest::custom_instrumental().upload_url_list([song, song]).model(mashup::Model::V5);
        self.task(&two.style("Jazz").title("Rain").call_back_url(ADDRESS).build()?).await?;
        let two = mashup_v6::MashupV6Request::builder().upload_url_list([song, song]).model(mashup_v6::Model::V6);
        self.task(&two.call_back_url(ADDRESS).build()?).await?;
        Ok(())
    }

    async fn texts(&mut self, track: &Track) -> Result<()> {
        self.task(&lyrics::LyricsRequest::builder().prompt("Rain").call_back_url(ADDRESS).build()?).await?;
        let timed = timestamped_lyrics::TimestampedLyricsRequest::builder().task_id(&*track.task);
        self.answer(&timed.audio_id(&*track.id).build()?).await?;
        self.answer(&style::StyleRequest::builder().content("Jazz").build()?).await?;
        let singer = persona::PersonaRequest::builder().task_id(&*track.task).audio_id(&*track.id);
        self.answer(&singer.name("Singer").description("A calm voice").build()?).await?;
        Ok(())
    }

    async fn files_of_a_track(&mut self, track: &Track) -> Result<()> {
        let file = wav::WavRequest::builder().task_id(&*track.task).audio_id(&*track.id);
        self.task(&file.call_back_url(ADDRESS).build()?).await?;
        let film = video::VideoRequest::builder().task_id(&*track.task).audio_id(&*track.id);
        self.task(&film.call_back_url(ADDRESS).build()?).await?;
        let pictures = cover_images::CoverImagesRequest::builder().task_id(&*track.task);
        self.task(&pictures.call_back_url(ADDRESS).build()?).await?;
        let again = recovery::RecoveryRequest::builder().suno_task_id(&*track.task);
        self.task(&again.call_back_url(ADDRESS).build()?).await?;
        Ok(())
    }

    async fn parts(&mut self, track: &Track) -> Result<()> {
        let all = stems::StemsRequest::builder().task_id(&*track.task).audio_id(&*track.id);
        let all = all.separation(stems::Separation::SplitStem).call_back_url(ADDRESS).build()?;
        let (task, _) = self.task(&all).await?;
        let bass = stem::StemRequest::builder().task_id(&*track.task).audio_id(&*track.id).stem_name("Bass");
        self.task(&bass.call_back_url(ADDRESS).build()?).await?;
        self.task(&midi::MidiRequest::builder().task_id(task).call_back_url(ADDRESS).build()?).await?;
        Ok(())
    }

    async fn voice(&mut self, song: &Link) -> Result<()> {
        let phrase = voice_validate::VoiceValidateRequest::builder().voice_url(song).vocal_start_s(0).vocal_end_s(10);
        let (task, _) = self.task(&phrase.call_back_url(ADDRESS).build()?).await?;
        let another = voice_regenerate::VoiceRegenerateRequest::builder().task_id(task).call_back_url(ADDRESS);
        let (task, _) = self.task(&another.build()?).await?;
        let sung = voice::VoiceRequest::builder().task_id(task).verify_url(song).call_back_url(ADDRESS);
        let (task, _) = self.task(&sung.build()?).await?;
        self.answer(&voice_check::VoiceCheckRequest::builder().task_id(task).build()?).await?;
        Ok(())
    }
}
