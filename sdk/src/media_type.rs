//! Media types (RFC 9110, 8.3.1), and which of them a client wants (12.5.1).

use crate::fields::{Elements, Malformed, Parameters, is_token, trim};

/// How many parameters a type may have.
const MOST_PARAMETERS: usize = 32;

/// A media type: `text/html; charset=utf-8`.
///
/// ```
/// use mik_sdk::header::MediaType;
///
/// let media_type = MediaType::parse("Application/Problem+JSON; charset=\"utf-8\"").unwrap();
/// assert!(media_type.is("application/problem+json"));
/// assert_eq!(media_type.suffix(), Some("JSON"));
/// assert_eq!(media_type.parameter("charset").as_deref(), Some("utf-8"));
///
/// assert!(MediaType::parse("text").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaType<'a> {
    essence: &'a str,
    parameters: &'a str,
}

impl<'a> MediaType<'a> {
    /// The media type that a text is; `None` where it is none, or where a parameter is malformed or comes twice.
    pub fn parse(text: &'a str) -> Option<Self> {
        let this = Self::parse_loosely(text)?;
        let mut names: Vec<&str> = Vec::new();
        for parameter in Parameters(this.parameters) {
            let name = parameter.ok()?.name;
            // No type has so many, and each is compared with all.
            if names.len() == MOST_PARAMETERS || names.iter().any(|other| other.eq_ignore_ascii_case(name)) {
                return None;
            }
            names.push(name);
        }
        Some(this)
    }

    /// Without a look at the parameters.
    pub(crate) fn parse_loosely(text: &'a str) -> Option<Self> {
        let end = text.bytes().position(|byte| byte == b';').unwrap_or(text.len());
        let (essence, parameters) = text.split_at_checked(end)?;
        let essence = trim(essence);
        let (kind, subtype) = essence.split_once('/')?;
        (is_token(kind) && is_token(subtype)).then_some(Self { essence, parameters })
    }

    /// The type and the subtype, as they are spelled: `text/html`.
    pub const fn essence(&self) -> &'a str {
        self.essence
    }

    /// Whether it is this type, whatever its parameters: `media_type.is("text/html")`.
    pub const fn is(&self, essence: &str) -> bool {
        self.essence.eq_ignore_ascii_case(essence)
    }

    /// What comes before the slash.
    pub fn kind(&self) -> &'a str {
        self.halves().0
    }

    /// What comes after it.
    pub fn subtype(&self) -> &'a str {
        self.halves().1
    }

    /// What follows the last `+` of the subtype (RFC 6839): `json` of `application/problem+json`.
    pub fn suffix(&self) -> Option<&'a str> {
        self.subtype().rsplit_once('+').map(|(_, suffix)| suffix)
    }

    /// The value of a parameter, without its quotes. Names are compared without regard to case.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let mut parameters = Parameters(self.parameters).map_while(Result::ok);
        parameters.find(|parameter| parameter.name.eq_ignore_ascii_case(name)).map(|parameter| parameter.value())
    }

    fn halves(&self) -> (&'a str, &'a str) {
        self.essence.split_once('/').unwrap_or_default()
    }

    /// How closely a range of an `Accept` describes this type: 0 for `*/*`, 1 for `text/*`, 2 for the type, and one more
    /// for each parameter.
    fn fits(&self, range: &Range<'_>) -> Option<usize> {
        if range.media_type.essence == "*/*" {
            return Some(0);
        }
        let ((kind, subtype), (range_kind, range_subtype)) = (self.halves(), range.media_type.halves());
        if !kind.eq_ignore_ascii_case(range_kind) {
            return None;
        }
        if range_subtype == "*" {
            return Some(1);
        }
        if !subtype.eq_ignore_ascii_case(range_subtype) {
            return None;
        }
        let mut closeness = 2;
        for parameter in Parameters(range.media_type.parameters).map_while(Result::ok).take(range.parameters) {
            if !self.parameter(parameter.name)?.eq_ignore_ascii_case(&parameter.value()) {
                return None;
            }
            closeness += 1;
        }
        Some(closeness)
    }
}

/// One element of an `Accept`.
struct Range<'a> {
    media_type: MediaType<'a>,
    /// How many of its parameters are the type's: those before `q`.
    parameters: usize,
    quality: u16,
}

impl<'a> Range<'a> {
    fn parse(element: &'a str) -> Option<Self> {
        let media_type = MediaType::parse_loosely(element)?;
        let (parameters, quality) = quality(media_type.parameters)?;
        Some(Self { media_type, parameters, quality })
    }
}

