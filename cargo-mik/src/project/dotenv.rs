//! `.env`: variables of the developer's own, for what `server.env` copies while a project is developed. Nothing else sees them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::{Project, ProjectError};
use crate::tools::files;

/// The largest such file, in bytes.
const FILE_MOST: u64 = 1 << 20;

/// The variables of one package's files.
#[derive(Clone, Debug, Default)]
pub(super) struct DotEnv {
    variables: BTreeMap<String, String>,
}

impl Project {
    /// The files of a package, that beats, and of the workspace; they need not be there.
    pub(super) fn dotenv_files(&self, package: &super::Package) -> Vec<PathBuf> {
        let own = package.manifest_path.parent().unwrap_or(&package.manifest_path);
        let mut files = vec![own.join(".env"), self.workspace().join(".env")];
        files.dedup();
        files
    }
}

impl DotEnv {
    /// Reads files; of a name that is in more than one of them, the first file's value counts.
    ///
    /// # Errors
    /// A file can't be read, or one of its lines is none that it can have.
    pub(super) fn read(paths: &[PathBuf]) -> Result<Self, ProjectError> {
        let mut variables = BTreeMap::new();
        for path in paths {
            for (name, value) in read(path)? {
                variables.entry(name).or_insert(value);
            }
        }
        Ok(Self { variables })
    }

    pub(super) fn get(&self, name: &str) -> Option<&String> {
        self.variables.get(name)
    }
}

fn read(path: &Path) -> Result<BTreeMap<String, String>, ProjectError> {
    let wrong = |line: usize, what: String| ProjectError::DotEnv { path: path.to_owned(), line, what };
    let bytes = match files::read_at_most(path, FILE_MOST) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Err(wrong(1, format!("it has more than {} KiB", FILE_MOST >> 10))),
        // A directory of that name is somebody else's.
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => {
            return Ok(BTreeMap::new());
        }
        Err(error) => return Err(wrong(1, error.kind().to_string())),
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        wrong(before.iter().filter(|byte| **byte == b'\n').count() + 1, "it is not UTF-8".to_owned())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut variables = BTreeMap::new();
    for variable in dotenvy::from_read_iter(text.as_bytes()) {
        let (name, value) = variable.map_err(|error| match error {
            // What is on the line is not said: it may be half a secret.
            dotenvy::Error::LineParse(line, _) => {
                wrong(line_of(text, &line), "it is not of the form `NAME=value`".to_owned())
            }
            other => wrong(1, other.to_string()),
        })?;
        if value.contains('\0') {
            return Err(wrong(1, format!("the value of `{name}` has a NUL in it")));
        }
        // The last one counts, as in a shell.
        variables.insert(name, value);
    }
    Ok(variables)
}

/// The number of the line that a text of the parser's begins with: it has the line, or only the value.
fn line_of(text: &str, part: &str) -> usize {
    let first = part.lines().next().unwrap_or_default().trim_end();
    let find = |is_it: fn(&str, &str) -> bool| text.lines().position(|line| is_it(line.trim_end(), first));
    find(|line, first| line == first).or_else(|| find(|line, first| line.ends_with(first))).map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &[u8]) -> Result<DotEnv, String> {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(".env");
        files::write(&path, text).unwrap();
        DotEnv::read(&[path]).map_err(|error| error.to_string().replace(&root.path().display().to_string(), ""))
    }

    #[test]
    fn values_are_as_in_a_shell() {
        let text = "\u{feff}# a comment\nA=1\nexport B = two\nC=\"a b # c\\n\"\nD='$A'\nE=$A-${B}\nA=2\nF=\n\nG=\"one\ntwo\"\n";
        let read = read_text(text.as_bytes()).unwrap();
        let expected =
            [("A", "2"), ("B", "two"), ("C", "a b # c\n"), ("D", "$A"), ("E", "1-two"), ("F", ""), ("G", "one\ntwo")];
        for (name, value) in expected {
            assert_eq!(read.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert_eq!(read.variables.len(), expected.len());
    }

    #[test]
    fn a_bad_line_is_named_and_not_shown() {
        for (text, line) in [
            (&b"A=1\n\nsecret\n"[..], 3),
            (b"# x\nA=secret value\n", 2),
            (b"A=1\nB=\"secret\n", 2),
            (b"A=1\nB=\xff\n", 2),
        ] {
            let error = read_text(text).unwrap_err();
            assert!(error.contains(&format!("/.env:{line}: ")) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_has_nothing_in_it_and_the_first_file_counts() {
        let root = tempfile::tempdir().unwrap();
        let (own, shared) = (root.path().join("own"), root.path().join("shared"));
        assert!(DotEnv::read(&[own.clone(), shared.clone()]).unwrap().variables.is_empty());
        files::write(&own, b"A=own\n").unwrap();
        files::write(&shared, b"A=shared\nB=shared\n").unwrap();
        let read = DotEnv::read(&[own, shared]).unwrap();
        assert_eq!((read.get("A").unwrap().as_str(), read.get("B").unwrap().as_str()), ("own", "shared"));
    }
}
