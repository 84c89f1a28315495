//! Where components that were fetched are kept: in the cache, each by the digest of its bytes.

use std::path::{Path, PathBuf};

/// The directory of the components in the cache.
const COMPONENTS: &str = "components";

/// The directory beside `mik.lock` that `cargo mik vendor` fills. What lies there is not looked for in the cache.
pub const VENDOR: &str = "mik-vendor";

/// Where components are kept, given the cache's directory.
pub fn directory(cache: &Path) -> PathBuf {
    cache.join(COMPONENTS)
}

/// The name of the file with the bytes of a digest, `sha256:…`.
pub fn file_name(digest: &str) -> String {
    format!("{}.wasm", digest.replace(':', "-"))
}

/// The digest that a file of this name is for.
pub fn digest_of(file_name: &str) -> Option<String> {
    let digits = file_name.strip_prefix("sha256-")?.strip_suffix(".wasm")?;
    Some(format!("sha256:{digits}")).filter(|digest| crate::lock::is_digest(digest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_digest_it_is_for() {
        let digest = format!("sha256:{}", "0f".repeat(32));
        assert_eq!(digest_of(&file_name(&digest)), Some(digest));
        assert_eq!(digest_of("sha256-0f.wasm"), None);
        assert_eq!(digest_of("notes.txt"), None);
    }
}
