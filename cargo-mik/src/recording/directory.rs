//! Directories of requests: numbered files that are written whole or not at all, and read again.

use std::path::{Path, PathBuf};

use super::error::{RecordingError, Source};
use super::expand::Variables;
use super::message::{Answer, Request, Secrets, ending};
use super::request_file::{self, Part, Written};
use super::{answer_file, request_text};
use crate::tools::files;

/// The endings of files of requests, and that of one with an answer.
const REQUESTS: [&str; 2] = [".http", ".rest"];
const ANSWER: &str = ".response.http";
/// The most that a file of requests may have, one with an answer, and one with a body, in bytes.
const REQUESTS_MOST: u64 = 4 << 20;
const ANSWER_MOST: u64 = 64 << 20;
const BODY_MOST: u64 = 64 << 20;
/// The most requests that a directory takes.
const FILES_MOST: usize = 9999;
/// The most of a path that a file's name has.
const SLUG_MOST: usize = 48;

/// A directory that requests and their answers are put into.
#[derive(Debug)]
pub struct Shelf {
    directory: PathBuf,
    secrets: Secrets,
    /// The number of the last one.
    last: usize,
}

impl Shelf {
    /// One that is there, whose last number is gone on from, or that will be.
    ///
    /// # Errors
    /// It can't be made or read.
    pub fn open(directory: &Path, secrets: Secrets) -> Result<Self, RecordingError> {
        let read = |source| RecordingError::Read { source };
        files::create_dir_all(directory).map_err(read)?;
        let mut last = 0;
        for entry in files::read_dir(directory).map_err(read)? {
            let name = entry.map_err(read)?.file_name();
            let number =
                name.to_str().and_then(|name| name.split_once('-')).and_then(|(number, _)| number.parse().ok());
            last = last.max(number.unwrap_or(0));
        }
        Ok(Self { directory: directory.to_owned(), secrets, last })
    }

    /// Puts a request and its answer there, and says where: as files that are all written, or none of them is.
    ///
    /// # Errors
    /// The directory is full, or can't be written to.
    pub fn keep(&mut self, request: &Request, answer: &Answer) -> Result<PathBuf, RecordingError> {
        if self.last >= FILES_MOST {
            return Err(RecordingError::Full { path: self.directory.clone(), most: FILES_MOST });
        }
        self.last += 1;
        let stem = format!("{:04}-{}", self.last, slug(request));
        let path = self.directory.join(format!("{stem}.http"));
        let body = request_text::inline(&request.body).is_none();
        let body = body.then(|| format!("{stem}.body.{}", ending(&request.headers, &request.body)));
        let text = request_text::text(request, self.secrets, body.as_deref(), &format!("{stem}{ANSWER}"));
        let mut written = answer_files(&self.directory.join(format!("{stem}{ANSWER}")), answer, self.secrets);
        written.push((path.clone(), text.into_bytes()));
        if let Some(body) = body {
            written.push((self.directory.join(body), request.body.clone()));
        }
        write(&written)?;
        Ok(path)
    }
}

/// A request that was read, and the answer that it should get.
#[derive(Debug)]
pub struct Entry {
    /// What it is called: its file, and its line where it is not the only one there.
    pub name: String,
    /// The request.
    pub request: Request,
    /// The answer, where one was kept.
    pub answer: Option<Answer>,
    answer_path: PathBuf,
}

impl Entry {
    /// Keeps another answer in place of the one that was.
    ///
    /// # Errors
    /// It can't be written.
    pub fn update(&self, answer: &Answer, secrets: Secrets) -> Result<(), RecordingError> {
        write(&answer_files(&self.answer_path, answer, secrets))
    }
}

/// Reads the requests of a file, or of all files of a directory in the order of their names.
///
/// # Errors
/// There are none; one of them can't be read, or is none.
pub fn read_all(path: &Path, variables: &Variables) -> Result<Vec<Entry>, RecordingError> {
    let mut paths = vec![path.to_owned()];
    if path.is_dir() {
        let read = |source| RecordingError::Read { source };
        let entries = files::read_dir(path).map_err(read)?;
        paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(read)?;
        paths.retain(|path| is_requests(path));
        paths.sort();
        if paths.len() > FILES_MOST {
            return Err(RecordingError::Full { path: path.to_owned(), most: FILES_MOST });
        }
    }
    let mut all = Vec::new();
    for file in &paths {
        all.extend(read(file, variables)?);
    }
    if all.is_empty() { Err(RecordingError::None { path: path.to_owned() }) } else { Ok(all) }
}

