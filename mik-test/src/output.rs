//! What a component prints, line by line.

use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

/// The most that is kept of each stream, in bytes. What comes on top fails to be printed.
const MOST: usize = 4 << 20;

/// Standard output and standard error.
#[derive(Clone)]
pub(crate) struct Output {
    pub(crate) stdout: MemoryOutputPipe,
    pub(crate) stderr: MemoryOutputPipe,
}

impl Output {
    pub(crate) fn new() -> Self {
        Self { stdout: MemoryOutputPipe::new(MOST), stderr: MemoryOutputPipe::new(MOST) }
    }

    /// What has been printed so far: standard output before standard error.
    pub(crate) fn lines(&self) -> Vec<String> {
        let text = [&self.stdout, &self.stderr].map(|pipe| String::from_utf8_lossy(&pipe.contents()).into_owned());
        text.iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
    }
}
