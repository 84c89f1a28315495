//! Where components that were fetched are kept: in the cache, each by the digest of its bytes, and what git has of them by commit.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use sha2::{Digest as _, Sha256};

/// The directory of the components in the cache.
const COMPONENTS: &str = "components";

/// The directory of git repositories in the cache.
const GIT: &str = "git";

/// The most bytes that a component may have. More are in no component that a host would load.
pub const MOST_BYTES: u64 = 256 << 20;

/// Where the cache is: `MIK_CACHE_DIR`, or `mik` in the user's cache directory. None where there is no home directory.
pub fn cache() -> Option<PathBuf> {
    let variable = std::env::var_os("MIK_CACHE_DIR").filter(|value| !value.is_empty());
    let typed = variable.map(|value| std::path::absolute(&value).unwrap_or_else(|_| PathBuf::from(value)));
    typed.or_else(|| Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("mik")))
}

/// The digest of some bytes, as the lock has it: `sha256:…`.
pub fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hexadecimal(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where git repositories are kept, given the cache's directory.
pub fn repositories(cache: &Path) -> PathBuf {
    cache.join(GIT)
}

/// What a repository is called there: a name for the eye, and a digest for the difference. What is checked out of it is below a
/// directory of that name, by commit.
pub fn repository_name(url: &str) -> String {
    let last = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let last = last.strip_suffix(".git").unwrap_or(last);
    let plain: String = last.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).take(40).collect();
    format!("{plain}-{}", hexadecimal(url.as_bytes()).get(..16).unwrap_or_default())
}

/// Where the files of a commit are that was vendored, given the directory of the lock.
pub fn vendored_checkout(root: &Path, commit: &str) -> PathBuf {
    root.join(VENDOR).join(format!("{GIT}-{commit}"))
}

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
    fn repositories_of_one_name_are_told_apart() {
        let name = repository_name("https://example.com/a/db.git");
        assert!(name.starts_with("db-") && name != repository_name("https://example.com/b/db.git"), "{name}");
        assert_eq!(digest(b""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn a_name_tells_the_digest_it_is_for() {
        let digest = format!("sha256:{}", "0f".repeat(32));
        assert_eq!(digest_of(&file_name(&digest)), Some(digest));
        assert_eq!(digest_of("sha256-0f.wasm"), None);
        assert_eq!(digest_of("notes.txt"), None);
    }
}