fn is_requests(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    REQUESTS.iter().any(|ending| name.ends_with(ending)) && !name.ends_with(ANSWER) && path.is_file()
}

fn read(path: &Path, variables: &Variables) -> Result<Vec<Entry>, RecordingError> {
    let text = text(path, REQUESTS_MOST)?;
    let source = Source { path, text: &text };
    let mut variables = variables.clone();
    let requests = request_file::parse(source, &mut variables)?;
    let only = requests.len() == 1;
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let entry = |(index, written): (usize, Written)| {
        let line = written.line;
        let answer_path = match &written.answer {
            Some(answer) => beside(path, answer),
            None if only => beside(path, &format!("{}{ANSWER}", stem(&file))),
            None => beside(path, &format!("{}.{}{ANSWER}", stem(&file), index + 1)),
        };
        let name = match (only, &written.name) {
            (true, _) => file.to_string(),
            (false, Some(name)) => format!("{file}:{line} ({name})"),
            (false, None) => format!("{file}:{line}"),
        };
        let answer = if answer_path.exists() { Some(read_answer(&answer_path)?) } else { None };
        Ok(Entry { name, request: whole(written, source, &variables)?, answer, answer_path })
    };
    requests.into_iter().enumerate().map(entry).collect()
}

/// A request with its body, wherever that is.
fn whole(written: Written, source: Source<'_>, variables: &Variables) -> Result<Request, RecordingError> {
    let Written { method, target, headers, body: parts, is_cut, .. } = written;
    let mut body = Vec::new();
    for part in parts {
        match part {
            Part::Text(text) => body.extend_from_slice(text.as_bytes()),
            Part::File { path, expands, at } => {
                let file = beside(source.path, &path);
                let wrong = |message: String| source.wrong(message, "the path counts from this file", at, path.len());
                let bytes = files::read_at_most(&file, BODY_MOST)
                    .map_err(|error| wrong(format!("the body can't be read: {error}")))?;
                let bytes = bytes.ok_or_else(|| wrong(format!("the body has more than {BODY_MOST} bytes")))?;
                match expands.then(|| String::from_utf8(bytes.clone())) {
                    None => body.extend(bytes),
                    Some(Err(_)) => {
                        return Err(wrong("the body is not UTF-8, so nothing in it can stand for a value".to_owned()));
                    }
                    Some(Ok(text)) => {
                        let source = Source { path: &file, text: &text };
                        body.extend_from_slice(variables.expand(&text, 0, source)?.as_bytes());
                    }
                }
            }
        }
        if body.len() as u64 > BODY_MOST {
            return Err(source.wrong(format!("the body has more than {BODY_MOST} bytes"), "send less", 0, 1));
        }
    }
    Ok(Request { method, target, headers, body, is_cut })
}

fn read_answer(path: &Path) -> Result<Answer, RecordingError> {
    let text = text(path, ANSWER_MOST)?;
    let answer_file::Written { mut answer, body } = answer_file::parse(Source { path, text: &text })?;
    if let Some(body) = body {
        let file = beside(path, &body);
        let bytes = files::read_at_most(&file, BODY_MOST).map_err(|source| RecordingError::Read { source })?;
        answer.body = bytes.ok_or(RecordingError::TooLarge { path: file, most: BODY_MOST })?;
    }
    Ok(answer)
}

fn text(path: &Path, most: u64) -> Result<String, RecordingError> {
    let bytes = files::read_at_most(path, most).map_err(|source| RecordingError::Read { source })?;
    let bytes = bytes.ok_or_else(|| RecordingError::TooLarge { path: path.to_owned(), most })?;
    String::from_utf8(bytes).map_err(|_| RecordingError::NotText { path: path.to_owned() })
}

/// The files of an answer, and what goes into them.
fn answer_files(path: &Path, answer: &Answer, secrets: Secrets) -> Vec<(PathBuf, Vec<u8>)> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let body = answer_file::inline(&answer.body).is_none();
    let body = body.then(|| format!("{}.response.{}", stem(&name), ending(&answer.headers, &answer.body)));
    let text = answer_file::text(answer, secrets, body.as_deref());
    let mut written = vec![(path.to_owned(), text.into_bytes())];
    written.extend(body.map(|body| (beside(path, &body), answer.body.clone())));
    written
}

fn write(written: &[(PathBuf, Vec<u8>)]) -> Result<(), RecordingError> {
    let written: Vec<_> = written.iter().map(|(path, content)| (path.as_path(), content.as_slice())).collect();
    Ok(files::write_together(&written)?)
}

