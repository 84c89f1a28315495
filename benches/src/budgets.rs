//! What components may weigh: the rows of the size table. Bytes are exact, so these hold in the test suite as well, which
//! includes this file.

/// A component and what it may weigh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// What it is.
    pub(crate) what: &'static str,
    /// What it is made of.
    pub(crate) project: Project,
    /// The keys of its `mik.toml`.
    pub(crate) keys: &'static str,
    /// Which of its files is weighed.
    pub(crate) file: File,
    /// What it is to weigh at most.
    pub(crate) budget: u64,
    /// What was published of the toolchain before, in bytes.
    #[allow(dead_code, reason = "for the table; the test suite has no use for it")]
    pub(crate) published: Option<u64>,
}

/// What a component is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Project {
    /// What `cargo mik new` writes: three routes, text and JSON.
    Basic,
    /// The same, with a request to another server.
    BasicWithClient,
    /// `examples/hello`.
    Hello,
    /// The bridge alone, as it is checked in.
    Bridge,
}

/// A file of a build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum File {
    /// The component that a host is given.
    Component,
    /// The handler before composition.
    Handler,
}

/// What `cargo mik new` writes, manifest and source, with a route that sends a request.
pub(crate) fn with_client(manifest: &str, source: &str) -> (String, String) {
    let manifest = manifest.replace("mik-sdk = { ", "mik-sdk = { features = [\"http-client\"], ");
    let route = "    GET \"/\" => home,\n";
    let source = source.replace(route, &format!("{route}    GET \"/rate\" => rate,\n"))
        + r#"
fn rate() -> Result<Response, Problem> {
    let response = fetch!(GET "https://api.example.com/rate", timeout: 5000).send()?;
    Ok(ok!({ "status": response.status(), "text": response.text() }))
}
"#;
    (manifest, source)
}

const KIB: u64 = 1024;

/// The rows.
pub(crate) const BUDGETS: &[Budget] = &[
    Budget {
        what: "bridge component",
        project: Project::Bridge,
        keys: "",
        file: File::Component,
        budget: 24 * KIB,
        published: Some(72_000),
    },
    Budget {
        what: "basic handler (routes and JSON)",
        project: Project::Basic,
        keys: "",
        file: File::Handler,
        budget: 64 * KIB,
        published: Some(158_000),
    },
    Budget {
        what: "composed basic, defaults",
        project: Project::Basic,
        keys: "",
        file: File::Component,
        budget: 96 * KIB,
        published: Some(230_000),
    },
    Budget {
        what: "composed basic, `target = \"wasm32-unknown-unknown\"`, `panic = \"trap\"`",
        project: Project::Basic,
        keys: "[build]\ntarget = \"wasm32-unknown-unknown\"\npanic = \"trap\"\n",
        file: File::Component,
        budget: 48 * KIB,
        published: None,
    },
    Budget {
        what: "composed basic with a request to another server, defaults",
        project: Project::BasicWithClient,
        keys: "",
        file: File::Component,
        budget: 128 * KIB,
        published: Some(308_000),
    },
    Budget {
        what: "composed `examples/hello`, defaults",
        project: Project::Hello,
        keys: "",
        file: File::Component,
        budget: 96 * KIB,
        published: Some(265_000),
    },
];
