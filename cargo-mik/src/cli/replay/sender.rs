//! Who is asked: a component in process, whose instances can be fresh or used, or a server.

use std::ops::ControlFlow;
use std::path::PathBuf;

use super::super::build_flags::BuildFlags;
use super::super::subject::Subject;
use crate::project::ServeArguments;
use crate::recording::{Answer, Request};
use crate::report::Reporter;
use crate::serve::{Answered, Local, Piece};

/// The most that is read of an answer's body, in bytes. What is longer counts as cut.
const BODY_MOST: usize = 64 << 20;
/// As many requests as one instance is ever given.
const MANY: usize = 1_000_000;

pub(super) struct Sender {
    local: Local,
    /// What is asked, where that is a component.
    subject: Option<Subject>,
    /// How often it was made anew.
    renewals: usize,
}

impl Sender {
    /// The component that is named, or else the project's, built first. Each request is given an instance of its own.
    pub(super) fn here(
        component: Option<PathBuf>,
        flags: BuildFlags,
        reporter: &Reporter,
        of_host: &Reporter,
    ) -> miette::Result<Self> {
        let mut subject = Subject::new(component, flags, &ServeArguments::default(), reporter)?;
        subject.settings.instance_reuse = 1;
        let local = Local::here(&subject.settings, of_host)?;
        local.put(&subject.site, &subject.settings)?;
        Ok(Self { local, subject: Some(subject), renewals: 0 })
    }

    /// A server that runs.
    pub(super) fn there(url: &str) -> miette::Result<Self> {
        Ok(Self { local: Local::there(url)?, subject: None, renewals: 0 })
    }

    /// Has one instance answer all that is asked from now on: a new one.
    pub(super) fn reuse(&mut self) -> miette::Result<()> {
        self.renewals += 1;
        // With another number the code is granted something else, and the instance that waits is not for it.
        self.put(MANY + self.renewals)
    }

    fn put(&mut self, instance_reuse: usize) -> miette::Result<()> {
        if let Some(subject) = &mut self.subject {
            subject.settings.instance_reuse = instance_reuse;
            self.local.put(&subject.site, &subject.settings)?;
        }
        Ok(())
    }

    /// Sends a request.
    pub(super) fn ask(&mut self, request: &Request) -> miette::Result<(Answer, Answered)> {
        let mut answer = Answer::default();
        let answered = self.local.ask(request, &mut |piece| {
            match piece {
                Piece::Head(head) => (answer.status, answer.headers) = (head.status, head.headers),
                Piece::Body(data) => {
                    let room = BODY_MOST.saturating_sub(answer.body.len()).min(data.len());
                    answer.body.extend_from_slice(data.get(..room).unwrap_or_default());
                    answer.is_cut |= room < data.len();
                }
            }
            Ok(if answer.is_cut { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        answer.is_cut |= answered.is_broken;
        Ok((answer, answered))
    }

    pub(super) fn close(self) {
        self.local.close();
    }
}
