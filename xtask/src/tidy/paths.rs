//! Rule `home-path`: no file says where it was made.

use super::Finding;

/// What the paths of people's homes begin with. Taken apart, or this file would break its own rule.
const HOMES: [&str; 4] =
    [concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/"), concat!(":\\Us", "ers\\")];

/// Looks through any file, the binary ones as well.
pub(super) fn check(file: &str, bytes: &[u8]) -> Vec<Finding> {
    let lines = bytes.split(|&byte| byte == b'\n').enumerate();
    lines
        .filter_map(|(index, line)| {
            let home = HOMES.iter().find(|home| names(line, home.as_bytes()))?;
            Some(Finding {
                file: file.to_owned(),
                line: index + 1,
                rule: "home-path",
                cure: format!("write a path that everyone has, not one under `{home}`"),
            })
        })
        .collect()
}

/// Whether `line` has a path that begins with `home`: not one that has it in the middle, as an address may.
fn names(line: &[u8], home: &[u8]) -> bool {
    line.windows(home.len()).enumerate().any(|(at, window)| {
        let before = at.checked_sub(1).and_then(|at| line.get(at));
        let after = line.get(at + home.len());
        window == home
            && (home.starts_with(b":")
                || !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"-._~}/".contains(byte)))
            && after.is_some_and(u8::is_ascii_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn homes_are_found_and_addresses_are_not() {
        let home = HOMES[0];
        let text = format!("ok\nlet x = \"{home}someone/x\";\nhttps://example.com{home}page\n`{home}` is a place\n");
        let lines: Vec<_> = check("a.rs", text.as_bytes()).into_iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [2]);
    }
}
