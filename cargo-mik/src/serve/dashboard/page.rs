//! The dashboard's page: one document with its style and its scripts in it. Nothing of what is shown is put in here; the scripts
//! fetch it, and set it as text.

use std::sync::LazyLock;

use crate::tools::{digest, html};

/// What there is to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum View {
    /// The page.
    Page,
    /// The last requests, as JSON.
    Requests,
    /// The last builds, as JSON.
    Builds,
    /// What becomes new, as it does.
    Events,
}

const TEMPLATE: &str = include_str!("page/page.html");
const STYLE: &str =
    concat!(include_str!("../../tools/look.css"), include_str!("page/page.css"), include_str!("page/parts.css"));
/// In the order in which they build on each other.
const SCRIPT: &str = concat!(
    "\"use strict\";\n",
    include_str!("page/element.js"),
    include_str!("page/format.js"),
    include_str!("page/store.js"),
    include_str!("page/latency.js"),
    include_str!("page/waterfall.js"),
    include_str!("page/detail.js"),
    include_str!("page/requests.js"),
    include_str!("page/schema.js"),
    include_str!("page/routes.js"),
    include_str!("page/form.js"),
    include_str!("page/modules.js"),
    include_str!("page/main.js"),
);

static HTML: LazyLock<String> = LazyLock::new(|| html::fill(TEMPLATE, &[("style", STYLE), ("script", SCRIPT)]));

/// What the page may do: run its own script with its own style, and ask the server that it is from. No text becomes markup.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        digest::of_page_part(SCRIPT),
        digest::of_page_part(STYLE),
    )
});

/// The page.
pub(super) fn html() -> &'static str {
    &HTML
}

/// What the page may do, for the header `content-security-policy`.
pub(super) fn policy() -> &'static str {
    &POLICY
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_all_that_it_needs_in_it() {
        let html = html();
        assert!(!html.contains("{{"), "something is not put in");
        assert_eq!((html.matches("<script").count(), html.matches("</script").count()), (1, 1));
        for outside in [" src=", "<link", "innerHTML", "outerHTML", "insertAdjacentHTML"] {
            assert!(!html.contains(outside), "{outside}");
        }
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
        // A style attribute would need what the policy does not allow.
        assert!(!html.contains(" style=") && !html.contains(" onclick="));
    }
}
