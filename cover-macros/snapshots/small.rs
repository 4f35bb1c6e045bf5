#[doc(hidden)]
mod each_call_of_api_needs_a_module_of_its_own {}
/**Printed greeting cards.

| code | meaning | task created | can be sent again |
|---|---|---|---|
| 0 | Success. | yes | no |
| any other | not documented | perhaps | no |
*/
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cards {}
impl ::cover_api::runtime::Service for Cards {
    type Status = Status;
    type Results = Results;
    type Way = ::cover_api::runtime::ByTask;
    type Operation = ::cover_api::__private::KnownOperation<Self>;
}
impl ::cover_api::runtime::StaticService for Cards {
    fn api() -> &'static ::cover_api::tables::Api {
        &card_request_tables::API
    }
}
/// Sends requests to the service and follows their tasks.
pub type Client = ::cover_api::runtime::Client<Cards>;
/// Configures a [`Client`].
pub type ClientBuilder = ::cover_api::runtime::ClientBuilder<Cards>;
/// A task of the service, with the client that follows it.
pub type Task = ::cover_api::runtime::Task<Cards>;
/// Identifies a task, so that it can be resumed later or in another process.
pub type TaskHandle = ::cover_api::runtime::TaskHandle<Cards>;
/// The state of a task at one poll.
pub type Snapshot = ::cover_api::runtime::Snapshot<Cards>;
/// A change of a task that a wait reports.
pub type Update = ::cover_api::runtime::Update<Cards>;
/// An error of a send, a poll or a wait, with what is known of the task.
pub type Error = ::cover_api::runtime::Error<Cards>;
/**The mode `Picture`: Text over a picture.

| setter | | limits |
|---|---|---|
| `text` | optional | at most 200 characters |
| `picture_url` | required |  |
| `copies` | optional | at least 1; at most 9 |
| `paper` | optional |  |
| `emails` | optional | at most 3 items |
| `phone` | optional |  |
*/
pub enum Picture {}
/**The mode `Plain`: Text alone.

| setter | | limits |
|---|---|---|
| `text` | required | at most 200 characters |
| `copies` | optional | at least 1; at most 9 |
| `paper` | optional |  |
| `emails` | optional | at most 3 items |
| `phone` | optional |  |
*/
pub enum Plain {}
mod card_request_modes {
    #[diagnostic::on_unimplemented(
        message = "this type is not a mode of `CardRequest`",
        label = "expected `Plain` or `Picture`"
    )]
    pub trait ModeOfTheSpec {}
}
///A mode of a [`CardRequest`]: `Plain` or `Picture`.
#[diagnostic::on_unimplemented(
    message = "this type is not a mode of `CardRequest`",
    label = "expected `Plain` or `Picture`"
)]
pub trait Mode: card_request_modes::ModeOfTheSpec + 'static {
    #[doc(hidden)]
    const INDEX: usize;
    /// The name that the spec gives the mode.
    const NAME: &'static str;
}
impl card_request_modes::ModeOfTheSpec for Plain {}
impl Mode for Plain {
    const INDEX: usize = 0;
    const NAME: &'static str = "Plain";
}
impl card_request_modes::ModeOfTheSpec for Picture {}
impl Mode for Picture {
    const INDEX: usize = 1;
    const NAME: &'static str = "Picture";
}
/**Weight of the paper, in grams.

The values of `weight`.*/
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PaperWeight {
    ///Thin. Sent as `170`.
    Light,
    ///Thick. Sent as `300`.
    Heavy,
}
impl PaperWeight {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::Light, Self::Heavy];
    /// Returns the number that is sent.
    #[must_use]
    pub const fn as_i64(self) -> i64 {
        match self {
            Self::Light => 170,
            Self::Heavy => 300,
        }
    }
}
impl ::core::convert::TryFrom<i64> for PaperWeight {
    type Error = ::cover_api::UnknownChoice;
    fn try_from(
        number: i64,
    ) -> ::core::result::Result<Self, ::cover_api::UnknownChoice> {
        match number {
            170 => ::core::result::Result::Ok(Self::Light),
            300 => ::core::result::Result::Ok(Self::Heavy),
            _ => {
                ::core::result::Result::Err(
                    ::cover_api::UnknownChoice::among(&["170", "300"]),
                )
            }
        }
    }
}
impl ::cover_api::__private::FieldValue for PaperWeight {
    fn as_value(&self) -> ::cover_api::__private::Value<'_> {
        ::cover_api::__private::Value::integer(self.as_i64())
    }
    fn from_value(
        value: ::cover_api::__private::Value<'_>,
    ) -> ::core::option::Option<Self> {
        let number = <i64 as ::cover_api::__private::FieldValue>::from_value(value)?;
        <Self as ::core::convert::TryFrom<i64>>::try_from(number).ok()
    }
}
impl ::core::fmt::Display for PaperWeight {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::core::fmt::Display::fmt(&self.as_i64(), f)
    }
}
/**A request to print a card.

The mode decides which fields it has:

| field | `Plain` | `Picture` |
|---|---|---|
| `hasPicture` | `false` | `true` |
| `text` | required | optional |
| `pictureUrl` | — | required |
| `copies` | optional | optional |
| `weight` | optional | optional |
| `emails` | optional | optional |
| `phone` | optional | optional |

Sent as a POST to `/cards`.*/
pub struct CardRequest<M = AnyMode> {
    fields: CardRequestFields,
    /// The index of the mode. `M` names it too, unless it is `AnyMode`.
    mode: usize,
    marker: ::core::marker::PhantomData<fn() -> M>,
}
impl CardRequest<Plain> {
    /**Returns a builder in `Plain` mode: Text alone.

| setter | | limits |
|---|---|---|
| `text` | required | at most 200 characters |
| `copies` | optional | at least 1; at most 9 |
| `paper` | optional |  |
| `emails` | optional | at most 3 items |
| `phone` | optional |  |
*/
    pub fn plain() -> CardRequestBuilder<Plain> {
        Self::builder()
    }
}
impl CardRequest<Picture> {
    /**Returns a builder in `Picture` mode: Text over a picture.

| setter | | limits |
|---|---|---|
| `text` | optional | at most 200 characters |
| `picture_url` | required |  |
| `copies` | optional | at least 1; at most 9 |
| `paper` | optional |  |
| `emails` | optional | at most 3 items |
| `phone` | optional |  |
*/
    pub fn picture() -> CardRequestBuilder<Picture> {
        Self::builder()
    }
}
impl<M> CardRequest<M> {
    /// Returns a builder in the mode `M`.
    pub fn builder() -> CardRequestBuilder<M>
    where
        M: Mode,
    {
        CardRequestBuilder {
            fields: ::core::default::Default::default(),
            state: ::core::marker::PhantomData,
        }
    }
}
impl<M> ::core::clone::Clone for CardRequest<M> {
    fn clone(&self) -> Self {
        Self {
            fields: self.fields.clone(),
            mode: self.mode,
            marker: ::core::marker::PhantomData,
        }
    }
}
impl<M> ::core::cmp::PartialEq for CardRequest<M> {
    fn eq(&self, other: &Self) -> bool {
        self.mode == other.mode && self.fields == other.fields
    }
}
impl<M> ::cover_api::runtime::Request for CardRequest<M> {
    type Service = Cards;
    fn canonical(&self, callback: ::core::option::Option<&str>) -> ::std::vec::Vec<u8> {
        ::cover_api::__private::canonical(
            &card_request_tables::RULES,
            self.mode,
            &self.fields.values(),
            callback,
        )
    }
}
impl<M> ::cover_api::__private::Serialize for CardRequest<M> {
    fn serialize<S: ::cover_api::__private::Serializer>(
        &self,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        ::cover_api::__private::serialize(
            &card_request_tables::RULES,
            self.mode,
            &self.fields.values(),
            serializer,
        )
    }
}
impl<M> ::core::fmt::Debug for CardRequest<M> {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::cover_api::__private::debug(
            ::core::stringify!(CardRequest),
            &card_request_tables::RULES,
            self.mode,
            &self.fields.values(),
            f,
        )
    }
}
#[derive(Clone, Default, PartialEq)]
struct CardRequestFields {
    text: ::core::option::Option<::std::string::String>,
    picture_url: ::core::option::Option<::cover_api::Link>,
    copies: ::core::option::Option<::core::option::Option<i64>>,
    paper: ::core::option::Option<PaperWeight>,
    emails: ::core::option::Option<::std::vec::Vec<::std::string::String>>,
    phone: ::core::option::Option<::std::string::String>,
}
impl CardRequestFields {
    /// Returns the values in the order of the table of rules.
    fn values(&self) -> [::core::option::Option<::cover_api::__private::Value<'_>>; 7] {
        use ::cover_api::__private::{FieldValue, Value};
        [
            ::core::option::Option::None,
            self.text.as_ref().map(FieldValue::as_value),
            self.picture_url.as_ref().map(FieldValue::as_value),
            self.copies.as_ref().map(FieldValue::as_value),
            self.paper.as_ref().map(FieldValue::as_value),
            self.emails.as_ref().map(FieldValue::as_value),
            self.phone.as_ref().map(FieldValue::as_value),
        ]
    }
}
/// The mode of a request whose mode is known only at run time.
pub enum AnyMode {}
impl CardRequest<AnyMode> {
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
        let mut checked = ::cover_api::__private::json::check(
            &card_request_tables::RULES,
            json.as_ref(),
        )?;
        ::core::result::Result::Ok(Self {
            fields: CardRequestFields {
                text: checked.take(1),
                picture_url: checked.take(2),
                copies: checked.take(3),
                paper: checked.take(4),
                emails: checked.take(5),
                phone: checked.take(6),
            },
            mode: checked.mode(),
            marker: ::core::marker::PhantomData,
        })
    }
}
///A [`CardRequest`] of a known mode, with a variant for each.
#[derive(Clone, Debug, PartialEq)]
pub enum CardRequestByMode {
    ///The request is in `Plain` mode.
    Plain(CardRequest<Plain>),
    ///The request is in `Picture` mode.
    Picture(CardRequest<Picture>),
}
impl CardRequest<AnyMode> {
    /// Returns the typed request of its mode.
    #[must_use]
    pub fn into_mode(self) -> CardRequestByMode {
        match self.mode {
            1 => CardRequestByMode::Picture(self.__typed()),
            _ => CardRequestByMode::Plain(self.__typed()),
        }
    }
    fn __typed<M>(self) -> CardRequest<M> {
        CardRequest {
            fields: self.fields,
            mode: self.mode,
            marker: ::core::marker::PhantomData,
        }
    }
}
impl<M: Mode> ::core::convert::From<CardRequest<M>> for CardRequest<AnyMode> {
    fn from(request: CardRequest<M>) -> Self {
        Self {
            fields: request.fields,
            mode: request.mode,
            marker: ::core::marker::PhantomData,
        }
    }
}
/**Sets the fields of [`CardRequest`], in any order.

[`build`](Self::build) compiles once every field that the mode requires is set. A setter that the mode does not have does not compile, and neither does a second call of the same setter.

# Values that may be absent

Setting a field changes the builder's type, so a variable cannot be assigned a builder with one more field inside an `if`. Pass an `Option` instead: see [`maybe_text`](Self::maybe_text).

# Functions that return a builder

The type of an unfinished builder has the state of every field, [`Set`](::cover_api::state::Set) or [`Unset`](::cover_api::state::Unset). Write `-> _` as the return type, and the compiler's error spells the type out. A function that returns the finished `CardRequest` needs no such type.*/
#[must_use = "a builder does nothing before `.build()`"]
pub struct CardRequestBuilder<M, S = CardRequestBuilderStart> {
    fields: CardRequestFields,
    state: ::core::marker::PhantomData<fn() -> (M, S)>,
}
///The state of a [`CardRequestBuilder`] without any field.
#[doc(hidden)]
pub type CardRequestBuilderStart = (
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
    ::cover_api::state::Unset,
);
impl<M, S> ::core::clone::Clone for CardRequestBuilder<M, S> {
    fn clone(&self) -> Self {
        Self {
            fields: self.fields.clone(),
            state: ::core::marker::PhantomData,
        }
    }
}
///The state of a [`CardRequestBuilder`]: a tuple of `Set` or `Unset` for each field.
#[doc(hidden)]
pub trait CardRequestBuilderState {
    type HasText;
    type HasPictureUrl;
    type HasCopies;
    type HasPaper;
    type HasEmails;
    type HasPhone;
}
impl<
    HasText,
    HasPictureUrl,
    HasCopies,
    HasPaper,
    HasEmails,
    HasPhone,
