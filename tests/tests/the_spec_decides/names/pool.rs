//! Odd names, drawn at random.

/// Names that Rust, its standard library or generated code uses, and names in unusual spellings.
const ODD: &str = "
    as async await box break const crate dyn else enum extern false fn for gen if impl in let loop macro match mod move mut
    pub ref return self Self static struct super trait true try type union unsafe use where while yield r#type raw safe auto
    default macro_rules
    Option Some None Result Ok Err String Vec Box Send Sync Sized Copy Drop Fn FnMut FnOnce Clone PartialEq PartialOrd Eq Ord
    AsMut AsRef From Into Default Iterator Extend IntoIterator DoubleEndedIterator ExactSizeIterator ToOwned ToString TryFrom
    TryInto FromIterator Future IntoFuture Unpin Debug Display Hash FromStr Infallible PhantomData Duration Cow Borrowed
    bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 f16 f128 never
    core std alloc cover_api cover_spec cover_macros stranger test proc_macro crate_name
    vec println print format write writeln assert assert_eq panic todo unimplemented unreachable stringify concat env include
    include_bytes include_str compile_error matches dbg cfg line file column module_path thread_local derive doc inline must_use
    allow deny warn expect deprecated non_exhaustive diagnostic clippy rustfmt rustdoc global_allocator
    Client ClientBuilder Task TaskHandle Snapshot Update Error Status Mode AnyMode Service Track Request Link Timestamp
    Violations UnknownChoice Value Object FieldValue Shown Serialize Serializer Rules Api Set Unset Builder BuilderState Fields
    RULES API INDEX NAME ALL Unknown as_str from_str Item Other Type Output
    CardRequest CardRequestBuilder CardRequestBuilderStart CardRequestBuilderState CardRequestFields CardRequestByMode
    CardRequestStart CardRequestMode card_request card_request_modes card_request_rules card_request_tables card_request_literal
    HasText HasSize HasPicture HasTags InOuter InSimple InOuterLeftOrSimple OuterLeft OuterRight Text_GivenIn_Simple Text_SetTwice
    AtLeastOneOfTextTags_0 AOrB __InOuter_3 ModeOfTheSpec Cards Card Size Outer Left Right Simple
    builder build build_rest checked from_json into_mode typed mode modes fields field state marker values clone eq ne fmt hash
    from into as_ref as_value from_value read is_ready canonical serialize api rules tables literal text number link time pad
    f value json request serializer callback other name decided take into_iter map collect iter ok parse drop main
    maybe_text maybe_size null_tags null_picture maybe_picture maybe maybe_ null_ null given taken exact tries shipped body
    a b c m s t x y z A B C D E F K M N O R S T U V X Y Z T0 T1 T2 a1 a_1 a__1 A1 A_1 a1_ a_b a__b aB AB A_B ab_ Ab a_B
    _ __ ___ _a __a _1 a_ A_ a__ text_ text__ Text TEXT tEXT te_xt err Err ERR ok OK Ok none NONE some SOME all All
    1 1a 42 V4 v4 V_4 V4_5 v4_5 V4_5PLUS snake_case camelCase PascalCase UPPER_CASE kebab-case dot.ted Some::Path
    Vec<u8> Option<u8> Se<lf> A<B> B<A> A<B<C>> AB<C> A<BC> A<> <A> A>B Outer<Left> Outer Left<Outer> \u{e4} \u{df} \u{540d}
    {} {text} {Self} #[x] quote\u{22}d back\u{5c}slash /* */ // $crate
";

/// A source of odd names. A seed gives the same names on every machine.
pub(super) struct Pool {
    names: Vec<&'static str>,
    state: u64,
}

impl Pool {
    pub(super) fn new(seed: u64) -> Self {
        Self { names: ODD.split_whitespace().collect(), state: seed }
    }

    /// Returns a name of the list, or now and then a random one.
    pub(super) fn draw(&mut self) -> String {
        const LETTERS: &[u8] = b"abABs_19";
        if self.below(6) > 0 {
            let index = self.below(self.names.len());
            return self.names[index].to_owned();
        }
        let length = 1 + self.below(5);
        (0..length).map(|_| char::from(LETTERS[self.below(LETTERS.len())])).collect()
    }

    /// Returns a number below the limit, by `SplitMix64`.
    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let number = u32::try_from((mixed ^ (mixed >> 31)) >> 32).expect("32 bits remain");
        usize::try_from(number).expect("an index has at least 32 bits") % limit
    }
}
