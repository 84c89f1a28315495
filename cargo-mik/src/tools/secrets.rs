//! What has a secret for a value: headers and parameters, by their names. Where one is shown or written down, its value is not.

/// What such names have in them, in lower case.
const MARKS: [&str; 10] =
    ["authorization", "cookie", "token", "secret", "password", "passwd", "api-key", "api_key", "apikey", "credential"];

/// Whether what has this name has a secret for a value. That more names are taken for such than are is meant: nobody is harmed
/// by a value that is missing from a page.
pub fn has_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    MARKS.iter().any(|mark| name.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_is_secret() {
        for name in [
            "Authorization",
            "proxy-authorization",
            "Cookie",
            "set-cookie",
            "X-Api-Key",
            "x-csrf-token",
            "access_token",
        ] {
            assert!(has_secret(name), "{name}");
        }
        for name in ["content-type", "accept", "host", "x-request-id", "q"] {
            assert!(!has_secret(name), "{name}");
        }
    }
}
