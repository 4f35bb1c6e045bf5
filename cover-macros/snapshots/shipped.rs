/**Covers of uploaded songs, made by sunoapi.org.

Documented at <https://docs.sunoapi.org/suno-api/upload-and-cover-audio>.

Results are deleted after 15 days.

Rate limit: 20 requests of one API key in 10 s.

Uploads of local files: extensions: `mp3`, `wav`, `m4a`, `flac`, `ogg`; deleted after 3 days.

| code | meaning | task created | can be sent again |
|---|---|---|---|
| 200 | Success. | yes | no |
| 400 | Invalid parameters. | no | no |
| 401 | Unauthorized. | no | no |
| 404 | Wrong method or path. | no | no |
| 405 | Rate limit exceeded. | no | after 10 s |
| 413 | Theme or prompt too long. | no | no |
| 429 | Insufficient credits. | no | no |
| 430 | Call frequency too high, try later. | no | after 30 s |
| 455 | System maintenance. | no | after 60 s |
| 500 | Server error. | perhaps | no |
| any other | not documented | perhaps | no |

| code of a failed task | meaning | refunded |
|---|---|---|
| 400 | Invalid parameters, or lyrics that are protected by copyright. | unknown |
| 408 | The time is up (kie). | unknown |
| 413 | The uploaded audio matches an existing work (kie). | unknown |
| 451 | The source audio could not be downloaded. | unknown |
| 500 | Server error. | unknown |
| 501 | The audio could not be made (kie). | unknown |
| 531 | Server error. The credits were refunded (kie). | yes |
| any other | not documented | unknown |
*/
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadCover {}
impl ::cover_api::runtime::Service for UploadCover {
    type Status = Status;
    type Results = Results;
    type Way = ::cover_api::runtime::ByTask;
    type Operation = ::cover_api::__private::KnownOperation<Self>;
}
impl ::cover_api::runtime::StaticService for UploadCover {
    fn api() -> &'static ::cover_api::tables::Api {
        &cover_request_tables::API
    }
}
/// Sends requests to the service and follows their tasks.
pub type Client = ::cover_api::runtime::Client<UploadCover>;
/// Configures a [`Client`].
pub type ClientBuilder = ::cover_api::runtime::ClientBuilder<UploadCover>;
/// A task of the service, with the client that follows it.
pub type Task = ::cover_api::runtime::Task<UploadCover>;
/// Identifies a task, so that it can be resumed later or in another process.
pub type TaskHandle = ::cover_api::runtime::TaskHandle<UploadCover>;
/// The state of a task at one poll.
pub type Snapshot = ::cover_api::runtime::Snapshot<UploadCover>;
/// A change of a task that a wait reports.
pub type Update = ::cover_api::runtime::Update<UploadCover>;
/// An error of a send, a poll or a wait, with what is known of the task.
pub type Error = ::cover_api::runtime::Error<UploadCover>;
///The outer part of the modes `Custom<Instrumental>` and `Custom<Vocal>`.
pub struct Custom<M> {
    marker: ::core::marker::PhantomData<fn() -> M>,
}
/**The mode `Custom<Instrumental>`: You give style and title, and the cover has no singing.

| setter | | limits |
|---|---|---|
| `upload_url` | required | at most 120 seconds long |
| `model` | required |  |
| `prompt` | optional | at most 3000 characters with `V3_5` or `V4`; at most 5000 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `style` | required | at most 200 characters with `V3_5` or `V4`; at most 1000 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `title` | required | at most 80 characters with `V3_5` or `V4`; at most 100 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `negative_tags` | optional |  |
| `vocal_gender` | optional |  |
| `style_weight` | optional | at least 0; at most 1; a multiple of 0.01 |
| `weirdness_constraint` | optional | at least 0; at most 1; a multiple of 0.01 |
| `audio_weight` | optional | at least 0; at most 1; a multiple of 0.01 |
| `call_back_url` | required |  |
*/
pub enum Instrumental {}
/**The mode `NonCustom`: You give an idea as the prompt. The service makes lyrics, style and title from it.

| setter | | limits |
|---|---|---|
| `upload_url` | required | at most 120 seconds long |
| `instrumental` | optional |  |
| `model` | required |  |
| `prompt` | required | at most 400 characters |
| `call_back_url` | required |  |
*/
pub enum NonCustom {}
/**The mode `Custom<Vocal>`: You give style, title and lyrics. The prompt is sung word for word.

| setter | | limits |
|---|---|---|
| `upload_url` | required | at most 120 seconds long |
| `model` | required |  |
| `prompt` | required | at most 3000 characters with `V3_5` or `V4`; at most 5000 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `style` | required | at most 200 characters with `V3_5` or `V4`; at most 1000 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `title` | required | at most 80 characters with `V3_5` or `V4`; at most 100 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `negative_tags` | optional |  |
| `vocal_gender` | optional |  |
| `style_weight` | optional | at least 0; at most 1; a multiple of 0.01 |
| `weirdness_constraint` | optional | at least 0; at most 1; a multiple of 0.01 |
| `audio_weight` | optional | at least 0; at most 1; a multiple of 0.01 |
| `call_back_url` | required |  |
*/
pub enum Vocal {}
mod cover_request_modes {
    #[diagnostic::on_unimplemented(
        message = "this type is not a mode of `CoverRequest`",
        label = "expected `Custom<Instrumental>`, `Custom<Vocal>` or `NonCustom`"
    )]
    pub trait ModeOfTheSpec {}
}
///A mode of a [`CoverRequest`]: `Custom<Instrumental>`, `Custom<Vocal>` or `NonCustom`.
#[diagnostic::on_unimplemented(
    message = "this type is not a mode of `CoverRequest`",
    label = "expected `Custom<Instrumental>`, `Custom<Vocal>` or `NonCustom`"
)]
pub trait Mode: cover_request_modes::ModeOfTheSpec + 'static {
    #[doc(hidden)]
    const INDEX: usize;
    /// The name that the spec gives the mode.
    const NAME: &'static str;
}
impl cover_request_modes::ModeOfTheSpec for Custom<Instrumental> {}
impl Mode for Custom<Instrumental> {
    const INDEX: usize = 0;
    const NAME: &'static str = "Custom<Instrumental>";
}
impl cover_request_modes::ModeOfTheSpec for Custom<Vocal> {}
impl Mode for Custom<Vocal> {
    const INDEX: usize = 1;
    const NAME: &'static str = "Custom<Vocal>";
}
impl cover_request_modes::ModeOfTheSpec for NonCustom {}
impl Mode for NonCustom {
    const INDEX: usize = 2;
    const NAME: &'static str = "NonCustom";
}
///The modes `Custom<Instrumental>` and `Custom<Vocal>`, which share setters.
#[doc(hidden)]
pub trait __InCustom_3: Mode {}
impl __InCustom_3 for Custom<Instrumental> {}
impl __InCustom_3 for Custom<Vocal> {}
/**The version of the music model. It decides the maximum length of texts and of the output.

The values of `model`.*/
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Model {
    ///Output of at most 4 minutes. Sent as `V3_5`.
    V3_5,
    ///Output of at most 4 minutes. Sent as `V4`.
    V4,
    ///Output of at most 8 minutes. Sent as `V4_5`.
    V4_5,
    ///Output of at most 8 minutes. Sent as `V4_5PLUS`.
    V4_5PLUS,
    ///The maximum length of the output is not documented. Sent as `V5`.
    V5,
    #[doc(hidden)]
    __Unlisted(&'static str, &'static str),
}
impl Model {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[
        Self::V3_5,
        Self::V4,
        Self::V4_5,
        Self::V4_5PLUS,
        Self::V5,
    ];
    const __TEXTS: &'static [&'static str] = &["V3_5", "V4", "V4_5", "V4_5PLUS", "V5"];
    /// Returns the text that is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V3_5 => "V3_5",
            Self::V4 => "V4",
            Self::V4_5 => "V4_5",
            Self::V4_5PLUS => "V4_5PLUS",
            Self::V5 => "V5",
            Self::__Unlisted(text, _) => text,
        }
    }
    /// Returns a value that the spec does not list. It is sent as given, and has to keep the rules of `like`.
    ///
    /// It has 1 to 64 characters and no control characters; `build` and `from_json` check this. A listed text is the listed value.
    #[must_use]
    pub const fn unlisted(text: &'static str, like: Self) -> Self {
        match (::cover_api::__private::choice::place(text, Self::__TEXTS), like) {
            (::core::option::Option::Some(place), _) => Self::ALL[place],
            (_, Self::__Unlisted(_, like)) => Self::__Unlisted(text, like),
            (_, like) => Self::__Unlisted(text, like.as_str()),
        }
    }
}
impl ::core::str::FromStr for Model {
    type Err = ::cover_api::UnknownChoice;
    fn from_str(text: &str) -> ::core::result::Result<Self, ::cover_api::UnknownChoice> {
        ::cover_api::__private::choice::parse(text)
    }
}
impl ::cover_api::__private::choice::TextChoice for Model {
    const TEXTS: &'static [&'static str] = Self::__TEXTS;
    const VALUES: &'static [Self] = Self::ALL;
    fn sent(self) -> &'static str {
        self.as_str()
    }
    fn like(self) -> ::core::option::Option<&'static str> {
        match self {
            Self::__Unlisted(_, like) => ::core::option::Option::Some(like),
            _ => ::core::option::Option::None,
        }
    }
    fn unlisted(text: &'static str, like: Self) -> ::core::option::Option<Self> {
        ::core::option::Option::Some(Self::unlisted(text, like))
    }
}
impl ::core::fmt::Display for Model {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.pad(self.as_str())
    }
}
impl ::core::fmt::Debug for Model {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        match self {
            Self::__Unlisted(text, like) => {
                ::core::write!(f, "Unlisted({text:?}, like {like})")
            }
            listed => f.write_str(listed.as_str()),
        }
    }
}
impl ::cover_api::OpenChoice for Model {
    fn field() -> &'static str {
        "model"
    }
}
/**Preferred voice of the singer.

The values of `vocalGender`.*/
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum VocalGender {
    ///A male voice. Sent as `m`.
    Male,
    ///A female voice. Sent as `f`.
    Female,
}
impl VocalGender {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::Male, Self::Female];
    const __TEXTS: &'static [&'static str] = &["m", "f"];
    /// Returns the text that is sent.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Male => "m",
            Self::Female => "f",
        }
    }
}
impl ::core::str::FromStr for VocalGender {
    type Err = ::cover_api::UnknownChoice;
    fn from_str(text: &str) -> ::core::result::Result<Self, ::cover_api::UnknownChoice> {
        ::cover_api::__private::choice::parse(text)
    }
}
impl ::cover_api::__private::choice::TextChoice for VocalGender {
    const TEXTS: &'static [&'static str] = Self::__TEXTS;
    const VALUES: &'static [Self] = Self::ALL;
    fn sent(self) -> &'static str {
        self.as_str()
    }
}
impl ::core::fmt::Display for VocalGender {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.pad(self.as_str())
    }
}
/**A request to turn an uploaded song into a cover.

The mode decides which fields it has:

| field | `Custom<Instrumental>` | `Custom<Vocal>` | `NonCustom` |
|---|---|---|---|
| `uploadUrl` | required | required | required |
| `customMode` | `true` | `true` | `false` |
| `instrumental` | `true` | `false` | optional |
| `model` | required | required | required |
| `prompt` | optional | required | required |
| `style` | required | required | — |
| `title` | required | required | — |
| `negativeTags` | optional | optional | — |
| `vocalGender` | optional | optional | — |
| `styleWeight` | optional | optional | — |
| `weirdnessConstraint` | optional | optional | — |
| `audioWeight` | optional | optional | — |
| `callBackUrl` | required | required | required |

Sent as a POST to `/api/v1/generate/upload-cover`. The rules come from <https://docs.sunoapi.org/suno-api/upload-and-cover-audio>.

Price: 12 credits.*/
pub struct CoverRequest<M = AnyMode> {
    fields: CoverRequestFields,
    /// The index of the mode. `M` names it too, unless it is `AnyMode`.
    mode: usize,
    marker: ::core::marker::PhantomData<fn() -> M>,
}
impl CoverRequest<Custom<Instrumental>> {
    /**Returns a builder in `Custom<Instrumental>` mode: You give style and title, and the cover has no singing.

| setter | | limits |
|---|---|---|
| `upload_url` | required | at most 120 seconds long |
| `model` | required |  |
| `prompt` | optional | at most 3000 characters with `V3_5` or `V4`; at most 5000 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `style` | required | at most 200 characters with `V3_5` or `V4`; at most 1000 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `title` | required | at most 80 characters with `V3_5` or `V4`; at most 100 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `negative_tags` | optional |  |
| `vocal_gender` | optional |  |
| `style_weight` | optional | at least 0; at most 1; a multiple of 0.01 |
| `weirdness_constraint` | optional | at least 0; at most 1; a multiple of 0.01 |
| `audio_weight` | optional | at least 0; at most 1; a multiple of 0.01 |
| `call_back_url` | required |  |
*/
    pub fn custom_instrumental() -> CoverRequestBuilder<Custom<Instrumental>> {
        Self::builder()
    }
}
impl CoverRequest<Custom<Vocal>> {
    /**Returns a builder in `Custom<Vocal>` mode: You give style, title and lyrics. The prompt is sung word for word.

| setter | | limits |
|---|---|---|
| `upload_url` | required | at most 120 seconds long |
| `model` | required |  |
| `prompt` | required | at most 3000 characters with `V3_5` or `V4`; at most 5000 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `style` | required | at most 200 characters with `V3_5` or `V4`; at most 1000 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `title` | required | at most 80 characters with `V3_5` or `V4`; at most 100 characters with `V4_5`, `V4_5PLUS` or `V5` |
| `negative_tags` | optional |  |
| `vocal_gender` | optional |  |
| `style_weight` | optional | at least 0; at most 1; a multiple of 0.01 |
| `weirdness_constraint` | optional | at least 0; at most 1; a multiple of 0.01 |
| `audio_weight` | optional | at least 0; at most 1; a multiple of 0.01 |
| `call_back_url` | required |  |
*/
    pub fn custom_vocal() -> CoverRequestBuilder<Custom<Vocal>> {
        Self::builder()
    }
}
impl CoverRequest<NonCustom> {
    /**Returns a builder in `NonCustom` mode: You give an idea as the prompt. The service makes lyrics, style and title from it.

| setter | | limits |
|---|---|---|
| `upload_url` | required | at most 120 seconds long |
| `instrumental` | optional |  |
| `model` | required |  |
| `prompt` | required | at most 400 characters |
| `call_back_url` | required |  |
*/
    pub fn non_custom() -> CoverRequestBuilder<NonCustom> {
        Self::builder()
    }
}
impl<M> CoverRequest<M> {
    /// Returns a builder in the mode `M`.
    pub fn builder() -> CoverRequestBuilder<M>
    where
        M: Mode,
    {
        CoverRequestBuilder {
            fields: ::core::default::Default::default(),
            state: ::core::marker::PhantomData,
        }
    }
}
impl<M> ::core::clone::Clone for CoverRequest<M> {
    fn clone(&self) -> Self {
        Self {
            fields: self.fields.clone(),
            mode: self.mode,
            marker: ::core::marker::PhantomData,
        }
    }
}
impl<M> ::core::cmp::PartialEq for CoverRequest<M> {
    fn eq(&self, other: &Self) -> bool {
        self.mode == other.mode && self.fields == other.fields
    }
}
impl<M> ::cover_api::runtime::Request for CoverRequest<M> {
    type Service = UploadCover;
    fn canonical(&self, callback: ::core::option::Option<&str>) -> ::std::vec::Vec<u8> {
        ::cover_api::__private::canonical(
            &cover_request_tables::RULES,
            self.mode,
            &self.fields.values(),
            callback,
        )
    }
    fn check_lengths(
        &self,
        api: &::cover_api::__private::tables::Api,
        length_of: &dyn Fn(&str) -> ::core::option::Option<f64>,
    ) -> ::core::result::Result<(), ::cover_api::Violations> {
        ::cover_api::__private::check_lengths(
            (&cover_request_tables::RULES, api),
            self.mode,
            &self.fields.values(),
            length_of,
        )
    }
}
impl<M> ::cover_api::__private::Serialize for CoverRequest<M> {
    fn serialize<S: ::cover_api::__private::Serializer>(
        &self,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        ::cover_api::__private::serialize(
            &cover_request_tables::RULES,
            self.mode,
            &self.fields.values(),
            serializer,
        )
    }
}
impl<M> ::core::fmt::Debug for CoverRequest<M> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::cover_api::__private::debug(
            ::core::stringify!(CoverRequest),
            &cover_request_tables::RULES,
            self.mode,
            &self.fields.values(),
            f,
        )
    }
}
#[derive(Clone, Default, PartialEq)]
struct CoverRequestFields {
    upload_url: ::core::option::Option<::cover_api::Link>,
    instrumental: ::core::option::Option<bool>,
    model: ::core::option::Option<Model>,
    prompt: ::core::option::Option<::std::string::String>,
    style: ::core::option::Option<::std::string::String>,
    title: ::core::option::Option<::std::string::String>,
    negative_tags: ::core::option::Option<::std::string::String>,
    vocal_gender: ::core::option::Option<VocalGender>,
    style_weight: ::core::option::Option<f64>,
    weirdness_constraint: ::core::option::Option<f64>,
    audio_weight: ::core::option::Option<f64>,
    call_back_url: ::core::option::Option<::cover_api::Link>,
}
impl CoverRequestFields {
    /// Returns the values in the order of the table of rules.
    fn values(&self) -> [::core::option::Option<::cover_api::__private::Value<'_>>; 13] {
        use ::cover_api::__private::{FieldValue, Value};
        [
            self.upload_url.as_ref().map(FieldValue::as_value),
            ::core::option::Option::None,
            self.instrumental.as_ref().map(FieldValue::as_value),
            self.model.as_ref().map(FieldValue::as_value),
            self.prompt.as_ref().map(FieldValue::as_value),
            self.style.as_ref().map(FieldValue::as_value),
            self.title.as_ref().map(FieldValue::as_value),
            self.negative_tags.as_ref().map(FieldValue::as_value),
            self.vocal_gender.as_ref().map(FieldValue::as_value),
            self.style_weight.as_ref().map(FieldValue::as_value),
            self.weirdness_constraint.as_ref().map(FieldValue::as_value),
            self.audio_weight.as_ref().map(FieldValue::as_value),
            self.call_back_url.as_ref().map(FieldValue::as_value),
        ]
    }
}
/// The mode of a request whose mode is known only at run time.
pub enum AnyMode {}
impl CoverRequest<AnyMode> {
    /// Reads a request from JSON, and checks it as the builder does.
    ///
    /// The names are those that are sent.
    ///
    /// # Errors
    ///
    /// [`Violations`](::cover_api::Violations) lists every broken rule: unknown and duplicate fields, wrong types,
    /// missing and forbidden fields, limits, and values that no mode has. It keeps 100 and counts the others.
    /// Input that is not a JSON object breaks one rule.
    pub fn from_json(
        json: impl ::core::convert::AsRef<[u8]>,
    ) -> ::core::result::Result<Self, ::cover_api::Violations> {
        Self::from_json_with(json, &::cover_api::FromJson::new())
    }
    /// Reads a request from JSON with options, such as to take values of choices that the spec does not list.
    ///
    /// # Errors
    ///
    /// Those of [`from_json`](Self::from_json).
    pub fn from_json_with(
        json: impl ::core::convert::AsRef<[u8]>,
        options: &::cover_api::FromJson,
    ) -> ::core::result::Result<Self, ::cover_api::Violations> {
        let mut checked = ::cover_api::__private::json::check_with(
            &cover_request_tables::RULES,
            json.as_ref(),
            options,
        )?;
        ::core::result::Result::Ok(Self {
            fields: CoverRequestFields {
                upload_url: checked.take(0),
                instrumental: checked.take(2),
                model: checked.take(3),
                prompt: checked.take(4),
                style: checked.take(5),
                title: checked.take(6),
                negative_tags: checked.take(7),
                vocal_gender: checked.take(8),
                style_weight: checked.take(9),
                weirdness_constraint: checked.take(10),
                audio_weight: checked.take(11),
                call_back_url: checked.take(12),
            },
            mode: checked.mode(),
            marker: ::core::marker::PhantomData,
        })
    }
}
///A [`CoverRequest`] of a known mode, with a variant for each.
#[derive(Clone, Debug, PartialEq)]
pub enum CoverRequestByMode {
    ///The request is in `Custom<Instrumental>` mode.
    CustomInstrumental(CoverRequest<Custom<Instrumental>>),
    ///The request is in `Custom<Vocal>` mode.
    CustomVocal(CoverRequest<Custom<Vocal>>),
    ///The request is in `NonCustom` mode.
    NonCustom(CoverRequest<NonCustom>),
}
impl CoverRequest<AnyMode> {
    /// Returns the typed request of its mode.
    #[must_use]
    pub fn into_mode(self) -> CoverRequestByMode {
        match self.mode {
            1 => CoverRequestByMode::CustomVocal(self.__typed()),
            2 => CoverRequestByMode::NonCustom(self.__typed()),
            _ => CoverRequestByMode::CustomInstrumental(self.__typed()),
        }
    }
    fn __typed<M>(self) -> CoverRequest<M> {
        CoverRequest {
            fields: self.fields,
            mode: self.mode,
            marker: ::core::marker::PhantomData,
        }
    }
}
impl<M: Mode> ::core::convert::From<CoverRequest<M>> for CoverRequest<AnyMode> {
    fn from(request: CoverRequest<M>) -> Self {
        Self {
            fields: request.fields,
            mode: request.mode,
            marker: ::core::marker::PhantomData,
        }
    }
}
/**Sets the fields of [`CoverRequest`], in any order.

[`build`](Self::build) compiles once every field that the mode requires is set. A setter that the mode does not have does not compile, and neither does a second call of the same setter.

# Values that may be absent

Setting a field changes the builder's type, so a variable cannot be assigned a builder with one more field inside an `if`. Pass an `Option` instead: see [`maybe_prompt`](Self::maybe_prompt).

# Functions that return a builder

The type of an unfinished builder has the state of every field, [`Set`](::cover_api::state::Set) or [`Unset`](::cover_api::state::Unset). Write `-> _` as the return type, and the compiler's error spells the type out. A function that returns the finished `CoverRequest` needs no such type.*/
#[must_use = "a builder does nothing before `.build()`"]
pub struct CoverRequestBuilder<M, S = CoverRequestBuilderStart> {
    fields: CoverRequestFields,
    state: ::core::marker::PhantomData<fn() -> (M, S)>,
}
///The state of a [`CoverRequestBuilder`] without any field.
#[doc(hidden)]
pub type CoverRequestBuilderStart = (
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
);
impl<M, S> ::core::clone::Clone for CoverRequestBuilder<M, S> {
    fn clone(&self) -> Self {
        Self {
            fields: self.fields.clone(),
            state: ::core::marker::PhantomData,
        }
    }
}
///The state of a [`CoverRequestBuilder`]: a tuple of `Set` or `Unset` for each field.
#[doc(hidden)]
pub trait CoverRequestBuilderState {
    type HasUploadUrl;
    type HasInstrumental;
    type HasModel;
    type HasPrompt;
    type HasStyle;
    type HasTitle;
    type HasNegativeTags;
    type HasVocalGender;
    type HasStyleWeight;
    type HasWeirdnessConstraint;
    type HasAudioWeight;
    type HasCallBackUrl;
}
impl<
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilderState
for (
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
) {
    type HasUploadUrl = HasUploadUrl;
    type HasInstrumental = HasInstrumental;
    type HasModel = HasModel;
    type HasPrompt = HasPrompt;
    type HasStyle = HasStyle;
    type HasTitle = HasTitle;
    type HasNegativeTags = HasNegativeTags;
    type HasVocalGender = HasVocalGender;
    type HasStyleWeight = HasStyleWeight;
    type HasWeirdnessConstraint = HasWeirdnessConstraint;
    type HasAudioWeight = HasAudioWeight;
    type HasCallBackUrl = HasCallBackUrl;
}
#[cfg(doc)]
impl<M: Mode> CoverRequestBuilder<M> {
    /**Address of the source audio.

Required.

At most 120 seconds long. The length is checked only for files that the client uploads. Disputed: 480 in the usage guide, 120 in the text of the field.

Fetched after the request was accepted; if that fails, the task fails with code 451.

Sent as `uploadUrl`. Defined in `cover-spec/upload_cover.toml`, line 43.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().upload_url("https://storage.example.com/song.mp3");
# let _ = builder;
```*/
    pub fn upload_url(
        self,
        upload_url: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Whether the cover has no singing.

Optional in `NonCustom`. Set by the mode in `Custom<Instrumental>` and `Custom<Vocal>`.

Sent as `instrumental`, by default `false` in `NonCustom`. Defined in `cover-spec/upload_cover.toml`, line 61.*/
    pub fn instrumental(self, instrumental: bool) -> Self {
        ::core::unimplemented!()
    }
    /**Sets [`instrumental`](Self::instrumental) if there is a value, and leaves it out otherwise.

Optional in `NonCustom`. The field counts as set either way.*/
    pub fn maybe_instrumental(self, instrumental: ::core::option::Option<bool>) -> Self {
        ::core::unimplemented!()
    }
    /**The version of the music model. It decides the maximum length of texts and of the output.

Required.

Sent as `model`. Defined in `cover-spec/upload_cover.toml`, line 67.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().model(Model::V4_5);
# let _ = builder;
```*/
    pub fn model(self, model: Model) -> Self {
        ::core::unimplemented!()
    }
    /**The lyrics, sung word for word (custom mode), or an idea for the lyrics (otherwise).

Required in `Custom<Vocal>` and `NonCustom`. Optional in `Custom<Instrumental>`.

- At most 3000 characters with `V3_5` or `V4` in `Custom`.
- At most 5000 characters with `V4_5`, `V4_5PLUS` or `V5` in `Custom`.
- At most 400 characters in `NonCustom`. Disputed: 400 in the usage guide, 500 in the text of the field.

Sent as `prompt`. Defined in `cover-spec/upload_cover.toml`, line 83.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().prompt("A calm night drive through the rain");
# let _ = builder;
```*/
    pub fn prompt(
        self,
        prompt: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Sets [`prompt`](Self::prompt) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>`. The field counts as set either way.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().maybe_prompt(Some("A calm night drive through the rain"));
# let _ = builder;
```*/
    pub fn maybe_prompt(
        self,
        prompt: ::core::option::Option<impl ::core::convert::Into<::std::string::String>>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Genre, mood or instruments of the cover.

Required in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

- At most 200 characters with `V3_5` or `V4`.
- At most 1000 characters with `V4_5`, `V4_5PLUS` or `V5`.

Sent as `style`. Defined in `cover-spec/upload_cover.toml`, line 98.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().style("Smooth jazz trio");
# let _ = builder;
```*/
    pub fn style(
        self,
        style: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Title of the cover.

Required in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

- At most 80 characters with `V3_5` or `V4`.
- At most 100 characters with `V4_5`, `V4_5PLUS` or `V5`.

Sent as `title`. Defined in `cover-spec/upload_cover.toml`, line 108.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().title("Night Drive");
# let _ = builder;
```*/
    pub fn title(
        self,
        title: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Styles or instruments to avoid.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

Sent as `negativeTags`. Defined in `cover-spec/upload_cover.toml`, line 118.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().negative_tags("Heavy metal, upbeat drums");
# let _ = builder;
```*/
    pub fn negative_tags(
        self,
        negative_tags: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Sets [`negative_tags`](Self::negative_tags) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. The field counts as set either way.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().maybe_negative_tags(Some("Heavy metal, upbeat drums"));
# let _ = builder;
```*/
    pub fn maybe_negative_tags(
        self,
        negative_tags: ::core::option::Option<
            impl ::core::convert::Into<::std::string::String>,
        >,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Preferred voice of the singer.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

Sent as `vocalGender`. Defined in `cover-spec/upload_cover.toml`, line 124.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().vocal_gender(VocalGender::Male);
# let _ = builder;
```*/
    pub fn vocal_gender(self, vocal_gender: VocalGender) -> Self {
        ::core::unimplemented!()
    }
    /**Sets [`vocal_gender`](Self::vocal_gender) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. The field counts as set either way.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().maybe_vocal_gender(Some(VocalGender::Male));
# let _ = builder;
```*/
    pub fn maybe_vocal_gender(
        self,
        vocal_gender: ::core::option::Option<VocalGender>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**How closely the music follows the style.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

At least 0, at most 1, a multiple of 0.01.

Sent as `styleWeight`. Defined in `cover-spec/upload_cover.toml`, line 135.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().style_weight(0.65);
# let _ = builder;
```*/
    pub fn style_weight(self, style_weight: f64) -> Self {
        ::core::unimplemented!()
    }
    /**Sets [`style_weight`](Self::style_weight) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. The field counts as set either way.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().maybe_style_weight(Some(0.65));
# let _ = builder;
```*/
    pub fn maybe_style_weight(self, style_weight: ::core::option::Option<f64>) -> Self {
        ::core::unimplemented!()
    }
    /**How unusual the music may be.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

At least 0, at most 1, a multiple of 0.01.

Sent as `weirdnessConstraint`. Defined in `cover-spec/upload_cover.toml`, line 144.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().weirdness_constraint(0.3);
# let _ = builder;
```*/
    pub fn weirdness_constraint(self, weirdness_constraint: f64) -> Self {
        ::core::unimplemented!()
    }
    /**Sets [`weirdness_constraint`](Self::weirdness_constraint) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. The field counts as set either way.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().maybe_weirdness_constraint(Some(0.3));
# let _ = builder;
```*/
    pub fn maybe_weirdness_constraint(
        self,
        weirdness_constraint: ::core::option::Option<f64>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**How closely the music follows the source audio.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

At least 0, at most 1, a multiple of 0.01.

Sent as `audioWeight`. Defined in `cover-spec/upload_cover.toml`, line 153.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().audio_weight(0.65);
# let _ = builder;
```*/
    pub fn audio_weight(self, audio_weight: f64) -> Self {
        ::core::unimplemented!()
    }
    /**Sets [`audio_weight`](Self::audio_weight) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. The field counts as set either way.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().maybe_audio_weight(Some(0.65));
# let _ = builder;
```*/
    pub fn maybe_audio_weight(self, audio_weight: ::core::option::Option<f64>) -> Self {
        ::core::unimplemented!()
    }
    /**Address that receives a callback at each stage.

Required.

Sent as `callBackUrl`. Defined in `cover-spec/upload_cover.toml`, line 165.

```
# use cover_api::*;
let builder = CoverRequest::custom_instrumental().call_back_url("https://api.example.com/callback");
# let _ = builder;
```*/
    pub fn call_back_url(
        self,
        call_back_url: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Sends an address that never resolves, because the field is required. Use it if you only poll.

Used instead of [`call_back_url`](Self::call_back_url). Sends `https://callback.invalid/`.*/
    pub fn without_callback(self) -> Self {
        ::core::unimplemented!()
    }
    /**Checks every limit, and returns the request.

It compiles once these fields are set:

- In `Custom<Instrumental>`: `upload_url`, `model`, `style`, `title`, `call_back_url` or `without_callback`.
- In `Custom<Vocal>`: `upload_url`, `model`, `prompt`, `style`, `title`, `call_back_url` or `without_callback`.
- In `NonCustom`: `upload_url`, `model`, `prompt`, `call_back_url` or `without_callback`.

# Errors

[`Violations`](::cover_api::Violations) lists every limit that the `CoverRequest` breaks.*/
    pub fn build(
        self,
    ) -> ::core::result::Result<CoverRequest<M>, ::cover_api::Violations> {
        ::core::unimplemented!()
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    M,
    (
        ::cover_api::state::Unset,
        HasInstrumental,
        HasModel,
        HasPrompt,
        HasStyle,
        HasTitle,
        HasNegativeTags,
        HasVocalGender,
        HasStyleWeight,
        HasWeirdnessConstraint,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**Address of the source audio.

Required.

At most 120 seconds long. The length is checked only for files that the client uploads. Disputed: 480 in the usage guide, 120 in the text of the field.

Fetched after the request was accepted; if that fails, the task fails with code 451.

Sent as `uploadUrl`. Defined in `cover-spec/upload_cover.toml`, line 43.

Example: `.upload_url("https://storage.example.com/song.mp3")`*/
    pub fn upload_url(
        mut self,
        upload_url: impl ::core::convert::Into<::std::string::String>,
    ) -> CoverRequestBuilder<
        M,
        (
            ::cover_api::state::Set,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.upload_url = ::core::option::Option::Some(
            ::cover_api::Link::new(upload_url),
        );
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    HasUploadUrl,
    HasModel,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    NonCustom,
    (
        HasUploadUrl,
        ::cover_api::state::Unset,
        HasModel,
        HasPrompt,
        HasStyle,
        HasTitle,
        HasNegativeTags,
        HasVocalGender,
        HasStyleWeight,
        HasWeirdnessConstraint,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**Whether the cover has no singing.

Optional in `NonCustom`. Set by the mode in `Custom<Instrumental>` and `Custom<Vocal>`.

Sent as `instrumental`, by default `false` in `NonCustom`. Defined in `cover-spec/upload_cover.toml`, line 61.*/
    pub fn instrumental(
        mut self,
        instrumental: bool,
    ) -> CoverRequestBuilder<
        NonCustom,
        (
            HasUploadUrl,
            ::cover_api::state::Set,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.instrumental = ::core::option::Option::Some(instrumental);
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Sets [`instrumental`](Self::instrumental) if there is a value, and leaves it out otherwise.

Optional in `NonCustom`. The field counts as set either way.*/
    pub fn maybe_instrumental(
        mut self,
        instrumental: ::core::option::Option<bool>,
    ) -> CoverRequestBuilder<
        NonCustom,
        (
            HasUploadUrl,
            ::cover_api::state::Set,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.instrumental = instrumental;
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    HasUploadUrl,
    HasInstrumental,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    M,
    (
        HasUploadUrl,
        HasInstrumental,
        ::cover_api::state::Unset,
        HasPrompt,
        HasStyle,
        HasTitle,
        HasNegativeTags,
        HasVocalGender,
        HasStyleWeight,
        HasWeirdnessConstraint,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**The version of the music model. It decides the maximum length of texts and of the output.

Required.

Sent as `model`. Defined in `cover-spec/upload_cover.toml`, line 67.

Example: `.model(Model::V4_5)`*/
    pub fn model(
        mut self,
        model: Model,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            ::cover_api::state::Set,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.model = ::core::option::Option::Some(model);
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    M,
    (
        HasUploadUrl,
        HasInstrumental,
        HasModel,
        ::cover_api::state::Unset,
        HasStyle,
        HasTitle,
        HasNegativeTags,
        HasVocalGender,
        HasStyleWeight,
        HasWeirdnessConstraint,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**The lyrics, sung word for word (custom mode), or an idea for the lyrics (otherwise).

Required in `Custom<Vocal>` and `NonCustom`. Optional in `Custom<Instrumental>`.

- At most 3000 characters with `V3_5` or `V4` in `Custom`.
- At most 5000 characters with `V4_5`, `V4_5PLUS` or `V5` in `Custom`.
- At most 400 characters in `NonCustom`. Disputed: 400 in the usage guide, 500 in the text of the field.

Sent as `prompt`. Defined in `cover-spec/upload_cover.toml`, line 83.

Example: `.prompt("A calm night drive through the rain")`*/
    pub fn prompt(
        mut self,
        prompt: impl ::core::convert::Into<::std::string::String>,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            ::cover_api::state::Set,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.prompt = ::core::option::Option::Some(
            ::core::convert::Into::into(prompt),
        );
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    Custom<Instrumental>,
    (
        HasUploadUrl,
        HasInstrumental,
        HasModel,
        ::cover_api::state::Unset,
        HasStyle,
        HasTitle,
        HasNegativeTags,
        HasVocalGender,
        HasStyleWeight,
        HasWeirdnessConstraint,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**Sets [`prompt`](Self::prompt) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>`. The field counts as set either way.

Example: `.maybe_prompt(Some("A calm night drive through the rain"))`*/
    pub fn maybe_prompt(
        mut self,
        prompt: ::core::option::Option<impl ::core::convert::Into<::std::string::String>>,
    ) -> CoverRequestBuilder<
        Custom<Instrumental>,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            ::cover_api::state::Set,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.prompt = prompt.map(::core::convert::Into::into);
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    M,
    (
        HasUploadUrl,
        HasInstrumental,
        HasModel,
        HasPrompt,
        ::cover_api::state::Unset,
        HasTitle,
        HasNegativeTags,
        HasVocalGender,
        HasStyleWeight,
        HasWeirdnessConstraint,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**Genre, mood or instruments of the cover.

Required in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

- At most 200 characters with `V3_5` or `V4`.
- At most 1000 characters with `V4_5`, `V4_5PLUS` or `V5`.

Sent as `style`. Defined in `cover-spec/upload_cover.toml`, line 98.

Example: `.style("Smooth jazz trio")`*/
    pub fn style(
        mut self,
        style: impl ::core::convert::Into<::std::string::String>,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            ::cover_api::state::Set,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.style = ::core::option::Option::Some(
            ::core::convert::Into::into(style),
        );
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasStyle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    M,
    (
        HasUploadUrl,
        HasInstrumental,
        HasModel,
        HasPrompt,
        HasStyle,
        ::cover_api::state::Unset,
        HasNegativeTags,
        HasVocalGender,
        HasStyleWeight,
        HasWeirdnessConstraint,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**Title of the cover.

Required in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

- At most 80 characters with `V3_5` or `V4`.
- At most 100 characters with `V4_5`, `V4_5PLUS` or `V5`.

Sent as `title`. Defined in `cover-spec/upload_cover.toml`, line 108.

Example: `.title("Night Drive")`*/
    pub fn title(
        mut self,
        title: impl ::core::convert::Into<::std::string::String>,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            ::cover_api::state::Set,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.title = ::core::option::Option::Some(
            ::core::convert::Into::into(title),
        );
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    M,
    (
        HasUploadUrl,
        HasInstrumental,
        HasModel,
        HasPrompt,
        HasStyle,
        HasTitle,
        ::cover_api::state::Unset,
        HasVocalGender,
        HasStyleWeight,
        HasWeirdnessConstraint,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**Styles or instruments to avoid.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

Sent as `negativeTags`. Defined in `cover-spec/upload_cover.toml`, line 118.

Example: `.negative_tags("Heavy metal, upbeat drums")`*/
    pub fn negative_tags(
        mut self,
        negative_tags: impl ::core::convert::Into<::std::string::String>,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            ::cover_api::state::Set,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.negative_tags = ::core::option::Option::Some(
            ::core::convert::Into::into(negative_tags),
        );
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Sets [`negative_tags`](Self::negative_tags) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. The field counts as set either way.

Example: `.maybe_negative_tags(Some("Heavy metal, upbeat drums"))`*/
    pub fn maybe_negative_tags(
        mut self,
        negative_tags: ::core::option::Option<
            impl ::core::convert::Into<::std::string::String>,
        >,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            ::cover_api::state::Set,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.negative_tags = negative_tags.map(::core::convert::Into::into);
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    M,
    (
        HasUploadUrl,
        HasInstrumental,
        HasModel,
        HasPrompt,
        HasStyle,
        HasTitle,
        HasNegativeTags,
        ::cover_api::state::Unset,
        HasStyleWeight,
        HasWeirdnessConstraint,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**Preferred voice of the singer.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

Sent as `vocalGender`. Defined in `cover-spec/upload_cover.toml`, line 124.

Example: `.vocal_gender(VocalGender::Male)`*/
    pub fn vocal_gender(
        mut self,
        vocal_gender: VocalGender,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            ::cover_api::state::Set,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.vocal_gender = ::core::option::Option::Some(vocal_gender);
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Sets [`vocal_gender`](Self::vocal_gender) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. The field counts as set either way.

Example: `.maybe_vocal_gender(Some(VocalGender::Male))`*/
    pub fn maybe_vocal_gender(
        mut self,
        vocal_gender: ::core::option::Option<VocalGender>,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            ::cover_api::state::Set,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.vocal_gender = vocal_gender;
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasWeirdnessConstraint,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    M,
    (
        HasUploadUrl,
        HasInstrumental,
        HasModel,
        HasPrompt,
        HasStyle,
        HasTitle,
        HasNegativeTags,
        HasVocalGender,
        ::cover_api::state::Unset,
        HasWeirdnessConstraint,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**How closely the music follows the style.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

At least 0, at most 1, a multiple of 0.01.

Sent as `styleWeight`. Defined in `cover-spec/upload_cover.toml`, line 135.

Example: `.style_weight(0.65)`*/
    pub fn style_weight(
        mut self,
        style_weight: f64,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            ::cover_api::state::Set,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.style_weight = ::core::option::Option::Some(style_weight);
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Sets [`style_weight`](Self::style_weight) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. The field counts as set either way.

Example: `.maybe_style_weight(Some(0.65))`*/
    pub fn maybe_style_weight(
        mut self,
        style_weight: ::core::option::Option<f64>,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            ::cover_api::state::Set,
            HasWeirdnessConstraint,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.style_weight = style_weight;
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasAudioWeight,
    HasCallBackUrl,
> CoverRequestBuilder<
    M,
    (
        HasUploadUrl,
        HasInstrumental,
        HasModel,
        HasPrompt,
        HasStyle,
        HasTitle,
        HasNegativeTags,
        HasVocalGender,
        HasStyleWeight,
        ::cover_api::state::Unset,
        HasAudioWeight,
        HasCallBackUrl,
    ),
> {
    /**How unusual the music may be.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

At least 0, at most 1, a multiple of 0.01.

Sent as `weirdnessConstraint`. Defined in `cover-spec/upload_cover.toml`, line 144.

Example: `.weirdness_constraint(0.3)`*/
    pub fn weirdness_constraint(
        mut self,
        weirdness_constraint: f64,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            ::cover_api::state::Set,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.weirdness_constraint = ::core::option::Option::Some(
            weirdness_constraint,
        );
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Sets [`weirdness_constraint`](Self::weirdness_constraint) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. The field counts as set either way.

Example: `.maybe_weirdness_constraint(Some(0.3))`*/
    pub fn maybe_weirdness_constraint(
        mut self,
        weirdness_constraint: ::core::option::Option<f64>,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            ::cover_api::state::Set,
            HasAudioWeight,
            HasCallBackUrl,
        ),
    > {
        self.fields.weirdness_constraint = weirdness_constraint;
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasCallBackUrl,
> CoverRequestBuilder<
    M,
    (
        HasUploadUrl,
        HasInstrumental,
        HasModel,
        HasPrompt,
        HasStyle,
        HasTitle,
        HasNegativeTags,
        HasVocalGender,
        HasStyleWeight,
        HasWeirdnessConstraint,
        ::cover_api::state::Unset,
        HasCallBackUrl,
    ),
> {
    /**How closely the music follows the source audio.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. Must be left out in `NonCustom`.

At least 0, at most 1, a multiple of 0.01.

Sent as `audioWeight`. Defined in `cover-spec/upload_cover.toml`, line 153.

Example: `.audio_weight(0.65)`*/
    pub fn audio_weight(
        mut self,
        audio_weight: f64,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            ::cover_api::state::Set,
            HasCallBackUrl,
        ),
    > {
        self.fields.audio_weight = ::core::option::Option::Some(audio_weight);
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Sets [`audio_weight`](Self::audio_weight) if there is a value, and leaves it out otherwise.

Optional in `Custom<Instrumental>` and `Custom<Vocal>`. The field counts as set either way.

Example: `.maybe_audio_weight(Some(0.65))`*/
    pub fn maybe_audio_weight(
        mut self,
        audio_weight: ::core::option::Option<f64>,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            ::cover_api::state::Set,
            HasCallBackUrl,
        ),
    > {
        self.fields.audio_weight = audio_weight;
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    HasUploadUrl,
    HasInstrumental,
    HasModel,
    HasPrompt,
    HasStyle,
    HasTitle,
    HasNegativeTags,
    HasVocalGender,
    HasStyleWeight,
    HasWeirdnessConstraint,
    HasAudioWeight,
> CoverRequestBuilder<
    M,
    (
        HasUploadUrl,
        HasInstrumental,
        HasModel,
        HasPrompt,
        HasStyle,
        HasTitle,
        HasNegativeTags,
        HasVocalGender,
        HasStyleWeight,
        HasWeirdnessConstraint,
        HasAudioWeight,
        ::cover_api::state::Unset,
    ),
> {
    /**Address that receives a callback at each stage.

Required.

Sent as `callBackUrl`. Defined in `cover-spec/upload_cover.toml`, line 165.

Example: `.call_back_url("https://api.example.com/callback")`*/
    pub fn call_back_url(
        mut self,
        call_back_url: impl ::core::convert::Into<::std::string::String>,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            ::cover_api::state::Set,
        ),
    > {
        self.fields.call_back_url = ::core::option::Option::Some(
            ::cover_api::Link::new(call_back_url),
        );
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Sends an address that never resolves, because the field is required. Use it if you only poll.

Used instead of [`call_back_url`](Self::call_back_url). Sends `https://callback.invalid/`.*/
    pub fn without_callback(
        mut self,
    ) -> CoverRequestBuilder<
        M,
        (
            HasUploadUrl,
            HasInstrumental,
            HasModel,
            HasPrompt,
            HasStyle,
            HasTitle,
            HasNegativeTags,
            HasVocalGender,
            HasStyleWeight,
            HasWeirdnessConstraint,
            HasAudioWeight,
            ::cover_api::state::Set,
        ),
    > {
        self.fields.call_back_url = ::core::option::Option::Some(
            ::cover_api::Link::from("https://callback.invalid/"),
        );
        CoverRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    S: CoverRequestBuilderState<HasUploadUrl = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn upload_url(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::UploadUrl_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    S: CoverRequestBuilderState<HasInstrumental = ::cover_api::state::Set>,
> CoverRequestBuilder<NonCustom, S> {
    #[doc(hidden)]
    pub fn instrumental(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasUploadUrl: cover_request_rules::Instrumental_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_instrumental(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasUploadUrl: cover_request_rules::Instrumental_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    S: CoverRequestBuilderState<HasModel = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn model(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::Model_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    S: CoverRequestBuilderState<HasPrompt = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn prompt(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::Prompt_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    S: CoverRequestBuilderState<HasPrompt = ::cover_api::state::Set>,
> CoverRequestBuilder<Custom<Instrumental>, S> {
    #[doc(hidden)]
    pub fn maybe_prompt(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasUploadUrl: cover_request_rules::Prompt_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    S: CoverRequestBuilderState<HasStyle = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn style(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::Style_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    S: CoverRequestBuilderState<HasTitle = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn title(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::Title_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    S: CoverRequestBuilderState<HasNegativeTags = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn negative_tags(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::NegativeTags_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_negative_tags(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::NegativeTags_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    S: CoverRequestBuilderState<HasVocalGender = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn vocal_gender(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::VocalGender_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_vocal_gender(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::VocalGender_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    S: CoverRequestBuilderState<HasStyleWeight = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn style_weight(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::StyleWeight_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_style_weight(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::StyleWeight_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    S: CoverRequestBuilderState<HasWeirdnessConstraint = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn weirdness_constraint(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::WeirdnessConstraint_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_weirdness_constraint(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::WeirdnessConstraint_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: __InCustom_3,
    S: CoverRequestBuilderState<HasAudioWeight = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn audio_weight(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::AudioWeight_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_audio_weight(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::AudioWeight_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    S: CoverRequestBuilderState<HasCallBackUrl = ::cover_api::state::Set>,
> CoverRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn call_back_url(self, _: impl ::core::marker::Sized) -> Self
    where
        M: cover_request_rules::CallBackUrl_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn without_callback(self) -> Self
    where
        M: cover_request_rules::CallBackUrl_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<S: CoverRequestBuilderState> CoverRequestBuilder<Custom<Instrumental>, S> {
    #[doc(hidden)]
    pub fn instrumental(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasInstrumental: cover_request_rules::Instrumental_TakenIn_CustomInstrumental,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_instrumental(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasInstrumental: cover_request_rules::Instrumental_TakenIn_CustomInstrumental,
    {
        self
    }
    /**Checks every limit in `Custom<Instrumental>` mode, and returns the request.

# Errors

[`Violations`](::cover_api::Violations) lists every limit that the `CoverRequest` breaks.*/
    pub fn build(
        self,
    ) -> ::core::result::Result<
        CoverRequest<Custom<Instrumental>>,
        ::cover_api::Violations,
    >
    where
        S::HasUploadUrl: cover_request_rules::UploadUrl_GivenIn_CustomInstrumental,
        S::HasModel: cover_request_rules::Model_GivenIn_CustomInstrumental,
        S::HasStyle: cover_request_rules::Style_GivenIn_CustomInstrumental,
        S::HasTitle: cover_request_rules::Title_GivenIn_CustomInstrumental,
        S::HasCallBackUrl: cover_request_rules::CallBackUrl_GivenIn_CustomInstrumental,
    {
        self.__build_rest(0)
    }
}
#[cfg(not(doc))]
impl<S: CoverRequestBuilderState> CoverRequestBuilder<Custom<Vocal>, S> {
    #[doc(hidden)]
    pub fn instrumental(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasInstrumental: cover_request_rules::Instrumental_TakenIn_CustomVocal,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_instrumental(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasInstrumental: cover_request_rules::Instrumental_TakenIn_CustomVocal,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_prompt(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasPrompt: cover_request_rules::Prompt_NeedsValueIn_CustomVocal,
    {
        self
    }
    /**Checks every limit in `Custom<Vocal>` mode, and returns the request.

# Errors

[`Violations`](::cover_api::Violations) lists every limit that the `CoverRequest` breaks.*/
    pub fn build(
        self,
    ) -> ::core::result::Result<CoverRequest<Custom<Vocal>>, ::cover_api::Violations>
    where
        S::HasUploadUrl: cover_request_rules::UploadUrl_GivenIn_CustomVocal,
        S::HasModel: cover_request_rules::Model_GivenIn_CustomVocal,
        S::HasPrompt: cover_request_rules::Prompt_GivenIn_CustomVocal,
        S::HasStyle: cover_request_rules::Style_GivenIn_CustomVocal,
        S::HasTitle: cover_request_rules::Title_GivenIn_CustomVocal,
        S::HasCallBackUrl: cover_request_rules::CallBackUrl_GivenIn_CustomVocal,
    {
        self.__build_rest(0)
    }
}
#[cfg(not(doc))]
impl<S: CoverRequestBuilderState> CoverRequestBuilder<NonCustom, S> {
    #[doc(hidden)]
    pub fn maybe_prompt(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasPrompt: cover_request_rules::Prompt_NeedsValueIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn style(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasStyle: cover_request_rules::Style_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn title(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasTitle: cover_request_rules::Title_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn negative_tags(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasNegativeTags: cover_request_rules::NegativeTags_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_negative_tags(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasNegativeTags: cover_request_rules::NegativeTags_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn vocal_gender(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasVocalGender: cover_request_rules::VocalGender_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_vocal_gender(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasVocalGender: cover_request_rules::VocalGender_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn style_weight(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasStyleWeight: cover_request_rules::StyleWeight_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_style_weight(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasStyleWeight: cover_request_rules::StyleWeight_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn weirdness_constraint(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasWeirdnessConstraint: cover_request_rules::WeirdnessConstraint_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_weirdness_constraint(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasWeirdnessConstraint: cover_request_rules::WeirdnessConstraint_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn audio_weight(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasAudioWeight: cover_request_rules::AudioWeight_TakenIn_NonCustom,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_audio_weight(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasAudioWeight: cover_request_rules::AudioWeight_TakenIn_NonCustom,
    {
        self
    }
    /**Checks every limit in `NonCustom` mode, and returns the request.

# Errors

[`Violations`](::cover_api::Violations) lists every limit that the `CoverRequest` breaks.*/
    pub fn build(
        self,
    ) -> ::core::result::Result<CoverRequest<NonCustom>, ::cover_api::Violations>
    where
        S::HasUploadUrl: cover_request_rules::UploadUrl_GivenIn_NonCustom,
        S::HasModel: cover_request_rules::Model_GivenIn_NonCustom,
        S::HasPrompt: cover_request_rules::Prompt_GivenIn_NonCustom,
        S::HasCallBackUrl: cover_request_rules::CallBackUrl_GivenIn_NonCustom,
    {
        self.__build_rest(0)
    }
}
#[cfg(not(doc))]
impl<M: Mode, S> CoverRequestBuilder<M, S> {
    /// Returns the request without a check, for literal macros, which checked it while compiling.
    #[doc(hidden)]
    pub fn __checked(self) -> CoverRequest<M> {
        CoverRequest {
            fields: self.fields,
            mode: M::INDEX,
            marker: ::core::marker::PhantomData,
        }
    }
    /// Checks the fields whose bits are not set in `decided`: literal macros checked the others while
    /// compiling.
    #[doc(hidden)]
    pub fn __build_rest(
        self,
        decided: u64,
    ) -> ::core::result::Result<CoverRequest<M>, ::cover_api::Violations> {
        let mut values = self.fields.values();
        ::cover_api::__private::check(
            &cover_request_tables::RULES,
            M::INDEX,
            &mut values,
            decided,
        )?;
        ::core::result::Result::Ok(self.__checked())
    }
}
#[doc(hidden)]
pub mod cover_request_rules {
    #[diagnostic::on_unimplemented(
        message = "`upload_url` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait UploadUrl_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`upload_url` is required in `Custom<Instrumental>` mode",
        label = "`upload_url` was never given",
        note = "call `.upload_url(..)` before `.build()`"
    )]
    pub trait UploadUrl_GivenIn_CustomInstrumental {}
    #[diagnostic::do_not_recommend]
    impl UploadUrl_GivenIn_CustomInstrumental for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`upload_url` is required in `Custom<Vocal>` mode",
        label = "`upload_url` was never given",
        note = "call `.upload_url(..)` before `.build()`"
    )]
    pub trait UploadUrl_GivenIn_CustomVocal {}
    #[diagnostic::do_not_recommend]
    impl UploadUrl_GivenIn_CustomVocal for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`upload_url` is required in `NonCustom` mode",
        label = "`upload_url` was never given",
        note = "call `.upload_url(..)` before `.build()`"
    )]
    pub trait UploadUrl_GivenIn_NonCustom {}
    #[diagnostic::do_not_recommend]
    impl UploadUrl_GivenIn_NonCustom for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`instrumental` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait Instrumental_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`instrumental` is always true in `Custom<Instrumental>` mode",
        label = "not in `Custom<Instrumental>` mode",
        note = "remove `.instrumental(..)`: the mode sets it"
    )]
    pub trait Instrumental_TakenIn_CustomInstrumental {}
    #[diagnostic::on_unimplemented(
        message = "`instrumental` is always false in `Custom<Vocal>` mode",
        label = "not in `Custom<Vocal>` mode",
        note = "remove `.instrumental(..)`: the mode sets it"
    )]
    pub trait Instrumental_TakenIn_CustomVocal {}
    #[diagnostic::on_unimplemented(
        message = "`model` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait Model_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`model` is required in `Custom<Instrumental>` mode",
        label = "`model` was never given",
        note = "call `.model(..)` before `.build()`"
    )]
    pub trait Model_GivenIn_CustomInstrumental {}
    #[diagnostic::do_not_recommend]
    impl Model_GivenIn_CustomInstrumental for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`model` is required in `Custom<Vocal>` mode",
        label = "`model` was never given",
        note = "call `.model(..)` before `.build()`"
    )]
    pub trait Model_GivenIn_CustomVocal {}
    #[diagnostic::do_not_recommend]
    impl Model_GivenIn_CustomVocal for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`model` is required in `NonCustom` mode",
        label = "`model` was never given",
        note = "call `.model(..)` before `.build()`"
    )]
    pub trait Model_GivenIn_NonCustom {}
    #[diagnostic::do_not_recommend]
    impl Model_GivenIn_NonCustom for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`prompt` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait Prompt_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`prompt` is required in `Custom<Vocal>` mode",
        label = "`prompt` was never given",
        note = "call `.prompt(..)` before `.build()`"
    )]
    pub trait Prompt_GivenIn_CustomVocal {}
    #[diagnostic::do_not_recommend]
    impl Prompt_GivenIn_CustomVocal for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`prompt` needs a value in `Custom<Vocal>` mode",
        label = "may be `None`",
        note = "call `.prompt(..)` instead"
    )]
    pub trait Prompt_NeedsValueIn_CustomVocal {}
    #[diagnostic::on_unimplemented(
        message = "`prompt` is required in `NonCustom` mode",
        label = "`prompt` was never given",
        note = "call `.prompt(..)` before `.build()`"
    )]
    pub trait Prompt_GivenIn_NonCustom {}
    #[diagnostic::do_not_recommend]
    impl Prompt_GivenIn_NonCustom for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`prompt` needs a value in `NonCustom` mode",
        label = "may be `None`",
        note = "call `.prompt(..)` instead"
    )]
    pub trait Prompt_NeedsValueIn_NonCustom {}
    #[diagnostic::on_unimplemented(
        message = "`style` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait Style_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`style` is required in `Custom<Instrumental>` mode",
        label = "`style` was never given",
        note = "call `.style(..)` before `.build()`"
    )]
    pub trait Style_GivenIn_CustomInstrumental {}
    #[diagnostic::do_not_recommend]
    impl Style_GivenIn_CustomInstrumental for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`style` is required in `Custom<Vocal>` mode",
        label = "`style` was never given",
        note = "call `.style(..)` before `.build()`"
    )]
    pub trait Style_GivenIn_CustomVocal {}
    #[diagnostic::do_not_recommend]
    impl Style_GivenIn_CustomVocal for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`style` must be left out in `NonCustom` mode",
        label = "not in `NonCustom` mode",
        note = "remove `.style(..)`, or use a mode that takes it"
    )]
    pub trait Style_TakenIn_NonCustom {}
    #[diagnostic::on_unimplemented(
        message = "`title` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait Title_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`title` is required in `Custom<Instrumental>` mode",
        label = "`title` was never given",
        note = "call `.title(..)` before `.build()`"
    )]
    pub trait Title_GivenIn_CustomInstrumental {}
    #[diagnostic::do_not_recommend]
    impl Title_GivenIn_CustomInstrumental for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`title` is required in `Custom<Vocal>` mode",
        label = "`title` was never given",
        note = "call `.title(..)` before `.build()`"
    )]
    pub trait Title_GivenIn_CustomVocal {}
    #[diagnostic::do_not_recommend]
    impl Title_GivenIn_CustomVocal for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`title` must be left out in `NonCustom` mode",
        label = "not in `NonCustom` mode",
        note = "remove `.title(..)`, or use a mode that takes it"
    )]
    pub trait Title_TakenIn_NonCustom {}
    #[diagnostic::on_unimplemented(
        message = "`negative_tags` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait NegativeTags_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`negative_tags` must be left out in `NonCustom` mode",
        label = "not in `NonCustom` mode",
        note = "remove `.negative_tags(..)`, or use a mode that takes it"
    )]
    pub trait NegativeTags_TakenIn_NonCustom {}
    #[diagnostic::on_unimplemented(
        message = "`vocal_gender` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait VocalGender_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`vocal_gender` must be left out in `NonCustom` mode",
        label = "not in `NonCustom` mode",
        note = "remove `.vocal_gender(..)`, or use a mode that takes it"
    )]
    pub trait VocalGender_TakenIn_NonCustom {}
    #[diagnostic::on_unimplemented(
        message = "`style_weight` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait StyleWeight_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`style_weight` must be left out in `NonCustom` mode",
        label = "not in `NonCustom` mode",
        note = "remove `.style_weight(..)`, or use a mode that takes it"
    )]
    pub trait StyleWeight_TakenIn_NonCustom {}
    #[diagnostic::on_unimplemented(
        message = "`weirdness_constraint` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait WeirdnessConstraint_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`weirdness_constraint` must be left out in `NonCustom` mode",
        label = "not in `NonCustom` mode",
        note = "remove `.weirdness_constraint(..)`, or use a mode that takes it"
    )]
    pub trait WeirdnessConstraint_TakenIn_NonCustom {}
    #[diagnostic::on_unimplemented(
        message = "`audio_weight` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait AudioWeight_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`audio_weight` must be left out in `NonCustom` mode",
        label = "not in `NonCustom` mode",
        note = "remove `.audio_weight(..)`, or use a mode that takes it"
    )]
    pub trait AudioWeight_TakenIn_NonCustom {}
    #[diagnostic::on_unimplemented(
        message = "`call_back_url` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait CallBackUrl_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`call_back_url` is required in `Custom<Instrumental>` mode",
        label = "`call_back_url` was never given",
        note = "call `.call_back_url(..)` or `.without_callback()` before `.build()`"
    )]
    pub trait CallBackUrl_GivenIn_CustomInstrumental {}
    #[diagnostic::do_not_recommend]
    impl CallBackUrl_GivenIn_CustomInstrumental for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`call_back_url` is required in `Custom<Vocal>` mode",
        label = "`call_back_url` was never given",
        note = "call `.call_back_url(..)` or `.without_callback()` before `.build()`"
    )]
    pub trait CallBackUrl_GivenIn_CustomVocal {}
    #[diagnostic::do_not_recommend]
    impl CallBackUrl_GivenIn_CustomVocal for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`call_back_url` is required in `NonCustom` mode",
        label = "`call_back_url` was never given",
        note = "call `.call_back_url(..)` or `.without_callback()` before `.build()`"
    )]
    pub trait CallBackUrl_GivenIn_NonCustom {}
    #[diagnostic::do_not_recommend]
    impl CallBackUrl_GivenIn_NonCustom for ::cover_api::state::Set {}
}
/// The status of a task.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    ///Accepted and waiting. The task is still running. In answers: `PENDING`.
    Pending,
    ///The text is ready, and the stream can be played. The task is still running. In answers: `TEXT_SUCCESS`.
    TextSuccess,
    ///The first track is ready. The task is still running. In answers: `FIRST_SUCCESS`.
    FirstSuccess,
    ///All tracks are ready. The task is done. In answers: `SUCCESS`.
    Success,
    ///The task could not be created. The task has failed. In answers: `CREATE_TASK_FAILED`.
    CreateTaskFailed,
    ///The audio could not be made. The task has failed. In answers: `GENERATE_AUDIO_FAILED`.
    GenerateAudioFailed,
    ///The callback was not answered. The task is done if it has tracks. The task is done if it has output, and still running otherwise. In answers: `CALLBACK_EXCEPTION`.
    CallbackException,
    ///A text has a word that the service refuses. The task has failed. In answers: `SENSITIVE_WORD_ERROR`.
    SensitiveWordError,
    /// A status that the spec does not list. The task counts as running.
    Unknown(::std::string::String),
}
impl Status {
    /// Returns the text in the service's answers.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Pending => "PENDING",
            Self::TextSuccess => "TEXT_SUCCESS",
            Self::FirstSuccess => "FIRST_SUCCESS",
            Self::Success => "SUCCESS",
            Self::CreateTaskFailed => "CREATE_TASK_FAILED",
            Self::GenerateAudioFailed => "GENERATE_AUDIO_FAILED",
            Self::CallbackException => "CALLBACK_EXCEPTION",
            Self::SensitiveWordError => "SENSITIVE_WORD_ERROR",
            Self::Unknown(name) => name,
        }
    }
}
impl ::cover_api::__private::Serialize for Status {
    fn serialize<S: ::cover_api::__private::Serializer>(
        &self,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
impl ::core::str::FromStr for Status {
    type Err = ::core::convert::Infallible;
    fn from_str(
        name: &str,
    ) -> ::core::result::Result<Self, ::core::convert::Infallible> {
        ::core::result::Result::Ok(
            match name {
                "PENDING" => Self::Pending,
                "TEXT_SUCCESS" => Self::TextSuccess,
                "FIRST_SUCCESS" => Self::FirstSuccess,
                "SUCCESS" => Self::Success,
                "CREATE_TASK_FAILED" => Self::CreateTaskFailed,
                "GENERATE_AUDIO_FAILED" => Self::GenerateAudioFailed,
                "CALLBACK_EXCEPTION" => Self::CallbackException,
                "SENSITIVE_WORD_ERROR" => Self::SensitiveWordError,
                _ => Self::Unknown(::std::borrow::ToOwned::to_owned(name)),
            },
        )
    }
}
impl ::core::fmt::Display for Status {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        f.pad(self.as_str())
    }
}
///The results of a task, as far as the service has given them.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Results {
    ///One version of the music. A task usually has two.
    pub tracks: ::std::vec::Vec<Track>,
}
impl ::cover_api::__private::record::Record for Results {
    const NAME: &'static str = ::core::stringify!(Results);
    fn read(from: ::cover_api::__private::read::Fields<'_>) -> Self {
        Self { tracks: from.read(0) }
    }
    fn fields(&self) -> ::std::vec::Vec<::cover_api::__private::record::Field<'_>> {
        use ::cover_api::__private::record::Field;
        ::std::vec::Vec::from([Field("tracks", "tracks", &self.tracks)])
    }
}
impl ::core::fmt::Debug for Results {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::cover_api::__private::record::debug(self, f)
    }
}
impl ::cover_api::__private::Serialize for Results {
    fn serialize<S: ::cover_api::__private::Serializer>(
        &self,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        ::cover_api::__private::record::serialize(self, serializer)
    }
}
/**One version of the music. A task usually has two.

A field is `None` or empty where the service sends nothing or an empty text.*/
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Track {
    ///Id of the track.
    pub id: ::core::option::Option<::std::string::String>,
    ///Address of the finished audio.
    pub audio_url: ::core::option::Option<::cover_api::Link>,
    ///Address of the finished audio at its source.
    pub source_audio_url: ::core::option::Option<::cover_api::Link>,
    ///Address of a stream that can be played before the audio is finished, after 30 to 40 s.
    pub stream_audio_url: ::core::option::Option<::cover_api::Link>,
    ///Address of the stream at its source.
    pub source_stream_audio_url: ::core::option::Option<::cover_api::Link>,
    ///Address of the cover picture.
    pub image_url: ::core::option::Option<::cover_api::Link>,
    ///Address of the cover picture at its source.
    pub source_image_url: ::core::option::Option<::cover_api::Link>,
    ///The lyrics, or the idea for them.
    pub prompt: ::core::option::Option<::std::string::String>,
    ///Internal name of the model.
    pub model_name: ::core::option::Option<::std::string::String>,
    ///Title.
    pub title: ::core::option::Option<::std::string::String>,
    ///Style, as tags.
    pub tags: ::core::option::Option<::std::string::String>,
    ///Time of creation.
    pub create_time: ::core::option::Option<::cover_api::Timestamp>,
    ///Length in seconds. It is not known before the audio is finished.
    pub duration: ::core::option::Option<f64>,
}
impl ::cover_api::__private::record::Record for Track {
    const NAME: &'static str = ::core::stringify!(Track);
    fn read(from: ::cover_api::__private::read::Fields<'_>) -> Self {
        Self {
            id: from.read(0),
            audio_url: from.read(1),
            source_audio_url: from.read(2),
            stream_audio_url: from.read(3),
            source_stream_audio_url: from.read(4),
            image_url: from.read(5),
            source_image_url: from.read(6),
            prompt: from.read(7),
            model_name: from.read(8),
            title: from.read(9),
            tags: from.read(10),
            create_time: from.read(11),
            duration: from.read(12),
        }
    }
    fn fields(&self) -> ::std::vec::Vec<::cover_api::__private::record::Field<'_>> {
        use ::cover_api::__private::record::Field;
        ::std::vec::Vec::from([
            Field("id", "id", &self.id),
            Field("audio_url", "audioUrl", &self.audio_url),
            Field("source_audio_url", "sourceAudioUrl", &self.source_audio_url),
            Field("stream_audio_url", "streamAudioUrl", &self.stream_audio_url),
            Field(
                "source_stream_audio_url",
                "sourceStreamAudioUrl",
                &self.source_stream_audio_url,
            ),
            Field("image_url", "imageUrl", &self.image_url),
            Field("source_image_url", "sourceImageUrl", &self.source_image_url),
            Field("prompt", "prompt", &self.prompt),
            Field("model_name", "modelName", &self.model_name),
            Field("title", "title", &self.title),
            Field("tags", "tags", &self.tags),
            Field("create_time", "createTime", &self.create_time),
            Field("duration", "duration", &self.duration),
        ])
    }
}
impl ::core::fmt::Debug for Track {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::cover_api::__private::record::debug(self, f)
    }
}
impl ::cover_api::__private::Serialize for Track {
    fn serialize<S: ::cover_api::__private::Serializer>(
        &self,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        ::cover_api::__private::record::serialize(self, serializer)
    }
}
mod cover_request_tables {
    #[allow(unused_imports)]
    use ::core::option::Option::{None, Some};
    use ::cover_api::__private::{Borrowed, Duration, rules, tables};
    pub(super) static RULES: rules::Rules = rules::Rules {
        modes: Borrowed(
            &[
                rules::Mode {
                    name: Borrowed("Custom<Instrumental>"),
                    when: Borrowed(
                        &[(1, rules::Const::Truth(true)), (2, rules::Const::Truth(true))],
                    ),
                },
                rules::Mode {
                    name: Borrowed("Custom<Vocal>"),
                    when: Borrowed(
                        &[
                            (1, rules::Const::Truth(true)),
                            (2, rules::Const::Truth(false)),
                        ],
                    ),
                },
                rules::Mode {
                    name: Borrowed("NonCustom"),
                    when: Borrowed(&[(1, rules::Const::Truth(false))]),
                },
            ],
        ),
        fields: Borrowed(
            &[
                rules::Field {
                    wire: Borrowed("uploadUrl"),
                    rust: Borrowed("upload_url"),
                    kind: rules::Kind::Url,
                    presence: Borrowed(
                        &[
                            rules::Presence::Required,
                            rules::Presence::Required,
                            rules::Presence::Required,
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("customMode"),
                    rust: Borrowed("custom_mode"),
                    kind: rules::Kind::Boolean,
                    presence: Borrowed(
                        &[
                            rules::Presence::Fixed,
                            rules::Presence::Fixed,
                            rules::Presence::Fixed,
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("instrumental"),
                    rust: Borrowed("instrumental"),
                    kind: rules::Kind::Boolean,
                    presence: Borrowed(
                        &[
                            rules::Presence::Fixed,
                            rules::Presence::Fixed,
                            rules::Presence::Optional,
                        ],
                    ),
                    default: Some(rules::DefaultValue {
                        value: rules::Const::Truth(false),
                        modes: 4,
                    }),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("model"),
                    rust: Borrowed("model"),
                    kind: rules::Kind::Choice(
                        Borrowed(
                            &[
                                Borrowed("V3_5"),
                                Borrowed("V4"),
                                Borrowed("V4_5"),
                                Borrowed("V4_5PLUS"),
                                Borrowed("V5"),
                            ],
                        ),
                    ),
                    presence: Borrowed(
                        &[
                            rules::Presence::Required,
                            rules::Presence::Required,
                            rules::Presence::Required,
                        ],
                    ),
                    open: true,
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("prompt"),
                    rust: Borrowed("prompt"),
                    kind: rules::Kind::Text(rules::Unit::Chars),
                    presence: Borrowed(
                        &[
                            rules::Presence::Optional,
                            rules::Presence::Required,
                            rules::Presence::Required,
                        ],
                    ),
                    limits: Borrowed(
                        &[
                            rules::Limit {
                                bound: rules::Bound::MinLength(1),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MaxLength(3000),
                                modes: 3,
                                models: 3,
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MaxLength(5000),
                                modes: 3,
                                models: 28,
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MaxLength(400),
                                modes: 4,
                                dispute: Some(
                                    Borrowed(
                                        "documented twice: 400 in the usage guide, but 500 in the text of the field",
                                    ),
                                ),
                                ..rules::Limit::USUAL
                            },
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("style"),
                    rust: Borrowed("style"),
                    kind: rules::Kind::Text(rules::Unit::Chars),
                    presence: Borrowed(
                        &[
                            rules::Presence::Required,
                            rules::Presence::Required,
                            rules::Presence::Forbidden,
                        ],
                    ),
                    limits: Borrowed(
                        &[
                            rules::Limit {
                                bound: rules::Bound::MinLength(1),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MaxLength(200),
                                models: 3,
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MaxLength(1000),
                                models: 28,
                                ..rules::Limit::USUAL
                            },
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("title"),
                    rust: Borrowed("title"),
                    kind: rules::Kind::Text(rules::Unit::Chars),
                    presence: Borrowed(
                        &[
                            rules::Presence::Required,
                            rules::Presence::Required,
                            rules::Presence::Forbidden,
                        ],
                    ),
                    limits: Borrowed(
                        &[
                            rules::Limit {
                                bound: rules::Bound::MinLength(1),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MaxLength(80),
                                models: 3,
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MaxLength(100),
                                models: 28,
                                ..rules::Limit::USUAL
                            },
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("negativeTags"),
                    rust: Borrowed("negative_tags"),
                    kind: rules::Kind::Text(rules::Unit::Chars),
                    presence: Borrowed(
                        &[
                            rules::Presence::Optional,
                            rules::Presence::Optional,
                            rules::Presence::Forbidden,
                        ],
                    ),
                    limits: Borrowed(
                        &[
                            rules::Limit {
                                bound: rules::Bound::MinLength(1),
                                ..rules::Limit::USUAL
                            },
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("vocalGender"),
                    rust: Borrowed("vocal_gender"),
                    kind: rules::Kind::Choice(Borrowed(&[Borrowed("m"), Borrowed("f")])),
                    presence: Borrowed(
                        &[
                            rules::Presence::Optional,
                            rules::Presence::Optional,
                            rules::Presence::Forbidden,
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("styleWeight"),
                    rust: Borrowed("style_weight"),
                    kind: rules::Kind::Number,
                    presence: Borrowed(
                        &[
                            rules::Presence::Optional,
                            rules::Presence::Optional,
                            rules::Presence::Forbidden,
                        ],
                    ),
                    limits: Borrowed(
                        &[
                            rules::Limit {
                                bound: rules::Bound::Min(rules::Decimal {
                                    digits: 0,
                                    scale: 0,
                                }),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::Max(rules::Decimal {
                                    digits: 1,
                                    scale: 0,
                                }),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MultipleOf(rules::Decimal {
                                    digits: 1,
                                    scale: 2,
                                }),
                                ..rules::Limit::USUAL
                            },
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("weirdnessConstraint"),
                    rust: Borrowed("weirdness_constraint"),
                    kind: rules::Kind::Number,
                    presence: Borrowed(
                        &[
                            rules::Presence::Optional,
                            rules::Presence::Optional,
                            rules::Presence::Forbidden,
                        ],
                    ),
                    limits: Borrowed(
                        &[
                            rules::Limit {
                                bound: rules::Bound::Min(rules::Decimal {
                                    digits: 0,
                                    scale: 0,
                                }),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::Max(rules::Decimal {
                                    digits: 1,
                                    scale: 0,
                                }),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MultipleOf(rules::Decimal {
                                    digits: 1,
                                    scale: 2,
                                }),
                                ..rules::Limit::USUAL
                            },
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("audioWeight"),
                    rust: Borrowed("audio_weight"),
                    kind: rules::Kind::Number,
                    presence: Borrowed(
                        &[
                            rules::Presence::Optional,
                            rules::Presence::Optional,
                            rules::Presence::Forbidden,
                        ],
                    ),
                    limits: Borrowed(
                        &[
                            rules::Limit {
                                bound: rules::Bound::Min(rules::Decimal {
                                    digits: 0,
                                    scale: 0,
                                }),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::Max(rules::Decimal {
                                    digits: 1,
                                    scale: 0,
                                }),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MultipleOf(rules::Decimal {
                                    digits: 1,
                                    scale: 2,
                                }),
                                ..rules::Limit::USUAL
                            },
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("callBackUrl"),
                    rust: Borrowed("call_back_url"),
                    kind: rules::Kind::Url,
                    presence: Borrowed(
                        &[
                            rules::Presence::Required,
                            rules::Presence::Required,
                            rules::Presence::Required,
                        ],
                    ),
                    ..rules::Field::USUAL
                },
            ],
        ),
        model: Some(3),
        relations: Borrowed(&[]),
    };
    pub(super) static API: tables::Api = tables::Api {
        id: Borrowed("sunoapi.org/upload-cover"),
        account: Some(Borrowed("sunoapi.org")),
        base_url: Borrowed("https://api.sunoapi.org"),
        auth_header: Borrowed("Authorization"),
        auth_scheme: Borrowed("Bearer"),
        auth_basic: None,
        headers: Borrowed(&[]),
        env_key: Borrowed("COVER_API_KEY"),
        env_url: Borrowed("COVER_API_URL"),
        retention: Some(Duration::from_millis(1296000000)),
        code: Borrowed(&[Borrowed("code")]),
        message: Borrowed(&[Borrowed("msg")]),
        codes: Borrowed(
            &[
                tables::CodeSpec {
                    number: 200,
                    means: tables::CodeMeaning::Success,
                    created: tables::Created::Yes,
                    retry_after: None,
                },
                tables::CodeSpec {
                    number: 400,
                    means: tables::CodeMeaning::Invalid,
                    created: tables::Created::No,
                    retry_after: None,
                },
                tables::CodeSpec {
                    number: 401,
                    means: tables::CodeMeaning::Unauthorized,
                    created: tables::Created::No,
                    retry_after: None,
                },
                tables::CodeSpec {
                    number: 404,
                    means: tables::CodeMeaning::NotFound,
                    created: tables::Created::No,
                    retry_after: None,
                },
                tables::CodeSpec {
                    number: 405,
                    means: tables::CodeMeaning::RateLimited,
                    created: tables::Created::No,
                    retry_after: Some(Duration::from_millis(10000)),
                },
                tables::CodeSpec {
                    number: 413,
                    means: tables::CodeMeaning::Invalid,
                    created: tables::Created::No,
                    retry_after: None,
                },
                tables::CodeSpec {
                    number: 429,
                    means: tables::CodeMeaning::InsufficientCredits,
                    created: tables::Created::No,
                    retry_after: None,
                },
                tables::CodeSpec {
                    number: 430,
                    means: tables::CodeMeaning::RateLimited,
                    created: tables::Created::No,
                    retry_after: Some(Duration::from_millis(30000)),
                },
                tables::CodeSpec {
                    number: 455,
                    means: tables::CodeMeaning::Maintenance,
                    created: tables::Created::No,
                    retry_after: Some(Duration::from_millis(60000)),
                },
                tables::CodeSpec {
                    number: 500,
                    means: tables::CodeMeaning::Server,
                    created: tables::Created::Perhaps,
                    retry_after: None,
                },
            ],
        ),
        submit: tables::SubmitSpec {
            method: tables::Method::Post,
            path: Borrowed("/api/v1/generate/upload-cover"),
            query: Borrowed(&[]),
            body: tables::BodyFormat::Json,
            task: Borrowed(&[Borrowed("data"), Borrowed("taskId")]),
        },
        poll: Some(tables::PollSpec {
            path: Borrowed("/api/v1/generate/record-info"),
            query: Some(Borrowed("taskId")),
            status: Borrowed(&[Borrowed("data"), Borrowed("status")]),
            task: Borrowed(&[Borrowed("data"), Borrowed("taskId")]),
            error_code: Borrowed(&[Borrowed("data"), Borrowed("errorCode")]),
            error_message: Borrowed(&[Borrowed("data"), Borrowed("errorMessage")]),
            request: Borrowed(&[Borrowed("data"), Borrowed("param")]),
            every: [Duration::from_millis(10000), Duration::from_millis(30000)],
            expected_duration: Some([
                Duration::from_millis(120000),
                Duration::from_millis(240000),
            ]),
            timeout: Duration::from_millis(900000),
            unknown_task: Borrowed(&[404, 422]),
            patience: Duration::from_millis(60000),
            settle: Duration::from_millis(60000),
        }),
        cancel: None,
        statuses: Borrowed(
            &[
                tables::StatusSpec {
                    name: Borrowed("PENDING"),
                    means: tables::StatusMeaning::Running,
                    stage: 0,
                },
                tables::StatusSpec {
                    name: Borrowed("TEXT_SUCCESS"),
                    means: tables::StatusMeaning::Running,
                    stage: 1,
                },
                tables::StatusSpec {
                    name: Borrowed("FIRST_SUCCESS"),
                    means: tables::StatusMeaning::Running,
                    stage: 2,
                },
                tables::StatusSpec {
                    name: Borrowed("SUCCESS"),
                    means: tables::StatusMeaning::Done,
                    stage: 0,
                },
                tables::StatusSpec {
                    name: Borrowed("CREATE_TASK_FAILED"),
                    means: tables::StatusMeaning::Failed,
                    stage: 0,
                },
                tables::StatusSpec {
                    name: Borrowed("GENERATE_AUDIO_FAILED"),
                    means: tables::StatusMeaning::Failed,
                    stage: 0,
                },
                tables::StatusSpec {
                    name: Borrowed("CALLBACK_EXCEPTION"),
                    means: tables::StatusMeaning::DoneWithResults,
                    stage: 0,
                },
                tables::StatusSpec {
                    name: Borrowed("SENSITIVE_WORD_ERROR"),
                    means: tables::StatusMeaning::Failed,
                    stage: 0,
                },
            ],
        ),
        failures: Borrowed(
            &[
                tables::FailureSpec {
                    number: 400,
                    refunded: tables::Refunded::Unknown,
                },
                tables::FailureSpec {
                    number: 408,
                    refunded: tables::Refunded::Unknown,
                },
                tables::FailureSpec {
                    number: 413,
                    refunded: tables::Refunded::Unknown,
                },
                tables::FailureSpec {
                    number: 451,
                    refunded: tables::Refunded::Unknown,
                },
                tables::FailureSpec {
                    number: 500,
                    refunded: tables::Refunded::Unknown,
                },
                tables::FailureSpec {
                    number: 501,
                    refunded: tables::Refunded::Unknown,
                },
                tables::FailureSpec {
                    number: 531,
                    refunded: tables::Refunded::Yes,
                },
            ],
        ),
        results: Borrowed(
            &[
                tables::ResultSpec {
                    name: Borrowed("tracks"),
                    at: Borrowed(
                        &[
                            Borrowed(
                                &[
                                    Borrowed("data"),
                                    Borrowed("response"),
                                    Borrowed("sunoData"),
                                ],
                            ),
                            Borrowed(&[Borrowed("data"), Borrowed("data")]),
                        ],
                    ),
                    callback: Some(Borrowed(&[Borrowed("data"), Borrowed("data")])),
                    optional: false,
                    shape: tables::ShapeSpec {
                        kind: tables::ResultKind::Object,
                        lists: 1,
                        members: Borrowed(
                            &[
                                tables::MemberSpec {
                                    spellings: Borrowed(&[Borrowed("id")]),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Text,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(
                                        &[Borrowed("audioUrl"), Borrowed("audio_url")],
                                    ),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Audio,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(
                                        &[Borrowed("sourceAudioUrl"), Borrowed("source_audio_url")],
                                    ),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Audio,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(
                                        &[Borrowed("streamAudioUrl"), Borrowed("stream_audio_url")],
                                    ),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Stream,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(
                                        &[
                                            Borrowed("sourceStreamAudioUrl"),
                                            Borrowed("source_stream_audio_url"),
                                        ],
                                    ),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Stream,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(
                                        &[Borrowed("imageUrl"), Borrowed("image_url")],
                                    ),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Image,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(
                                        &[Borrowed("sourceImageUrl"), Borrowed("source_image_url")],
                                    ),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Image,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(&[Borrowed("prompt")]),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Text,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(
                                        &[Borrowed("modelName"), Borrowed("model_name")],
                                    ),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Text,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(&[Borrowed("title")]),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Text,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(&[Borrowed("tags")]),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Text,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(&[Borrowed("createTime")]),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Time,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                                tables::MemberSpec {
                                    spellings: Borrowed(&[Borrowed("duration")]),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Seconds,
                                        ..tables::ShapeSpec::USUAL
                                    },
                                },
                            ],
                        ),
                    },
                },
            ],
        ),
        rate_limit: tables::RateLimitSpec {
            requests: 20,
            per: Duration::from_millis(10000),
            task_every: Duration::from_millis(334),
        },
        credits: Some(tables::CreditsSpec {
            path: Borrowed("/api/v1/generate/credit"),
            amount: Borrowed(&[Borrowed("data")]),
            cost: tables::Credits::from_thousandths(12000),
            costs: Borrowed(&[]),
        }),
        callback: Some(tables::CallbackSpec {
            field: Borrowed("callBackUrl"),
            stage: Borrowed(&[Borrowed("data"), Borrowed("callbackType")]),
            task: Borrowed(&[Borrowed("data"), Borrowed("task_id")]),
            answer_within: Duration::from_millis(15000),
            attempts: 3,
            expires: Duration::from_millis(86400000),
            stages: Borrowed(
                &[
                    tables::CallbackStageSpec {
                        name: Borrowed("text"),
                        status: Some(Borrowed("TEXT_SUCCESS")),
                        running: Some(1),
                    },
                    tables::CallbackStageSpec {
                        name: Borrowed("first"),
                        status: Some(Borrowed("FIRST_SUCCESS")),
                        running: Some(2),
                    },
                    tables::CallbackStageSpec {
                        name: Borrowed("complete"),
                        status: Some(Borrowed("SUCCESS")),
                        running: None,
                    },
                    tables::CallbackStageSpec {
                        name: Borrowed("error"),
                        status: None,
                        running: None,
                    },
                ],
            ),
            signature: None,
        }),
        upload: Some(tables::UploadSpec {
            url: Borrowed("https://sunoapiorg.redpandaai.co/api/file-stream-upload"),
            file: Borrowed("file"),
            fields: Borrowed(&[(Borrowed("uploadPath"), Borrowed("covers"))]),
            link: Borrowed(&[Borrowed("data"), Borrowed("downloadUrl")]),
            expires: Some(Duration::from_millis(259200000)),
            max_bytes: None,
            field: Some(Borrowed("uploadUrl")),
            types: Borrowed(
                &[
                    Borrowed("mp3"),
                    Borrowed("wav"),
                    Borrowed("m4a"),
                    Borrowed("flac"),
                    Borrowed("ogg"),
                ],
            ),
            seconds: Borrowed(
                &[
                    rules::Limit {
                        bound: rules::Bound::Max(rules::Decimal {
                            digits: 120,
                            scale: 0,
                        }),
                        dispute: Some(
                            Borrowed(
                                "documented twice: 120 in the text of the field, but 480 in the usage guide",
                            ),
                        ),
                        ..rules::Limit::USUAL
                    },
                ],
            ),
            longest: Borrowed(
                &[
                    tables::Longest {
                        model: Borrowed(""),
                        seconds: Some(120),
                        dispute: Some(
                            Borrowed(
                                "documented twice: 120 in the text of the field, but 480 in the usage guide",
                            ),
                        ),
                    },
                ],
            ),
        }),
    };
}
#[doc(hidden)]
pub use ::cover_api::__private::literal as __cover_request_literal;
#[doc(hidden)]
#[macro_export]
macro_rules! __cover_request_cover {
    ($($body:tt)*) => {
        $crate::__cover_request_literal! { [$crate] shipped "upload_cover.toml" exact {
        $($body)* } }
    };
}
/**Builds a [`CoverRequest`] from literals, which are checked at compile time.

Returns the request itself, and not a `Result`. Scheme, host, port and characters of an address are checked. The service checks what needs a full parser, such as whether the host is a valid domain name.

The form is `cover! { mode: Custom<Instrumental>, field: value, … }`, with the names of the setters. `_` stands for a field's placeholder. The macro is an expression, but not a `const` one, because a request owns its texts.*/
#[doc(inline)]
pub use __cover_request_cover as cover;
#[doc(hidden)]
#[macro_export]
macro_rules! __cover_request_try_cover {
    ($($body:tt)*) => {
        $crate::__cover_request_literal! { [$crate] shipped "upload_cover.toml" tries {
        $($body)* } }
    };
}
/**Builds a [`CoverRequest`] from any values. Literals are checked at compile time, other values at run time.

Returns a `Result` with [`Violations`](::cover_api::Violations).

The form is `try_cover! { mode: Custom<Instrumental>, field: value, … }`, with the names of the setters. `_` stands for a field's placeholder. The macro is an expression, but not a `const` one, because a request owns its texts.*/
#[doc(inline)]
pub use __cover_request_try_cover as try_cover;
