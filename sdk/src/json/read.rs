//! Reads JSON (RFC 8259), and knows where it stands.

use std::borrow::Cow;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::mismatch::Mismatch;
use crate::problem::Problem;

/// How deep lists and objects may be nested. A level costs stack, and the stack of a component is small.
const MOST_LEVELS: u8 = 128;

/// A JSON text that is being read.
pub(crate) struct Reader<'de> {
    /// The text, which is known to be UTF-8.
    text: &'de str,
    offset: usize,
    /// Where the last value begins: what is wrong is said to be there.
    value: usize,
    levels: u8,
}

/// What is said about a text that is not the JSON that was asked for.
#[inline(never)]
pub(crate) fn problem(bytes: &[u8], mismatch: Mismatch) -> Problem {
    let before = bytes
        .get(..mismatch.offset.unwrap_or_default())
        .unwrap_or(bytes);
    let line_start = match before.iter().rposition(|byte| *byte == b'\n') {
        Some(newline) => newline + 1,
        None => 0,
    };
    // Of a character, only the first byte counts.
    let is_first = |byte: &&u8| **byte & 0xc0 != 0x80;
    let column = before.iter().skip(line_start).filter(is_first).count() as u64 + 1;
    let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let mut detail = String::from("the body is not the JSON expected here: ");
    if !mismatch.place.is_empty() {
        detail.push('`');
        detail.push_str(&mismatch.place);
        detail.push_str("`: ");
    }
    detail.push_str(&mismatch.message);
    let problem = Problem::bad_request(detail)
        .with("line", &line)
        .with("column", &column);
    if mismatch.place.is_empty() {
        problem
    } else {
        problem.with("pointer", &mismatch.place)
    }
}

