//! wasi-libc: what the WASI targets' standard library is linked with.

use std::io;
use std::path::{Path, PathBuf};

use super::environment;
use crate::project::Target;
use crate::tools::files;

/// What rustc looks for in a target's `self-contained` directory.
const FILES: [&str; 3] = ["crt1-command.o", "crt1-reactor.o", "libc.a"];

/// The directory of an installed wasi-libc: wasi-sdk's, being the user's explicit word, else the system's.
pub(super) fn find(target: Target) -> Option<PathBuf> {
    let wasi_sdk = environment::wasi_sdk().map(|path| path.join("share/wasi-sysroot/lib"));
    let system = ["/usr/lib", "/usr/share/wasi-sysroot/lib"].map(PathBuf::from);
    wasi_sdk.into_iter().chain(system).find_map(|parent| find_in(&parent, target))
}

/// The directory of a target's wasi-libc under one that has a directory for each target.
pub(super) fn find_in(parent: &Path, target: Target) -> Option<PathBuf> {
    let names: &[&str] = match target {
        Target::Wasip2 => &["wasm32-wasip2"],
        // The name that it had before there was a second preview.
        Target::Wasip1 => &["wasm32-wasip1", "wasm32-wasi"],
        Target::Unknown => &[],
    };
    names
        .iter()
        .map(|name| parent.join(name))
        .find(|directory| FILES.iter().all(|file| files::metadata(directory.join(file)).is_ok()))
}

/// Puts a wasi-libc where rustc looks for it: beside the target's libraries.
pub(super) fn install(libc: &Path, library_directory: &Path) -> io::Result<()> {
    let directory = library_directory.join("self-contained");
    files::create_dir_all(&directory)?;
    for file in FILES {
        files::copy(libc.join(file), directory.join(file))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_libc_is_none() {
        let parent = tempfile::tempdir().unwrap();
        let libc = parent.path().join("wasm32-wasi");
        files::write(&libc.join("libc.a"), b"").unwrap();
        assert_eq!(find_in(parent.path(), Target::Wasip1), None);
        for file in FILES {
            files::write(&libc.join(file), b"").unwrap();
        }
        assert_eq!(find_in(parent.path(), Target::Wasip1), Some(libc));
        assert_eq!(find_in(parent.path(), Target::Wasip2), None, "preview 1's is not preview 2's");
    }
}