/// A path that is meant from the directory of a file.
fn beside(file: &Path, path: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(path)
}

/// A file's name without what says that requests, or an answer, are in it.
fn stem(name: &str) -> &str {
    let endings = [ANSWER].into_iter().chain(REQUESTS);
    endings.into_iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// What of a request can be in a file's name anywhere: its method, and letters and digits of its path.
fn slug(request: &Request) -> String {
    let path = request.target.split('?').next().unwrap_or_default();
    let words = path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = request.method.to_ascii_lowercase();
    for word in words {
        slug.push('-');
        slug.push_str(word);
    }
    slug.retain(|c| c.is_ascii_alphanumeric() || c == '-');
    // All of it is ASCII.
    slug.truncate(SLUG_MOST);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, target: &str, body: &[u8]) -> Request {
        let headers = vec![("host".to_owned(), "localhost".to_owned())];
        Request { method: method.to_owned(), target: target.to_owned(), headers, body: body.to_vec(), is_cut: false }
    }

    fn answer(body: &[u8]) -> Answer {
        Answer { status: 200, headers: vec![("x-a".to_owned(), "b".to_owned())], body: body.to_vec(), is_cut: false }
    }

    #[test]
    fn what_is_kept_is_read_again_in_its_order() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("some/where");
        let kept = [
            (request("GET", "/a/b?c=d", b""), answer(b"text\n")),
            (request("POST", "/", b"{\"a\": 1}"), answer(&[0xff, 0])),
            (request("POST", "/", &[0, 1]), answer(b"")),
        ];
        for (index, (request, answer)) in kept.iter().enumerate() {
            // Opened anew each time, as by one command after the other.
            let file = Shelf::open(&path, Secrets::LeftOut).unwrap().keep(request, answer).unwrap();
            assert!(file.file_name().unwrap().to_str().unwrap().starts_with(&format!("000{}-", index + 1)));
        }
        let entries = read_all(&path, &Variables::default()).unwrap();
        assert_eq!(entries[0].name, "0001-get-a-b.http");
        let read: Vec<_> = entries.into_iter().map(|entry| (entry.request, entry.answer.unwrap())).collect();
        assert_eq!(read, kept);
    }

    #[test]
    fn several_requests_of_a_file_have_answers_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("all.http");
        files::write(&path, b"GET /a\n\n### second\nPOST /b\n\n< body.txt\n").unwrap();
        let error = read_all(&path, &Variables::default()).unwrap_err();
        assert!(error.to_string().contains("the body can't be read"), "{error}");
        files::write(&directory.path().join("body.txt"), b"\nhere\n").unwrap();
        let entries = read_all(&path, &Variables::default()).unwrap();
        assert_eq!([&*entries[0].name, &*entries[1].name], ["all.http:1", "all.http:4 (second)"]);
        assert_eq!(entries[1].request.body, b"\nhere\n");
        entries[1].update(&answer(b"!"), Secrets::LeftOut).unwrap();
        let names = files::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.into_iter().any(|name| name == "all.2.response.http"));
        assert_eq!(read_all(&path, &Variables::default()).unwrap()[1].answer, Some(answer(b"!")));
    }

    #[test]
    fn nothing_to_read_is_said_so() {
        let directory = tempfile::tempdir().unwrap();
        let read = |path: &Path| read_all(path, &Variables::default()).unwrap_err();
        assert!(matches!(read(directory.path()), RecordingError::None { .. }));
        assert!(matches!(read(&directory.path().join("a.http")), RecordingError::Read { .. }));
        let path = directory.path().join("b.http");
        files::write(&path, &[0xff]).unwrap();
        assert!(matches!(read(&path), RecordingError::NotText { .. }));
        files::write(&path, &vec![b'#'; (REQUESTS_MOST + 1) as usize]).unwrap();
        assert!(matches!(read(&path), RecordingError::TooLarge { .. }));
    }

    #[test]
    fn names_are_those_of_files_anywhere() {
        let slug = |target: &str| slug(&request("GET", target, b""));
        assert_eq!(slug("/"), "get");
        assert_eq!(slug("/a/b.c/%20ü?d=e"), "get-a-b-c-20");
        assert_eq!(slug("/../../etc/passwd"), "get-etc-passwd");
        assert_eq!(slug(&format!("/{}", "a".repeat(100))).len(), SLUG_MOST);
    }
}