impl<'de> Reader<'de> {
    pub(crate) fn new(bytes: &'de [u8]) -> Result<Self, Mismatch> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                text,
                offset: 0,
                value: 0,
                levels: 0,
            }),
            Err(error) => Err(Mismatch {
                offset: Some(error.valid_up_to()),
                ..Mismatch::new("it is not UTF-8".to_owned())
            }),
        }
    }

    /// The value, if nothing comes after it; or what is wrong with it, and where.
    pub(crate) fn finish<T>(mut self, value: Result<T, Mismatch>) -> Result<T, Mismatch> {
        let value = value.and_then(|value| match self.peek() {
            None => Ok(value),
            Some(_) => Err(self.wrong("it goes on after its end")),
        });
        value.map_err(|mut mismatch| {
            mismatch.offset.get_or_insert(self.value);
            mismatch
        })
    }

    fn bytes(&self) -> &'de [u8] {
        self.text.as_bytes()
    }

    /// What is wrong here.
    #[inline(never)]
    fn wrong(&self, message: &str) -> Mismatch {
        let message = match self.bytes().get(self.offset) {
            Some(_) => message,
            None => "it ends too early",
        };
        Mismatch {
            offset: Some(self.offset),
            ..Mismatch::new(message.to_owned())
        }
    }

    /// The next byte that is not space.
    #[inline(never)]
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.bytes().get(self.offset)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.offset += 1;
        }
    }

    /// The first byte of a value; the value begins here.
    fn begin(&mut self) -> u8 {
        let byte = self.peek().unwrap_or_default();
        self.value = self.offset;
        byte
    }

    fn take(&mut self, expected: u8) -> bool {
        let is_there = self.peek() == Some(expected);
        self.offset += usize::from(is_there);
        is_there
    }

    #[inline(never)]
    fn word(&mut self, word: &str) -> Result<(), Mismatch> {
        for byte in word.bytes() {
            if self.bytes().get(self.offset) != Some(&byte) {
                return Err(self.wrong("a value was expected"));
            }
            self.offset += 1;
        }
        Ok(())
    }

    /// A string, borrowed where nothing in it is escaped.
    #[inline(never)]
    fn string(&mut self) -> Result<Cow<'de, str>, Mismatch> {
        if !self.take(b'"') {
            return Err(self.wrong("a string was expected"));
        }
        let mut unescaped: Option<String> = None;
        let mut start = self.offset;
        loop {
            let byte = self.bytes().get(self.offset).copied();
            // Quotes, backslashes and controls are bytes of their own in UTF-8, so a piece between two is text.
            let piece = self.text.get(start..self.offset).unwrap_or_default();
            match byte {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(match unescaped {
                        None => Cow::Borrowed(piece),
                        Some(mut text) => {
                            text.push_str(piece);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let text = unescaped.get_or_insert_default();
                    text.push_str(piece);
                    self.offset += 1;
                    let character = self.escape()?;
                    text.push(character);
                    start = self.offset;
                }
                Some(0x20..) => self.offset += 1,
                _ => return Err(self.wrong("a control character in a string has to be escaped")),
            }
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<char, Mismatch> {
        let Some(byte) = self.bytes().get(self.offset) else {
            return Err(self.wrong(""));
        };
        let character = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.offset += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.wrong("there is no such escape")),
        };
        self.offset += 1;
        Ok(character)
    }

    /// Four digits, or two times four where a character needs them (a surrogate pair).
    fn unicode_escape(&mut self) -> Result<char, Mismatch> {
        let first = self.four_digits()?;
        let code = if let 0xd800..0xdc00 = first {
            let has_second = self.bytes().get(self.offset..self.offset + 2) == Some(b"\\u");
            if !has_second {
                return Err(self.wrong("half a surrogate pair"));
            }
            self.offset += 2;
            let second = self.four_digits()?;
            if !matches!(second, 0xdc00..0xe000) {
                return Err(self.wrong("half a surrogate pair"));
            }
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.wrong("half a surrogate pair"))
    }

    fn four_digits(&mut self) -> Result<u32, Mismatch> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = match self.bytes().get(self.offset) {
                Some(byte) => char::from(*byte).to_digit(16),
                None => None,
            };
            let Some(digit) = digit else {
                return Err(self.wrong("four hexadecimal digits were expected"));
            };
            code = code * 16 + digit;
            self.offset += 1;
        }
        Ok(code)
    }

    /// The text of a number, and whether it has neither a fraction nor an exponent.
    #[inline(never)]
    fn number(&mut self) -> Result<(&'de str, bool), Mismatch> {
        let start = self.offset;
        let mut is_integer = true;
        self.skip(b"-");
        if !self.skip(b"0") {
            self.digits()?;
        } else if matches!(self.bytes().get(self.offset), Some(b'0'..=b'9')) {
            return Err(self.wrong("a number does not begin with a zero"));
        }
        if self.skip(b".") {
            is_integer = false;
            self.digits()?;
        }
        if self.skip(b"eE") {
            is_integer = false;
            self.skip(b"+-");
            self.digits()?;
        }
        Ok((
            self.text.get(start..self.offset).unwrap_or_default(),
            is_integer,
        ))
    }

    fn skip(&mut self, any_of: &[u8]) -> bool {
        let is_there = match self.bytes().get(self.offset) {
            Some(byte) => any_of.contains(byte),
            None => false,
        };
        self.offset += usize::from(is_there);
        is_there
    }

    #[inline(never)]
    fn digits(&mut self) -> Result<(), Mismatch> {
        let start = self.offset;
        while self.skip(b"0123456789") {}
        if self.offset == start {
            return Err(self.wrong("a digit was expected"));
        }
        Ok(())
    }

    /// An integer as the narrowest of the two types that holds it; `None` where it is none, or is too large.
    fn integer(text: &str) -> Option<Integer> {
        match text.parse() {
            Ok(number) => Some(Integer::Unsigned(number)),
            Err(_) => text.parse().ok().map(Integer::Signed),
        }
    }

    /// A value that is a number, for a type that holds integers only.
    fn visit_integer<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'-' | b'0'..=b'9' => {}
            _ => return Err(self.not(&visitor)),
        }
        let (text, is_integer) = self.number()?;
        match Self::integer(text) {
            Some(Integer::Unsigned(number)) => visitor.visit_u64(number),
            Some(Integer::Signed(number)) => visitor.visit_i64(number),
            None if is_integer => Err(Mismatch::invalid_type(Unexpected::Signed(0), &visitor)),
            None => Err(Mismatch::invalid_type(Unexpected::Float(0.0), &visitor)),
        }
    }

    fn float(&mut self) -> Result<f64, Mismatch> {
        let (text, _) = self.number()?;
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(Mismatch::new("the number is too large".to_owned())),
        }
    }

    /// What is said of the value that begins here, where another was expected. What it is can be seen from its first byte.
    fn not(&mut self, expected: &dyn serde::de::Expected) -> Mismatch {
        let found = match self.peek() {
            Some(b'"') => Unexpected::Str(""),
            Some(b'[') => Unexpected::Seq,
            Some(b'{') => Unexpected::Map,
            Some(b't' | b'f') => Unexpected::Bool(true),
            Some(b'n') => Unexpected::Unit,
            Some(b'-' | b'0'..=b'9') => Unexpected::Other("a number"),
            _ => return self.wrong("a value was expected"),
        };
        Mismatch::invalid_type(found, expected)
    }

    #[inline(never)]
    fn enter(&mut self) -> Result<(), Mismatch> {
        if self.levels == MOST_LEVELS {
            return Err(self.wrong("it is nested too deep"));
        }
        self.levels += 1;
        self.offset += 1;
        Ok(())
    }

    #[inline(never)]
    fn leave(&mut self, end: u8) -> Result<(), Mismatch> {
        if !self.take(end) {
            return Err(self.wrong("a comma or the end was expected"));
        }
        self.levels -= 1;
        Ok(())
    }

    fn visit_list<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Mismatch> {
        self.enter()?;
        let value = visitor.visit_seq(List {
            reader: self,
            position: 0,
        })?;
        self.leave(b']')?;
        Ok(value)
    }

    fn visit_object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Mismatch> {
        self.enter()?;
        let value = visitor.visit_map(Object {
            reader: self,
            is_first: true,
            key: 0,
        })?;
        self.leave(b'}')?;
        Ok(value)
    }

    fn visit_string<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.string()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    /// Passes over a value.
    #[inline(never)]
    fn ignore(&mut self) -> Result<(), Mismatch> {
        match self.begin() {
            b'"' => self.string().map(drop),
            b'-' | b'0'..=b'9' => self.number().map(drop),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            b'[' => {
                self.enter()?;
                let mut is_first = true;
                while self.has_next(b']', is_first)? {
                    is_first = false;
                    self.ignore()?;
                }
                self.leave(b']')
            }
            b'{' => {
                self.enter()?;
                let mut is_first = true;
                while self.has_next(b'}', is_first)? {
                    is_first = false;
                    self.string()?;
                    self.colon()?;
                    self.ignore()?;
                }
                self.leave(b'}')
            }
            _ => Err(self.wrong("a value was expected")),
        }
    }

    /// Whether a list or an object goes on; its comma is taken.
    #[inline(never)]
    fn has_next(&mut self, end: u8, is_first: bool) -> Result<bool, Mismatch> {
        if self.peek() == Some(end) {
            return Ok(false);
        }
        if is_first {
            return Ok(true);
        }
        if !self.take(b',') {
            return Err(self.wrong("a comma or the end was expected"));
        }
        if self.peek() == Some(end) {
            return Err(self.wrong("there is nothing after the last comma"));
        }
        Ok(true)
    }

    fn colon(&mut self) -> Result<(), Mismatch> {
        if !self.take(b':') {
            return Err(self.wrong("a colon was expected"));
        }
        Ok(())
    }
}