/// How many parameters come before `q`, and what it says in thousandths; `None` where it says nothing that makes sense.
#[inline(never)]
fn quality(parameters: &str) -> Option<(usize, u16)> {
    let mut before = 0;
    for parameter in Parameters(parameters) {
        match parameter {
            Ok(parameter) if parameter.name.eq_ignore_ascii_case("q") => {
                return Some((before, thousandths(parameter.raw)?));
            }
            Ok(_) => before += 1,
            Err(Malformed) => return None,
        }
    }
    Some((before, 1000))
}

/// A weight (RFC 9110, 12.4.2): `0`, `0.5`, `1.000`.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = match whole {
        "0" => 0,
        "1" => 1000,
        _ => return None,
    };
    let mut unit = 100;
    let mut sum = whole;
    for digit in fraction.bytes() {
        if !digit.is_ascii_digit() || unit == 0 {
            return None;
        }
        sum += u16::from(digit - b'0') * unit;
        unit /= 10;
    }
    (sum <= 1000).then_some(sum)
}

/// What a client says of what it takes: the values of its `Accept`.
pub(crate) struct Wishes<'a>(Vec<Range<'a>>);

impl<'a> Wishes<'a> {
    /// Elements that are malformed are passed over.
    #[inline(never)]
    pub(crate) fn new(values: &mut dyn Iterator<Item = &'a str>) -> Self {
        Self(values.flat_map(Elements).filter_map(Range::parse).collect())
    }

    /// How much a type is wanted, in thousandths; 0 where it is not. Who does not say what it takes, takes everything.
    #[inline(never)]
    pub(crate) fn quality(&self, offer: &str) -> u16 {
        if self.0.is_empty() {
            return 1000;
        }
        let mut best = (0, 0);
        for range in &self.0 {
            let closeness = match MediaType::parse_loosely(offer) {
                Some(offer) => offer.fits(range),
                None => word_fits(offer, range),
            };
            if let Some(closeness) = closeness
                && closeness + 1 > best.0
            {
                best = (closeness + 1, range.quality);
            }
        }
        best.1
    }
}

/// A word for types, as `json` is for `application/json` and everything that ends with `+json`, and `text` for `text/…`.
fn word_fits(word: &str, range: &Range<'_>) -> Option<usize> {
    let range = &range.media_type;
    if range.essence == "*/*" {
        return Some(0);
    }
    let is_suffix = range.suffix().is_some_and(|suffix| suffix.eq_ignore_ascii_case(word));
    if range.subtype().eq_ignore_ascii_case(word) || range.kind().eq_ignore_ascii_case(word) || is_suffix {
        return Some(2);
    }
    let is_kind = range.subtype() == "*" && range.kind().eq_ignore_ascii_case(kind_of(word));
    is_kind.then_some(1)
}

fn kind_of(word: &str) -> &str {
    match word {
        "html" | "plain" | "css" | "csv" | "markdown" => "text",
        "png" | "jpeg" | "gif" | "webp" | "avif" | "svg" => "image",
        _ => "application",
    }
}

/// The language of these that is wanted most; the first of them where several are (RFC 4647, 3.4: `de` will do for who
/// asks for `de-AT`, and the other way round).
pub(crate) fn preferred_language<'o>(accept: &mut dyn Iterator<Item = &str>, offers: &[&'o str]) -> Option<&'o str> {
    let mut ranges = Vec::new();
    for element in accept.flat_map(Elements) {
        let end = element.bytes().position(|byte| byte == b';').unwrap_or(element.len());
        let (range, parameters) = element.split_at_checked(end)?;
        if let Some((_, quality)) = quality(parameters) {
            ranges.push((trim(range), quality));
        }
    }
    if ranges.is_empty() {
        return offers.first().copied();
    }
    best(offers, |offer| {
        let mut best = (0, 0);
        for (range, quality) in &ranges {
            let closeness = language_closeness(range, offer);
            if closeness > best.0 {
                best = (closeness, *quality);
            }
        }
        best.1
    })
}

/// 0 where they have nothing to do with each other.
fn language_closeness(range: &str, offer: &str) -> usize {
    let begins_with = |long: &str, short: &str| {
        long.as_bytes().get(..short.len()).is_some_and(|start| start.eq_ignore_ascii_case(short.as_bytes()))
            && matches!(long.as_bytes().get(short.len()), None | Some(b'-'))
    };
    if range == "*" {
        1
    } else if begins_with(offer, range) {
        1000 + range.len()
    } else if begins_with(range, offer) {
        2
    } else {
        0
    }
}

/// The first of those offers that are wanted most.
pub(crate) fn best<'o>(offers: &[&'o str], quality: impl Fn(&str) -> u16) -> Option<&'o str> {
    let mut best = (0, None);
    for offer in offers {
        let quality = quality(offer);
        if quality > best.0 {
            best = (quality, Some(*offer));
        }
    }
    best.1
}

#[cfg(test)]
#[path = "media_type_tests.rs"]
mod tests;
