//! JSON as clients send filters in it. Nothing is lost on the way: a member that is there twice is there twice, and a
//! number is what was written.

#[cfg(feature = "serde")]
mod serde;

/// How long a text may be.
pub(crate) const MAX_LENGTH: usize = 64 * 1024;
/// How deep it may go.
pub(crate) const MAX_DEPTH: usize = 32;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// As it was written.
    Number(String),
    /// As something else has read it.
    #[cfg(feature = "serde")]
    Float(f64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            #[cfg(feature = "serde")]
            Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// What is wrong, and where: bytes from the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) position: usize,
    pub(crate) what: &'static str,
}

/// Reads a text. It is the caller who sees to [`MAX_LENGTH`].
pub(crate) fn parse(text: &str) -> Result<Json, Wrong> {
    let mut reader = Reader { text, position: 0 };
    let value = reader.value(MAX_DEPTH)?;
    reader.space();
    match reader.peek() {
        None => Ok(value),
        Some(_) => reader.wrong("the text goes on after the value"),
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Always at the boundary of a character.
    position: usize,
}

impl Reader<'_> {
    fn wrong<T>(&self, what: &'static str) -> Result<T, Wrong> {
        Err(Wrong { position: self.position, what })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.position += usize::from(is_next);
        is_next
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.position += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, Wrong> {
        self.space();
        match self.peek() {
            Some(b'{' | b'[') if depth == 0 => self.wrong("this goes too deep"),
            Some(b'{') => self.object(depth - 1),
            Some(b'[') => self.list(depth - 1),
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                let rest = self.text.get(self.position..).unwrap_or_default();
                for (word, value) in [("null", Json::Null), ("true", Json::Bool(true)), ("false", Json::Bool(false))] {
                    if rest.starts_with(word) {
                        self.position += word.len();
                        return Ok(value);
                    }
                }
                self.wrong("a value is missing here")
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, Wrong> {
        self.position += 1;
        let mut members = Vec::new();
        self.space();
        if self.take(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return self.wrong("the name of a member is missing here, in double quotes");
            }
            let name = self.string()?;
            self.space();
            if !self.take(b':') {
                return self.wrong("a `:` is missing here");
            }
            members.push((name, self.value(depth)?));
            self.space();
            if self.take(b'}') {
                return Ok(Json::Object(members));
            }
            if !self.take(b',') {
                return self.wrong("a `,` or `}` is missing here");
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, Wrong> {
        self.position += 1;
        let mut items = Vec::new();
        self.space();
        if self.take(b']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.space();
            if self.take(b']') {
                return Ok(Json::List(items));
            }
            if !self.take(b',') {
                return self.wrong("a `,` or `]` is missing here");
            }
        }
    }

    fn digits(&mut self) -> Result<(), Wrong> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.wrong("a digit is missing here");
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.position += 1;
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Json, Wrong> {
        let start = self.position;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        } else if matches!(self.peek(), Some(b'0'..=b'9')) {
            return self.wrong("a number does not begin with 0");
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(Json::Number(self.text.get(start..self.position).unwrap_or_default().to_owned()))
    }

    fn string(&mut self) -> Result<String, Wrong> {
        self.position += 1;
        let mut string = String::new();
        loop {
            let rest = self.text.get(self.position..).unwrap_or_default();
            let plain = rest.bytes().take_while(|&byte| byte != b'"' && byte != b'\\' && byte >= b' ').count();
            string.push_str(rest.get(..plain).unwrap_or_default());
            self.position += plain;
            match self.peek() {
                Some(b'"') => {
                    self.position += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                Some(_) => return self.wrong("a control character has to be escaped"),
                None => return self.wrong("the text ends within a string"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        self.position += 1;
        let character = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.wrong("no such escape"),
        };
        self.position += 1;
        Ok(character)
    }

    fn unicode(&mut self) -> Result<char, Wrong> {
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff => {
                if !self.take(b'\\') || self.peek() != Some(b'u') {
                    return self.wrong("the second half of a surrogate pair is missing here");
                }
                let second = self.hex()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return self.wrong("the second half of a surrogate pair is missing here");
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            code => code,
        };
        match char::from_u32(code) {
            Some(character) => Ok(character),
            None => self.wrong("half of a surrogate pair"),
        }
    }

    /// `u` and four digits.
    fn hex(&mut self) -> Result<u32, Wrong> {
        self.position += 1;
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return self.wrong("four hexadecimal digits are missing here");
            };
            code = code * 16 + digit;
            self.position += 1;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(value: &serde_json::Value) -> Json {
        match value {
            serde_json::Value::Null => Json::Null,
            serde_json::Value::Bool(value) => Json::Bool(*value),
            serde_json::Value::Number(number) => Json::Number(number.to_string()),
            serde_json::Value::String(text) => Json::Text(text.clone()),
            serde_json::Value::Array(items) => Json::List(items.iter().map(of).collect()),
            serde_json::Value::Object(members) => {
                Json::Object(members.iter().map(|(name, value)| (name.clone(), of(value))).collect())
            }
        }
    }

    fn documents() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn documents_are_what_serde_json_says(document in documents(), is_pretty: bool) {
            let text = if is_pretty { serde_json::to_string_pretty(&document) } else { serde_json::to_string(&document) };
            prop_assert_eq!(parse(&text.unwrap()), Ok(of(&document)));
        }

        #[test]
        fn what_serde_json_refuses_is_refused(text in r#"[\[\]{}",:\\u0-9a-fE+.\- \ntrulsd]{0,24}"#) {
            // serde_json refuses numbers that it cannot represent, too.
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            let is_number_out_of_range = theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range"));
            prop_assert_eq!(parse(&text).is_ok(), theirs.is_ok() || is_number_out_of_range, "{}", text);
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn members_and_numbers_are_kept_as_they_are() {
        let twice = Json::Object(vec![("a".into(), Json::Number("1e400".into())), ("a".into(), Json::Null)]);
        assert_eq!(parse(r#"{"a": 1e400, "a": null}"#), Ok(twice));
        assert_eq!(parse(r#""\ud83d\ude00""#), Ok(Json::Text("😀".into())));
        assert_eq!(
            parse(r#""\ud83d""#),
            Err(Wrong { position: 7, what: "the second half of a surrogate pair is missing here" })
        );
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        assert_eq!(parse(&nested(100_000)), Err(Wrong { position: MAX_DEPTH, what: "this goes too deep" }));
    }
}