> CardRequestBuilderState
for (HasText, HasPictureUrl, HasCopies, HasPaper, HasEmails, HasPhone) {
    type HasText = HasText;
    type HasPictureUrl = HasPictureUrl;
    type HasCopies = HasCopies;
    type HasPaper = HasPaper;
    type HasEmails = HasEmails;
    type HasPhone = HasPhone;
}
#[cfg(doc)]
impl<M: Mode> CardRequestBuilder<M> {
    /**Text of the card.

Required in `Plain`. Optional in `Picture`.

At most 200 characters.

Must be left out in `Picture` where `copies` is 9. Checked by `build`.

Sent as `text`. Defined in `snapshots/small.toml`, line 28.

```text
let builder = CardRequest::plain().text("Happy birthday");
```*/
    pub fn text(self, text: impl ::core::convert::Into<::std::string::String>) -> Self {
        ::core::unimplemented!()
    }
    /**Sets [`text`](Self::text) if there is a value, and leaves it out otherwise.

Optional in `Picture`. The field counts as set either way.

```text
let builder = CardRequest::picture().maybe_text(Some("Happy birthday"));
```*/
    pub fn maybe_text(
        self,
        text: ::core::option::Option<impl ::core::convert::Into<::std::string::String>>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Address of the picture.

Required in `Picture`. Must be left out in `Plain`.

Sent as `pictureUrl`. Defined in `snapshots/small.toml`, line 37.*/
    pub fn picture_url(
        self,
        picture_url: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Prints the text over a blank page.

Used instead of [`picture_url`](Self::picture_url). Sends `https://blank.invalid/`.*/
    pub fn without_picture(self) -> Self {
        ::core::unimplemented!()
    }
    /**Number of copies.

Optional.

At least 1, at most 9.

Sent as `copies`. Defined in `snapshots/small.toml`, line 44.

```text
let builder = CardRequest::plain().copies(2);
```*/
    pub fn copies(self, copies: i64) -> Self {
        ::core::unimplemented!()
    }
    /**Sends `copies` as null.

Used instead of [`copies`](Self::copies).*/
    pub fn null_copies(self) -> Self {
        ::core::unimplemented!()
    }
    /**Sets [`copies`](Self::copies) if there is a value, and leaves it out otherwise.

Optional. The field counts as set either way.

```text
let builder = CardRequest::plain().maybe_copies(Some(2));
```*/
    pub fn maybe_copies(self, copies: ::core::option::Option<i64>) -> Self {
        ::core::unimplemented!()
    }
    /**Weight of the paper, in grams.

Optional.

Sent as `weight`. Defined in `snapshots/small.toml`, line 53.

```text
let builder = CardRequest::plain().paper(PaperWeight::Heavy);
```*/
    pub fn paper(self, paper: PaperWeight) -> Self {
        ::core::unimplemented!()
    }
    /**Sets [`paper`](Self::paper) if there is a value, and leaves it out otherwise.

Optional. The field counts as set either way.

```text
let builder = CardRequest::plain().maybe_paper(Some(PaperWeight::Heavy));
```*/
    pub fn maybe_paper(self, paper: ::core::option::Option<PaperWeight>) -> Self {
        ::core::unimplemented!()
    }
    /**Addresses of the recipients.

Optional.

At most 3 items.

A card needs a recipient. Otherwise `build` does not compile.

Sent as `emails`. Defined in `snapshots/small.toml`, line 63.*/
    pub fn emails(
        self,
        emails: impl ::core::iter::IntoIterator<
            Item = impl ::core::convert::Into<::std::string::String>,
        >,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Phone number of the recipient.

Optional.

Must match `^\+?[0-9 ]+$`.

A card needs a recipient. Otherwise `build` does not compile.

Sent as `phone`. Defined in `snapshots/small.toml`, line 70.

```text
let builder = CardRequest::plain().phone("+49 30 123456");
```*/
    pub fn phone(
        self,
        phone: impl ::core::convert::Into<::std::string::String>,
    ) -> Self {
        ::core::unimplemented!()
    }
    /**Checks every limit, and returns the request.

It compiles once these fields are set:

- In `Plain`: `text`.
- In `Picture`: `picture_url` or `without_picture`.

In addition, at least one of `emails`, `phone` is required: call one of their setters.

# Errors

[`Violations`](::cover_api::Violations) lists every limit that the `CardRequest` breaks.*/
    pub fn build(
        self,
    ) -> ::core::result::Result<CardRequest<M>, ::cover_api::Violations> {
        ::core::unimplemented!()
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    HasPictureUrl,
    HasCopies,
    HasPaper,
    HasEmails,
    HasPhone,
> CardRequestBuilder<
    M,
    (::cover_api::state::Unset, HasPictureUrl, HasCopies, HasPaper, HasEmails, HasPhone),
> {
    /**Text of the card.

Required in `Plain`. Optional in `Picture`.

At most 200 characters.

Must be left out in `Picture` where `copies` is 9. Checked by `build`.

Sent as `text`. Defined in `snapshots/small.toml`, line 28.

Example: `.text("Happy birthday")`*/
    pub fn text(
        mut self,
        text: impl ::core::convert::Into<::std::string::String>,
    ) -> CardRequestBuilder<
        M,
        (
            ::cover_api::state::Set,
            HasPictureUrl,
            HasCopies,
            HasPaper,
            HasEmails,
            HasPhone,
        ),
    > {
        self.fields.text = ::core::option::Option::Some(
            ::core::convert::Into::into(text),
        );
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    HasPictureUrl,
    HasCopies,
    HasPaper,
    HasEmails,
    HasPhone,
> CardRequestBuilder<
    Picture,
    (::cover_api::state::Unset, HasPictureUrl, HasCopies, HasPaper, HasEmails, HasPhone),
> {
    /**Sets [`text`](Self::text) if there is a value, and leaves it out otherwise.

Optional in `Picture`. The field counts as set either way.

Example: `.maybe_text(Some("Happy birthday"))`*/
    pub fn maybe_text(
        mut self,
        text: ::core::option::Option<impl ::core::convert::Into<::std::string::String>>,
    ) -> CardRequestBuilder<
        Picture,
        (
            ::cover_api::state::Set,
            HasPictureUrl,
            HasCopies,
            HasPaper,
            HasEmails,
            HasPhone,
        ),
    > {
        self.fields.text = text.map(::core::convert::Into::into);
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    HasText,
    HasCopies,
    HasPaper,
    HasEmails,
    HasPhone,
> CardRequestBuilder<
    Picture,
    (HasText, ::cover_api::state::Unset, HasCopies, HasPaper, HasEmails, HasPhone),
> {
    /**Address of the picture.

Required in `Picture`. Must be left out in `Plain`.

Sent as `pictureUrl`. Defined in `snapshots/small.toml`, line 37.*/
    pub fn picture_url(
        mut self,
        picture_url: impl ::core::convert::Into<::std::string::String>,
    ) -> CardRequestBuilder<
        Picture,
        (HasText, ::cover_api::state::Set, HasCopies, HasPaper, HasEmails, HasPhone),
    > {
        self.fields.picture_url = ::core::option::Option::Some(
            ::cover_api::Link::new(picture_url),
        );
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Prints the text over a blank page.

Used instead of [`picture_url`](Self::picture_url). Sends `https://blank.invalid/`.*/
    pub fn without_picture(
        mut self,
    ) -> CardRequestBuilder<
        Picture,
        (HasText, ::cover_api::state::Set, HasCopies, HasPaper, HasEmails, HasPhone),
    > {
        self.fields.picture_url = ::core::option::Option::Some(
            ::cover_api::Link::from("https://blank.invalid/"),
        );
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    HasText,
    HasPictureUrl,
    HasPaper,
    HasEmails,
    HasPhone,
> CardRequestBuilder<
    M,
    (HasText, HasPictureUrl, ::cover_api::state::Unset, HasPaper, HasEmails, HasPhone),
> {
    /**Number of copies.

Optional.

At least 1, at most 9.

Sent as `copies`. Defined in `snapshots/small.toml`, line 44.

Example: `.copies(2)`*/
    pub fn copies(
        mut self,
        copies: i64,
    ) -> CardRequestBuilder<
        M,
        (HasText, HasPictureUrl, ::cover_api::state::Set, HasPaper, HasEmails, HasPhone),
    > {
        self.fields.copies = ::core::option::Option::Some(
            ::core::option::Option::Some(copies),
        );
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Sends `copies` as null.

Used instead of [`copies`](Self::copies).*/
    pub fn null_copies(
        mut self,
    ) -> CardRequestBuilder<
        M,
        (HasText, HasPictureUrl, ::cover_api::state::Set, HasPaper, HasEmails, HasPhone),
    > {
        self.fields.copies = ::core::option::Option::Some(::core::option::Option::None);
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Sets [`copies`](Self::copies) if there is a value, and leaves it out otherwise.

Optional. The field counts as set either way.

Example: `.maybe_copies(Some(2))`*/
    pub fn maybe_copies(
        mut self,
        copies: ::core::option::Option<i64>,
    ) -> CardRequestBuilder<
        M,
        (HasText, HasPictureUrl, ::cover_api::state::Set, HasPaper, HasEmails, HasPhone),
    > {
        self.fields.copies = copies.map(::core::option::Option::Some);
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    HasText,
    HasPictureUrl,
    HasCopies,
    HasEmails,
    HasPhone,
> CardRequestBuilder<
    M,
    (HasText, HasPictureUrl, HasCopies, ::cover_api::state::Unset, HasEmails, HasPhone),
> {
    /**Weight of the paper, in grams.

Optional.

Sent as `weight`. Defined in `snapshots/small.toml`, line 53.

Example: `.paper(PaperWeight::Heavy)`*/
    pub fn paper(
        mut self,
        paper: PaperWeight,
    ) -> CardRequestBuilder<
        M,
        (HasText, HasPictureUrl, HasCopies, ::cover_api::state::Set, HasEmails, HasPhone),
    > {
        self.fields.paper = ::core::option::Option::Some(paper);
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
    /**Sets [`paper`](Self::paper) if there is a value, and leaves it out otherwise.

Optional. The field counts as set either way.

Example: `.maybe_paper(Some(PaperWeight::Heavy))`*/
    pub fn maybe_paper(
        mut self,
        paper: ::core::option::Option<PaperWeight>,
    ) -> CardRequestBuilder<
        M,
        (HasText, HasPictureUrl, HasCopies, ::cover_api::state::Set, HasEmails, HasPhone),
    > {
        self.fields.paper = paper;
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    HasText,
    HasPictureUrl,
    HasCopies,
    HasPaper,
    HasPhone,
> CardRequestBuilder<
    M,
    (HasText, HasPictureUrl, HasCopies, HasPaper, ::cover_api::state::Unset, HasPhone),
> {
    /**Addresses of the recipients.

Optional.

At most 3 items.

A card needs a recipient. Otherwise `build` does not compile.

Sent as `emails`. Defined in `snapshots/small.toml`, line 63.*/
    pub fn emails(
        mut self,
        emails: impl ::core::iter::IntoIterator<
            Item = impl ::core::convert::Into<::std::string::String>,
        >,
    ) -> CardRequestBuilder<
        M,
        (HasText, HasPictureUrl, HasCopies, HasPaper, ::cover_api::state::Set, HasPhone),
    > {
        self.fields.emails = ::core::option::Option::Some(
            emails.into_iter().map(::core::convert::Into::into).collect(),
        );
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    HasText,
    HasPictureUrl,
    HasCopies,
    HasPaper,
    HasEmails,
> CardRequestBuilder<
    M,
    (HasText, HasPictureUrl, HasCopies, HasPaper, HasEmails, ::cover_api::state::Unset),
> {
    /**Phone number of the recipient.

Optional.

Must match `^\+?[0-9 ]+$`.

A card needs a recipient. Otherwise `build` does not compile.

Sent as `phone`. Defined in `snapshots/small.toml`, line 70.

Example: `.phone("+49 30 123456")`*/
    pub fn phone(
        mut self,
        phone: impl ::core::convert::Into<::std::string::String>,
    ) -> CardRequestBuilder<
        M,
        (HasText, HasPictureUrl, HasCopies, HasPaper, HasEmails, ::cover_api::state::Set),
    > {
        self.fields.phone = ::core::option::Option::Some(
            ::core::convert::Into::into(phone),
        );
        CardRequestBuilder {
            fields: self.fields,
            state: ::core::marker::PhantomData,
        }
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    S: CardRequestBuilderState<HasText = ::cover_api::state::Set>,
> CardRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn text(self, _: impl ::core::marker::Sized) -> Self
    where
        M: card_request_rules::Text_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    S: CardRequestBuilderState<HasText = ::cover_api::state::Set>,
> CardRequestBuilder<Picture, S> {
    #[doc(hidden)]
    pub fn maybe_text(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasPictureUrl: card_request_rules::Text_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    S: CardRequestBuilderState<HasPictureUrl = ::cover_api::state::Set>,
> CardRequestBuilder<Picture, S> {
    #[doc(hidden)]
    pub fn picture_url(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasText: card_request_rules::PictureUrl_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn without_picture(self) -> Self
    where
        S::HasText: card_request_rules::PictureUrl_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    S: CardRequestBuilderState<HasCopies = ::cover_api::state::Set>,
> CardRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn copies(self, _: impl ::core::marker::Sized) -> Self
    where
        M: card_request_rules::Copies_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn null_copies(self) -> Self
    where
        M: card_request_rules::Copies_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_copies(self, _: impl ::core::marker::Sized) -> Self
    where
        M: card_request_rules::Copies_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    S: CardRequestBuilderState<HasPaper = ::cover_api::state::Set>,
> CardRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn paper(self, _: impl ::core::marker::Sized) -> Self
    where
        M: card_request_rules::Paper_SetTwice,
    {
        self
    }
    #[doc(hidden)]
    pub fn maybe_paper(self, _: impl ::core::marker::Sized) -> Self
    where
        M: card_request_rules::Paper_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    S: CardRequestBuilderState<HasEmails = ::cover_api::state::Set>,
> CardRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn emails(self, _: impl ::core::marker::Sized) -> Self
    where
        M: card_request_rules::Emails_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<
    M: Mode,
    S: CardRequestBuilderState<HasPhone = ::cover_api::state::Set>,
> CardRequestBuilder<M, S> {
    #[doc(hidden)]
    pub fn phone(self, _: impl ::core::marker::Sized) -> Self
    where
        M: card_request_rules::Phone_SetTwice,
    {
        self
    }
}
#[cfg(not(doc))]
impl<S: CardRequestBuilderState> CardRequestBuilder<Plain, S> {
    #[doc(hidden)]
    pub fn maybe_text(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasText: card_request_rules::Text_NeedsValueIn_Plain,
    {
        self
    }
    #[doc(hidden)]
    pub fn picture_url(self, _: impl ::core::marker::Sized) -> Self
    where
        S::HasPictureUrl: card_request_rules::PictureUrl_TakenIn_Plain,
    {
        self
    }
    /**Checks every limit in `Plain` mode, and returns the request.

# Errors

[`Violations`](::cover_api::Violations) lists every limit that the `CardRequest` breaks.*/
    pub fn build(
        self,
    ) -> ::core::result::Result<CardRequest<Plain>, ::cover_api::Violations>
    where
        S::HasText: card_request_rules::Text_GivenIn_Plain,
        (S::HasEmails, S::HasPhone): card_request_rules::AtLeastOneOfEmailsPhone_0,
    {
        self.__build_rest(0)
    }
}
#[cfg(not(doc))]
impl<S: CardRequestBuilderState> CardRequestBuilder<Picture, S> {
    /**Checks every limit in `Picture` mode, and returns the request.

# Errors

[`Violations`](::cover_api::Violations) lists every limit that the `CardRequest` breaks.*/
    pub fn build(
        self,
    ) -> ::core::result::Result<CardRequest<Picture>, ::cover_api::Violations>
    where
        S::HasPictureUrl: card_request_rules::PictureUrl_GivenIn_Picture,
        (S::HasEmails, S::HasPhone): card_request_rules::AtLeastOneOfEmailsPhone_0,
    {
        self.__build_rest(0)
    }
}
#[cfg(not(doc))]
impl<M: Mode, S> CardRequestBuilder<M, S> {
    /// Returns the request without a check, for literal macros, which checked it while compiling.
    #[doc(hidden)]
    pub fn __checked(self) -> CardRequest<M> {
        CardRequest {
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
    ) -> ::core::result::Result<CardRequest<M>, ::cover_api::Violations> {
        let mut values = self.fields.values();
        ::cover_api::__private::check(
            &card_request_tables::RULES,
            M::INDEX,
            &mut values,
            decided,
        )?;
        ::core::result::Result::Ok(self.__checked())
    }
}
#[doc(hidden)]
pub mod card_request_rules {
    #[diagnostic::on_unimplemented(
        message = "`text` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait Text_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`text` is required in `Plain` mode",
        label = "`text` was never given",
        note = "call `.text(..)` before `.build()`"
    )]
    pub trait Text_GivenIn_Plain {}
    #[diagnostic::do_not_recommend]
    impl Text_GivenIn_Plain for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`text` needs a value in `Plain` mode",
        label = "may be `None`",
        note = "call `.text(..)` instead"
    )]
    pub trait Text_NeedsValueIn_Plain {}
    #[diagnostic::on_unimplemented(
        message = "`picture_url` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait PictureUrl_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`picture_url` must be left out in `Plain` mode",
        label = "not in `Plain` mode",
        note = "remove `.picture_url(..)`, or use a mode that takes it"
    )]
    pub trait PictureUrl_TakenIn_Plain {}
    #[diagnostic::on_unimplemented(
        message = "`picture_url` is required in `Picture` mode",
        label = "`picture_url` was never given",
        note = "call `.picture_url(..)` or `.without_picture()` before `.build()`"
    )]
    pub trait PictureUrl_GivenIn_Picture {}
    #[diagnostic::do_not_recommend]
    impl PictureUrl_GivenIn_Picture for ::cover_api::state::Set {}
    #[diagnostic::on_unimplemented(
        message = "`copies` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait Copies_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`paper` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait Paper_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`emails` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait Emails_SetTwice {}
    #[diagnostic::on_unimplemented(
        message = "`phone` is already set",
        label = "given a second time",
        note = "remove one of the two calls"
    )]
    pub trait Phone_SetTwice {}
    ///A card needs a recipient.
    #[diagnostic::on_unimplemented(
        message = "at least one of `emails`, `phone` is required",
        label = "not with the fields that are set",
        note = "call one of their setters"
    )]
    pub trait AtLeastOneOfEmailsPhone_0 {}
    #[diagnostic::do_not_recommend]
    impl<T1> AtLeastOneOfEmailsPhone_0 for (::cover_api::state::Set, T1) {}
    #[diagnostic::do_not_recommend]
    impl AtLeastOneOfEmailsPhone_0
    for (::cover_api::state::Unset, ::cover_api::state::Set) {}
}
/// The status of a task.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    ///At the printer. The task is still running. In answers: `printing`.
    Printing,
    ///Printed. The task is done. In answers: `printed`.
    Printed,
    /// A status that the spec does not list. The task counts as running.
    Unknown(::std::string::String),
}
impl Status {
    /// Returns the text in the service's answers.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Printing => "printing",
            Self::Printed => "printed",
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
                "printing" => Self::Printing,
                "printed" => Self::Printed,
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
    ///One printed card.
    pub tracks: ::std::vec::Vec<Card>,
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
/**One printed card.

A field is `None` or empty where the service sends nothing or an empty text.*/
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Card {
    ///Address of a scan.
    pub url: ::core::option::Option<::cover_api::Link>,
}
impl ::cover_api::__private::record::Record for Card {
    const NAME: &'static str = ::core::stringify!(Card);
    fn read(from: ::cover_api::__private::read::Fields<'_>) -> Self {
        Self { url: from.read(0) }
    }
    fn fields(&self) -> ::std::vec::Vec<::cover_api::__private::record::Field<'_>> {
        use ::cover_api::__private::record::Field;
        ::std::vec::Vec::from([Field("url", "url", &self.url)])
    }
}
impl ::core::fmt::Debug for Card {
    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
        ::cover_api::__private::record::debug(self, f)
    }
}
impl ::cover_api::__private::Serialize for Card {
    fn serialize<S: ::cover_api::__private::Serializer>(
        &self,
        serializer: S,
    ) -> ::core::result::Result<S::Ok, S::Error> {
        ::cover_api::__private::record::serialize(self, serializer)
    }
}
mod card_request_tables {
    #[allow(unused_imports)]
    use ::core::option::Option::{None, Some};
    use ::cover_api::__private::{Borrowed, Duration, rules, tables};
    pub(super) static RULES: rules::Rules = rules::Rules {
        modes: Borrowed(
            &[
                rules::Mode {
                    name: Borrowed("Plain"),
                    when: Borrowed(&[(0, rules::Const::Truth(false))]),
                },
                rules::Mode {
                    name: Borrowed("Picture"),
                    when: Borrowed(&[(0, rules::Const::Truth(true))]),
                },
            ],
        ),
        fields: Borrowed(
            &[
                rules::Field {
                    wire: Borrowed("hasPicture"),
                    rust: Borrowed("has_picture"),
                    kind: rules::Kind::Boolean,
                    presence: Borrowed(
                        &[rules::Presence::Fixed, rules::Presence::Fixed],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("text"),
                    rust: Borrowed("text"),
                    kind: rules::Kind::Text(rules::Unit::Chars),
                    presence: Borrowed(
                        &[rules::Presence::Required, rules::Presence::Optional],
                    ),
                    limits: Borrowed(
                        &[
                            rules::Limit {
                                bound: rules::Bound::MinLength(1),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MaxLength(200),
                                ..rules::Limit::USUAL
                            },
                        ],
                    ),
                    conditions: Borrowed(
                        &[
                            rules::Conditional {
                                effect: rules::Effect::Forbidden,
                                value: None,
                                any: Borrowed(
                                    &[
                                        rules::Condition {
                                            terms: Borrowed(
                                                &[
                                                    rules::Term {
                                                        field: 3,
                                                        is: rules::Is::OneOf(
                                                            Borrowed(
                                                                &[
                                                                    rules::Const::Number(rules::Decimal {
                                                                        digits: 9,
                                                                        scale: 0,
                                                                    }),
                                                                ],
                                                            ),
                                                        ),
                                                    },
                                                ],
                                            ),
                                        },
                                    ],
                                ),
                            },
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("pictureUrl"),
                    rust: Borrowed("picture_url"),
                    kind: rules::Kind::Url,
                    presence: Borrowed(
                        &[rules::Presence::Forbidden, rules::Presence::Required],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("copies"),
                    rust: Borrowed("copies"),
                    kind: rules::Kind::Integer,
                    presence: Borrowed(
                        &[rules::Presence::Optional, rules::Presence::Optional],
                    ),
                    nullable: true,
                    limits: Borrowed(
                        &[
                            rules::Limit {
                                bound: rules::Bound::Min(rules::Decimal {
                                    digits: 1,
                                    scale: 0,
                                }),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::Max(rules::Decimal {
                                    digits: 9,
                                    scale: 0,
                                }),
                                ..rules::Limit::USUAL
                            },
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("weight"),
                    rust: Borrowed("paper"),
                    kind: rules::Kind::IntegerChoice(Borrowed(&[170, 300])),
                    presence: Borrowed(
                        &[rules::Presence::Optional, rules::Presence::Optional],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("emails"),
                    rust: Borrowed("emails"),
                    kind: rules::Kind::Text(rules::Unit::Chars),
                    presence: Borrowed(
                        &[rules::Presence::Optional, rules::Presence::Optional],
                    ),
                    list: true,
                    limits: Borrowed(
                        &[
                            rules::Limit {
                                bound: rules::Bound::MinLength(1),
                                ..rules::Limit::USUAL
                            },
                            rules::Limit {
                                bound: rules::Bound::MaxItems(3),
                                ..rules::Limit::USUAL
                            },
                        ],
                    ),
                    ..rules::Field::USUAL
                },
                rules::Field {
                    wire: Borrowed("phone"),
                    rust: Borrowed("phone"),
                    kind: rules::Kind::Text(rules::Unit::Chars),
                    presence: Borrowed(
                        &[rules::Presence::Optional, rules::Presence::Optional],
                    ),
                    pattern: Some(
                        Borrowed({
                            static PATTERN: rules::Pattern = ::cover_api::__pattern!(
                                "^\\+?[0-9 ]+$"
                            );
                            &PATTERN
                        }),
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
            ],
        ),
        model: None,
        relations: Borrowed(
            &[
                rules::Relation {
                    fields: Borrowed(&[5, 6]),
                    modes: u64::MAX,
                    when: Borrowed(&[]),
                    asks: rules::Relating::AtLeastOne,
                },
            ],
        ),
    };
    pub(super) static API: tables::Api = tables::Api {
        id: Borrowed("cards.example"),
        account: None,
        base_url: Borrowed("https://api.cards.example/v1"),
        auth_header: Borrowed("X-Api-Key"),
        auth_scheme: Borrowed(""),
        auth_basic: None,
        headers: Borrowed(&[]),
        env_key: Borrowed("CARDS_KEY"),
        env_url: Borrowed("CARDS_URL"),
        retention: None,
        code: Borrowed(&[Borrowed("code")]),
        message: Borrowed(&[Borrowed("message")]),
        codes: Borrowed(
            &[
                tables::CodeSpec {
                    number: 0,
                    means: tables::CodeMeaning::Success,
                    created: tables::Created::Yes,
                    retry_after: None,
                },
            ],
        ),
        submit: tables::SubmitSpec {
            method: tables::Method::Post,
            path: Borrowed("/cards"),
            query: Borrowed(&[]),
            body: tables::BodyFormat::Json,
            task: Borrowed(&[Borrowed("card"), Borrowed("id")]),
        },
        poll: Some(tables::PollSpec {
            path: Borrowed("/card"),
            query: Some(Borrowed("id")),
            status: Borrowed(&[Borrowed("card"), Borrowed("state")]),
            task: Borrowed(&[]),
            error_code: Borrowed(
                &[Borrowed("card"), Borrowed("problem"), Borrowed("code")],
            ),
            error_message: Borrowed(
                &[Borrowed("card"), Borrowed("problem"), Borrowed("text")],
            ),
            request: Borrowed(&[]),
            every: [Duration::from_millis(1000), Duration::from_millis(2000)],
            expected_duration: None,
            timeout: Duration::from_millis(300000),
            unknown_task: Borrowed(&[]),
            patience: Duration::from_millis(10000),
            settle: Duration::from_millis(10000),
        }),
        cancel: None,
        statuses: Borrowed(
            &[
                tables::StatusSpec {
                    name: Borrowed("printing"),
                    means: tables::StatusMeaning::Running,
                    stage: 0,
                },
                tables::StatusSpec {
                    name: Borrowed("printed"),
                    means: tables::StatusMeaning::Done,
                    stage: 0,
                },
            ],
        ),
        failures: Borrowed(&[]),
        results: Borrowed(
            &[
                tables::ResultSpec {
                    name: Borrowed("tracks"),
                    at: Borrowed(&[Borrowed(&[Borrowed("card"), Borrowed("files")])]),
                    callback: None,
                    optional: false,
                    shape: tables::ShapeSpec {
                        kind: tables::ResultKind::Object,
                        lists: 1,
                        members: Borrowed(
                            &[
                                tables::MemberSpec {
                                    spellings: Borrowed(&[Borrowed("url")]),
                                    required: false,
                                    shape: tables::ShapeSpec {
                                        kind: tables::ResultKind::Audio,
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
            requests: 64,
            per: Duration::from_millis(0),
            task_every: Duration::from_millis(0),
        },
        credits: None,
        callback: None,
        upload: None,
    };
}
#[doc(hidden)]
pub use ::cover_api::__private::literal as __card_request_literal;
#[doc(hidden)]
#[macro_export]
macro_rules! __card_request_card {
    ($($body:tt)*) => {
        $crate::__card_request_literal! { [$crate] "snapshots/small.toml"
        "# A small service, with one of each thing that is generated in its own way.\n\n[service]\nname = \"Cards\"\nid = \"cards.example\"\ndoc = \"Printed greeting cards.\"\nbase_url = \"https://api.cards.example/v1\"\nauth = { header = \"X-Api-Key\" }\nenv = { key = \"CARDS_KEY\", url = \"CARDS_URL\" }\n\n[request]\nname = \"CardRequest\"\ndoc = \"A request to print a card.\"\nliteral = \"card\"\n\n[modes.Plain]\nwhen = { hasPicture = false }\ndoc = \"Text alone.\"\n\n[modes.Picture]\nwhen = { hasPicture = true }\ndoc = \"Text over a picture.\"\n\n[fields.hasPicture]\ntype = \"boolean\"\ndoc = \"Whether there is a picture.\"\n\n[fields.text]\ntype = \"string\"\ndoc = \"Text of the card.\"\nexample = \"Happy birthday\"\nrequired = [\"Plain\"]\noptional = [\"Picture\"]\nforbidden_when = { copies = 9 }\nmax_length = 200\n\n[fields.pictureUrl]\ntype = \"url\"\ndoc = \"Address of the picture.\"\nrequired = [\"Picture\"]\nforbidden = [\"Plain\"]\nplaceholder = { setter = \"without_picture\", value = \"https://blank.invalid/\", doc = \"Prints the text over a blank page.\" }\n\n[fields.copies]\ntype = \"integer\"\nnullable = true\ndoc = \"Number of copies.\"\nexample = 2\noptional = \"always\"\nmin = 1\nmax = 9\n\n[fields.weight]\ntype = \"choice\"\nof = \"integer\"\nname = \"PaperWeight\"\nsetter = \"paper\"\ndoc = \"Weight of the paper, in grams.\"\nexample = 300\noptional = \"always\"\nvalues = { 170 = { name = \"Light\", doc = \"Thin.\" }, 300 = { name = \"Heavy\", doc = \"Thick.\" } }\n\n[fields.emails]\ntype = \"string\"\nlist = true\ndoc = \"Addresses of the recipients.\"\noptional = \"always\"\nmax_items = 3\n\n[fields.phone]\ntype = \"string\"\ndoc = \"Phone number of the recipient.\"\npattern = \"^\\\\+?[0-9 ]+$\"\nexample = \"+49 30 123456\"\noptional = \"always\"\n\n[[groups]]\ndoc = \"A card needs a recipient.\"\nat_least_one = [\"emails\", \"phone\"]\n\n[envelope]\ncode = \"code\"\nmessage = \"message\"\n\n[codes]\n0 = { means = \"success\", doc = \"Success.\", created = \"yes\" }\n\n[submit]\npath = \"/cards\"\ntask = \"card.id\"\n\n[poll]\npath = \"/card\"\nquery = \"id\"\nstatus = \"card.state\"\nerror_code = \"card.problem.code\"\nerror_message = \"card.problem.text\"\nevery = [\"1 s\", \"2 s\"]\ntimeout = \"5 min\"\npatience = \"10 s\"\nsettle = \"10 s\"\n\n[statuses.printing]\ndoc = \"At the printer.\"\nmeans = \"running\"\nstage = 0\nready = \"nothing\"\n\n[statuses.printed]\ndoc = \"Printed.\"\nmeans = \"done\"\nready = \"all\"\n\n[results.tracks]\ntype = \"object\"\nlist = true\nat = \"card.files\"\nname = \"Card\"\ndoc = \"One printed card.\"\ncount = 1\n\n[results.tracks.fields.url]\ntype = \"audio\"\ndoc = \"Address of a scan.\"\n"
        exact { $($body)* } }
    };
}
/**Builds a [`CardRequest`] from literals, which are checked at compile time.

Returns the request itself, and not a `Result`. Scheme, host, port and characters of an address are checked. The service checks what needs a full parser, such as whether the host is a valid domain name.

The form is `card! { mode: Plain, field: value, … }`, with the names of the setters. `_` stands for a field's placeholder. The macro is an expression, but not a `const` one, because a request owns its texts.*/
#[doc(inline)]
pub use __card_request_card as card;
