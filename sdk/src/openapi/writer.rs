//! JSON, written while the handler is compiled.

/// Writes into a buffer. What does not fit is counted and not written.
pub(super) struct Writer<'b> {
    buffer: &'b mut [u8],
    pub(super) len: usize,
}

impl<'b> Writer<'b> {
    pub(super) const fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, len: 0 }
    }

    /// JSON as it is.
    pub(super) const fn raw(&mut self, json: &str) {
        self.bytes(json.as_bytes());
    }

    const fn bytes(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        if end <= self.buffer.len() {
            // Byte by byte: to the compiler that is less work than to cut the buffer first.
            let mut position = 0;
            while position < bytes.len() {
                self.buffer[self.len + position] = bytes[position];
                position += 1;
            }
        }
        self.len = end;
    }

    /// A string, with its quotes.
    pub(super) const fn string(&mut self, text: &str) {
        self.raw("\"");
        self.escaped(text);
        self.raw("\"");
    }

    /// What stands between the quotes of a string.
    pub(super) const fn escaped(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut begin = 0;
        let mut end = 0;
        while end < bytes.len() {
            let byte = bytes[end];
            if byte < b' ' || byte == b'"' || byte == b'\\' {
                self.bytes(bytes.split_at(end).0.split_at(begin).1);
                match byte {
                    b'"' => self.raw("\\\""),
                    b'\\' => self.raw("\\\\"),
                    b'\n' => self.raw("\\n"),
                    b'\r' => self.raw("\\r"),
                    b'\t' => self.raw("\\t"),
                    control => {
                        self.raw("\\u00");
                        self.bytes(&hexadecimal(control));
                    }
                }
                begin = end + 1;
            }
            end += 1;
        }
        self.bytes(bytes.split_at(begin).1);
    }

    /// The name of a component: what the specification does not allow in one is told by its bytes.
    pub(super) const fn component(&mut self, name: &str) {
        let bytes = name.as_bytes();
        let mut position = 0;
        while position < bytes.len() {
            let byte = bytes[position];
            if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.') {
                self.bytes(&[byte]);
            } else {
                self.bytes(b"_");
                self.bytes(&hexadecimal(byte));
            }
            position += 1;
        }
    }

    pub(super) const fn number(&mut self, number: usize) {
        if number >= 10 {
            self.number(number / 10);
        }
        self.bytes(&[b'0' + (number % 10) as u8]);
    }

    /// What goes before a member or an item: a comma, unless it is the first.
    pub(super) const fn separate(&mut self, is_first: &mut bool) {
        if !*is_first {
            self.raw(",");
        }
        *is_first = false;
    }

    /// What goes before a member's value.
    pub(super) const fn key(&mut self, is_first: &mut bool, key: &str) {
        self.separate(is_first);
        self.string(key);
        self.raw(":");
    }
}

const fn hexadecimal(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    [DIGITS[(byte >> 4) as usize], DIGITS[(byte & 15) as usize]]
}

/// Whether two texts are the same: `==` is no constant function.
pub(super) const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut position = 0;
    while position < one.len() {
        if one[position] != other[position] {
            return false;
        }
        position += 1;
    }
    true
}

/// A message with names in it, for a panic while the handler is compiled.
pub(super) struct Message {
    bytes: [u8; 512],
    len: usize,
}

impl Message {
    /// The parts, one after the other; what is beyond the bound is cut off.
    pub(super) const fn new(parts: &[&str]) -> Self {
        let mut message = Self { bytes: [0; 512], len: 0 };
        let mut part = 0;
        while part < parts.len() {
            let text = parts[part].as_bytes();
            let mut position = 0;
            while position < text.len() && message.len < message.bytes.len() {
                message.bytes[message.len] = text[position];
                message.len += 1;
                position += 1;
            }
            part += 1;
        }
        message
    }

    pub(super) const fn text(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.len).0) {
            Ok(text) => text,
            Err(_) => "a name is too long",
        }
    }
}
