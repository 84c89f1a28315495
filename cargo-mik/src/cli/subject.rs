//! What `invoke`, `replay` and `test` ask: the project as it is built now, or a component that is there.

use std::path::PathBuf;

use super::build_flags::BuildFlags;
use super::rebuild;
use crate::project::{BuildArguments, Production, RunArguments, ServeArguments, ServerSettings};
use crate::report::{Artifact, Reporter};
use crate::serve::Site;
use crate::stages;

/// What is asked, and how it is served.
pub(super) struct Subject {
    pub(super) site: Site,
    pub(super) settings: ServerSettings,
    /// What was built for it; nothing, where it was there.
    pub(super) artifacts: Vec<Artifact>,
}

impl Subject {
    /// A component that was named, or else what the project comes to, which is built first.
    ///
    /// # Errors
    /// The project can't be read or built; a setting is wrong.
    pub(super) fn new(
        component: Option<PathBuf>,
        flags: BuildFlags,
        arguments: &ServeArguments,
        reporter: &Reporter,
    ) -> miette::Result<Self> {
        let (component, flags) = flags.or_file(component)?;
        let mut subject = match component {
            Some(path) => Self::of_file(path, arguments, reporter)?,
            None => Self::of_project(&flags.into(), arguments, reporter)?,
        };
        // A server that runs beside this writes to it as well.
        subject.settings.log_file = None;
        Ok(subject)
    }

    fn of_file(path: PathBuf, arguments: &ServeArguments, reporter: &Reporter) -> miette::Result<Self> {
        let arguments = RunArguments { path: Some(path), modules: None, address: arguments.clone() };
        let Production { component, server, guest } = Production::find(&arguments, reporter)?;
        let site = Site::built(component, server.modules.clone(), &guest);
        Ok(Self { site, settings: server, artifacts: Vec::new() })
    }

    fn of_project(build: &BuildArguments, arguments: &ServeArguments, reporter: &Reporter) -> miette::Result<Self> {
        let (project, plan) = super::decide(build, reporter)?;
        let settings = ServerSettings::of_project(&project, arguments, reporter)?;
        let guests = project.guests(reporter)?;
        let artifacts = stages::run(&plan, reporter)?;
        let site = rebuild::site(artifacts.clone(), &project, &settings, &guests);
        Ok(Self { site, settings, artifacts })
    }
}