enum Integer {
    Unsigned(u64),
    Signed(i64),
}

macro_rules! as_integer {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            self.visit_integer(visitor)
        }
    )*};
}

macro_rules! as_wide_integer {
    ($($method:ident $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            if !matches!(self.begin(), b'-' | b'0'..=b'9') {
                return Err(self.not(&visitor));
            }
            match self.number()?.0.parse() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(Mismatch::invalid_type(Unexpected::Other("another number"), &visitor)),
            }
        }
    )*};
}

macro_rules! as_string {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            match self.begin() {
                b'"' => self.visit_string(visitor),
                _ => Err(self.not(&visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'"' => self.visit_string(visitor),
            b'[' => self.visit_list(visitor),
            b'{' => self.visit_object(visitor),
            b't' | b'f' => self.deserialize_bool(visitor),
            b'n' => self.deserialize_unit(visitor),
            b'-' | b'0'..=b'9' => {
                let start = self.offset;
                let (text, is_integer) = self.number()?;
                let integer = Reader::integer(text).filter(|_| is_integer && text != "-0");
                match integer {
                    Some(Integer::Unsigned(number)) => visitor.visit_u64(number),
                    Some(Integer::Signed(number)) => visitor.visit_i64(number),
                    None => {
                        self.offset = start;
                        let number = self.float()?;
                        visitor.visit_f64(number)
                    }
                }
            }
            _ => Err(self.wrong("a value was expected")),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b't' => {
                self.word("true")?;
                visitor.visit_bool(true)
            }
            b'f' => {
                self.word("false")?;
                visitor.visit_bool(false)
            }
            _ => Err(self.not(&visitor)),
        }
    }

    as_integer! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    as_wide_integer! {
        deserialize_i128 visit_i128;
        deserialize_u128 visit_u128;
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'-' | b'0'..=b'9' => {
                let number = self.float()?;
                visitor.visit_f64(number)
            }
            _ => Err(self.not(&visitor)),
        }
    }

    as_string! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'n' => {
                self.word("null")?;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'n' => {
                self.word("null")?;
                visitor.visit_unit()
            }
            _ => Err(self.not(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'[' => self.visit_list(visitor),
            _ => Err(self.not(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'{' => self.visit_object(visitor),
            _ => Err(self.not(&visitor)),
        }
    }

    /// An object, and nothing else: `serde_json` would also take a list of the fields in their order, which no client
    /// means.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.begin() {
            b'"' => {
                let name = self.string()?;
                visitor.visit_enum(name.as_ref().into_deserializer())
            }
            b'{' => {
                self.enter()?;
                if self.peek() != Some(b'"') {
                    return Err(self.wrong("a string was expected"));
                }
                let value = visitor.visit_enum(Variant(&mut *self))?;
                self.leave(b'}')?;
                Ok(value)
            }
            _ => Err(self.not(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.ignore()?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf }
}

/// The items of a list.
struct List<'r, 'de> {
    reader: &'r mut Reader<'de>,
    position: u64,
}

impl<'de> SeqAccess<'de> for List<'_, 'de> {
    type Error = Mismatch;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Mismatch> {
        if !self.reader.has_next(b']', self.position == 0)? {
            return Ok(None);
        }
        self.position += 1;
        match seed.deserialize(&mut *self.reader) {
            Ok(value) => Ok(Some(value)),
            Err(mismatch) => {
                let mut position = super::Writer::new();
                position.value(&(self.position - 1));
                Err(self.reader.inside(mismatch, &position.into_bytes()))
            }
        }
    }
}

/// The fields of an object.
struct Object<'r, 'de> {
    reader: &'r mut Reader<'de>,
    is_first: bool,
    /// Where the last key is.
    key: usize,
}

impl<'de> MapAccess<'de> for Object<'_, 'de> {
    type Error = Mismatch;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mismatch> {
        if !self.reader.has_next(b'}', self.is_first)? {
            return Ok(None);
        }
        self.is_first = false;
        self.key = self.reader.offset;
        if self.reader.begin() != b'"' {
            return Err(self.reader.wrong("a string was expected"));
        }
        seed.deserialize(Name(self.reader)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Mismatch> {
        self.reader.colon()?;
        match seed.deserialize(&mut *self.reader) {
            Ok(value) => Ok(value),
            Err(mismatch) => Err(self.reader.inside_key(mismatch, self.key)),
        }
    }
}

impl Reader<'_> {
    /// A mismatch inside the field whose key is there.
    #[inline(never)]
    fn inside_key(&mut self, mismatch: Mismatch, key: usize) -> Mismatch {
        let offset = std::mem::replace(&mut self.offset, key);
        let key = self.string();
        self.offset = offset;
        match key {
            Ok(key) => self.inside(mismatch, key.as_bytes()),
            Err(_) => mismatch,
        }
    }

    /// A mismatch inside an item or a field: its place gets longer at the front (a JSON pointer, RFC 6901).
    #[inline(never)]
    fn inside(&self, mut mismatch: Mismatch, step: &[u8]) -> Mismatch {
        mismatch.offset.get_or_insert(self.value);
        let mut place = vec![b'/'];
        for byte in step {
            match byte {
                b'~' => place.extend_from_slice(b"~0"),
                b'/' => place.extend_from_slice(b"~1"),
                _ => place.push(*byte),
            }
        }
        place.extend_from_slice(mismatch.place.as_bytes());
        mismatch.place = String::from_utf8(place).unwrap_or_default();
        mismatch
    }
}

/// The key of a field. A map may want a number where JSON has only strings.
struct Name<'r, 'de>(&'r mut Reader<'de>);

macro_rules! key_as_parsed {
    ($($method:ident $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
            let key = self.0.string()?;
            match key.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Mismatch::invalid_type(Unexpected::Str(""), &visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Name<'_, 'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        self.0.visit_string(visitor)
    }

    key_as_parsed! {
        deserialize_bool visit_bool;
        deserialize_i8 visit_i8;
        deserialize_i16 visit_i16;
        deserialize_i32 visit_i32;
        deserialize_i64 visit_i64;
        deserialize_i128 visit_i128;
        deserialize_u8 visit_u8;
        deserialize_u16 visit_u16;
        deserialize_u32 visit_u32;
        deserialize_u64 visit_u64;
        deserialize_u128 visit_u128;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        let name = self.0.string()?;
        visitor.visit_enum(name.as_ref().into_deserializer())
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// A variant that carries something: an object with one field.
struct Variant<'r, 'de>(&'r mut Reader<'de>);

impl<'r, 'de> EnumAccess<'de> for Variant<'r, 'de> {
    type Error = Mismatch;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), Mismatch> {
        let variant = seed.deserialize(Name(&mut *self.0))?;
        self.0.colon()?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Mismatch;

    fn unit_variant(self) -> Result<(), Mismatch> {
        serde::Deserialize::deserialize(self.0)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Mismatch> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Mismatch> {
        self.0.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        self.0.deserialize_map(visitor)
    }
}
