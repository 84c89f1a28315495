//! Cookies that come back only as they were made (HMAC, RFC 2104, with SHA-256).

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{Cookie, Cookies, Problem};

/// How many bytes a tag has.
const TAG: usize = 32;

/// The key that cookies are signed with.
///
/// ```
/// use mik_sdk::SigningKey;
///
/// let key = SigningKey::new("at least 32 bytes that nobody else knows")?;
/// assert!(SigningKey::new("too short").is_err());
/// # Ok::<(), mik_sdk::Problem>(())
/// ```
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

impl SigningKey {
    /// A key from at least 32 bytes, made by a random generator and told to nobody: from the handler's environment, as in
    /// `SigningKey::new(env::require("SESSION_KEY")?)?`.
    ///
    /// # Errors
    ///
    /// A 500 where there are fewer bytes.
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Self, Problem> {
        let secret = secret.as_ref();
        match Hmac::new_from_slice(secret) {
            Ok(hmac) if secret.len() >= TAG => Ok(Self(hmac)),
            _ => Err(Problem::internal("the key that cookies are signed with has fewer than 32 bytes")),
        }
    }

    /// Of the name, too: what was signed as one cookie is worth nothing as another.
    fn of(&self, name: &str, value: &str) -> Hmac<Sha256> {
        let mut hmac = self.0.clone();
        // No name has an equals sign, so no other name and value make the same text. What else the key may sign begins
        // with something else.
        for piece in ["cookie:", name, "=", value] {
            hmac.update(piece.as_bytes());
        }
        hmac
    }

    fn sign(&self, name: &str, value: &str) -> String {
        let tag = self.of(name, value).finalize().into_bytes();
        let mut text = String::with_capacity(value.len() + 1 + 2 * TAG);
        text.push_str(value);
        text.push('.');
        for byte in tag {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(digit.into(), 16).unwrap_or_default());
            }
        }
        text
    }

    fn verify<'v>(&self, name: &str, signed: &'v str) -> Option<&'v str> {
        let (value, tag) = signed.rsplit_once('.')?;
        let mut bytes = [0; TAG];
        let (pairs, rest) = tag.as_bytes().as_chunks::<2>();
        if pairs.len() != TAG || !rest.is_empty() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            for digit in pair {
                *byte = *byte << 4
                    | match digit {
                        b'0'..=b'9' => digit - b'0',
                        b'a'..=b'f' => digit - b'a' + 10,
                        _ => return None,
                    };
            }
        }
        // In a time that does not depend on where they differ.
        self.of(name, value).verify_slice(&bytes).ok().map(|()| value)
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SigningKey")
    }
}

impl Cookie {
    /// A cookie whose value [`Cookies::signed`] gives back only if it is exactly this one: everybody can read it, nobody
    /// else can make one. It stays valid as long as the key does: what shall end sooner says so in its value.
    ///
    /// ```
    /// use mik_sdk::prelude::*;
    /// use mik_sdk::{SigningKey, testing};
    ///
    /// let key = SigningKey::new("at least 32 bytes that nobody else knows")?;
    /// let response = ok!().with_cookie(Cookie::signed("user", "Ada", &key));
    ///
    /// let cookie = response.header("set-cookie").unwrap().split(';').next().unwrap();
    /// let request = Request::new(Method::GET, "/").with_header("cookie", cookie);
    /// assert_eq!(request.cookies().signed("user", &key).as_deref(), Some("Ada"));
    ///
    /// let forged = Request::new(Method::GET, "/").with_header("cookie", cookie.replace("Ada", "Eve"));
    /// assert_eq!(forged.cookies().signed("user", &key), None);
    /// # Ok::<(), Problem>(())
    /// ```
    pub fn signed(name: impl Into<String>, value: impl AsRef<str>, key: &SigningKey) -> Self {
        let name = name.into();
        let value = key.sign(&name, value.as_ref());
        Self::new(name, value)
    }
}

impl Cookies<'_> {
    /// The value of a cookie that [`Cookie::signed`] made with this key; `None` where there is none or it was changed. Of
    /// several with the name, the first that is signed: one that somebody put before it hides nothing.
    pub fn signed(&self, name: &str, key: &SigningKey) -> Option<String> {
        self.get_all(name).find_map(|signed| key.verify(name, &signed).map(str::to_owned))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test")]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::new([7; 32]).unwrap()
    }

    #[test]
    fn a_tag_is_the_one_that_everybody_computes() {
        // python3 -c "import hmac; print(hmac.new(b'\7' * 32, b'cookie:a=b', 'sha256').hexdigest())"
        let tag = "eb7c3cc6685526441cf191f203feba08c7e5be8b75fd46bb6d3e9e123439cf31";
        assert_eq!(key().sign("a", "b"), format!("b.{tag}"));
    }

    #[test]
    fn nothing_but_what_was_signed_is_taken() {
        let signed = key().sign("user", "a.b=c; ü");
        assert_eq!(key().verify("user", &signed), Some("a.b=c; ü"));
        assert_eq!(key().verify("admin", &signed), None);
        assert_eq!(SigningKey::new([8; 32]).unwrap().verify("user", &signed), None);
        assert_eq!(key().verify("user", &signed.to_uppercase()), None);
        for at in (0..signed.len()).filter(|at| signed.is_char_boundary(*at)) {
            let mut changed = signed.clone();
            let removed = changed.remove(at);
            assert_eq!(key().verify("user", &changed), None, "{changed}");
            changed.insert(at, if removed == 'a' { 'b' } else { 'a' });
            assert_eq!(key().verify("user", &changed), None, "{changed}");
        }
    }
}
