//! Which bytes are UTF-8 (RFC 3629 §3). `core::str::from_utf8` says the same, and is made for long texts: in a component it takes
//! more than everything else that is done with headers.

/// Whether these bytes are UTF-8.
pub(crate) fn is_utf8(bytes: &[u8]) -> bool {
    let mut bytes = bytes.iter();
    while let Some(&first) = bytes.next() {
        // How many bytes follow, and the first character that needs so many.
        let (following, lowest) = match first {
            0..0x80 => continue,
            0xc0..0xe0 => (1, 0x80),
            0xe0..0xf0 => (2, 0x800),
            0xf0..0xf8 => (3, 0x1_0000),
            _ => return false,
        };
        let mut code = u32::from(first) & (0x3f >> following);
        for _ in 0..following {
            match bytes.next() {
                Some(&byte @ 0x80..0xc0) => code = code << 6 | u32::from(byte & 0x3f),
                _ => return false,
            }
        }
        // No surrogate, and nothing beyond the last character.
        if code < lowest || char::from_u32(code).is_none() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::is_utf8;

    fn check(bytes: &[u8]) {
        assert_eq!(is_utf8(bytes), core::str::from_utf8(bytes).is_ok(), "{bytes:x?}");
    }

    #[test]
    fn it_says_what_core_says_of_up_to_three_bytes() {
        check(&[]);
        for number in 0..0x100_0000_u32 {
            let [_, bytes @ ..] = number.to_be_bytes();
            check(&bytes);
            if bytes[0] == 0 {
                check(&bytes[1..]);
                check(&bytes[2..]);
            }
        }
    }

    #[test]
    fn it_says_what_core_says_of_four_bytes() {
        let edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
        for (first, second) in (0..=255).flat_map(|first| (0..=255).map(move |second| (first, second))) {
            for (third, fourth) in edges.into_iter().flat_map(|third| edges.map(|fourth| (third, fourth))) {
                check(&[first, second, third, fourth]);
            }
        }
    }

    #[test]
    fn every_character_is_text_and_half_of_one_is_not() {
        let mut room = [0; 4];
        for character in '\0'..=char::MAX {
            let bytes = character.encode_utf8(&mut room).as_bytes();
            assert!(is_utf8(bytes), "{bytes:x?}");
            let (_, half) = bytes.split_last().unwrap();
            assert_eq!(is_utf8(half), half.is_empty(), "{half:x?}");
        }
    }
}
