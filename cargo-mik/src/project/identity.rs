//! `project.*`: what the project is called, where no package says it.

use mik_build::schema::{Schema, Spanned};

use super::ProjectError;
use super::decision::{Decision, Origin};
use super::manifest::{Located, Manifest};
use crate::report::Reporter;

/// Looks at the keys where there is a package: what they say is the package's to say.
pub(super) fn of_package(
    manifest: &Manifest,
    name: &str,
    version: Option<&str>,
    description: Option<&str>,
    reporter: &Reporter,
) {
    let keys = Keys { manifest, reporter };
    keys.weigh("project.name", Some(name), |schema| schema.project.name.as_ref());
    keys.weigh("project.version", version, |schema| schema.project.version.as_ref());
    keys.weigh("project.description", description, |schema| schema.project.description.as_ref());
}

/// The name of what a directory holds: its package's, else `project.name`, if either is there.
pub(super) fn of_directory(manifest: &Manifest, reporter: &Reporter) -> Option<String> {
    let keys = Keys { manifest, reporter };
    // What a package inherits is not known without cargo, and then nothing is said against what is written.
    let package = manifest.package();
    let of_package = |field: fn(&mik_build::schema::CargoPackage) -> &Option<String>| field(package?).as_deref();
    keys.weigh("project.version", of_package(|it| &it.version), |schema| schema.project.version.as_ref());
    keys.weigh("project.description", of_package(|it| &it.description), |schema| schema.project.description.as_ref());
    keys.weigh("project.name", of_package(|it| &it.name), |schema| schema.project.name.as_ref())
}

struct Keys<'a> {
    manifest: &'a Manifest,
    reporter: &'a Reporter,
}

impl Keys<'_> {
    /// What the package says, else what is written. A warning where they differ.
    fn weigh<T: Clone + ToString>(
        &self,
        key: &'static str,
        package: Option<&str>,
        field: impl Fn(&Schema) -> Option<&Spanned<T>>,
    ) -> Option<String> {
        let written = self.manifest.get(key, field, self.reporter);
        let Some(packages) = package else { return written.map(|located| located.value.to_string()) };
        if let Some(Located { value, file, span }) = written
            && value.to_string() != packages
        {
            self.reporter.warn(ProjectError::NotThePackages {
                message: format!("`{key}` is `{}`, and the package's is `{packages}`", value.to_string()),
                source_code: file.named_source(),
                at: span,
            });
        }
        self.manifest.decisions().note(key, Decision { value: packages.into(), origin: Origin::Package });
        Some(packages.to_owned())
    }
}
