//! What somebody exports that is almost what is imported: another version, another interface of the package, a slip of the hand.

/// How alike two names have to be, of 1, for one to be taken for the other misspelt.
const ALIKE: f64 = 0.8;
/// How many are told.
const TOLD: usize = 5;

/// Exports that are near an import, each with who exports it and what is other about it; the nearest first.
pub(crate) fn near(import: &str, offers: &[(&str, &str)]) -> Vec<String> {
    let mut near: Vec<(u8, String)> = Vec::new();
    for (name, export) in offers {
        if let Some((rank, difference)) = difference(import, export) {
            near.push((rank, format!("`{name}` exports `{export}`, {difference}")));
        }
    }
    near.sort();
    near.dedup();
    near.into_iter().map(|(_, text)| text).take(TOLD).collect()
}

fn difference(import: &str, export: &str) -> Option<(u8, &'static str)> {
    let path = |name: &str| name.split_once('@').map_or(name, |(path, _)| path).to_owned();
    let (wanted, offered) = (path(import), path(export));
    let package = |path: &str| path.split_once('/').map(|(package, _)| package.to_owned());
    if wanted == offered {
        return Some((0, if import == export { "which is given to another import" } else { "another version" }));
    }
    if strsim::normalized_damerau_levenshtein(&wanted, &offered) >= ALIKE {
        return Some((1, "a name like it"));
    }
    let same = package(&wanted).is_some_and(|wanted| package(&offered) == Some(wanted));
    same.then_some((2, "another interface of that package"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_before_slips_and_slips_before_neighbours() {
        let offers = [
            ("b.wasm", "acme:kv/watch@1.0.0"),
            ("b.wasm", "acme:kv/stroe@1.0.0"),
            ("c.wasm", "acme:kv/store@2.0.0"),
            ("c.wasm", "other:thing/far@1.0.0"),
            ("d.wasm", "run"),
        ];
        assert_eq!(
            near("acme:kv/store@1.0.0", &offers),
            [
                "`c.wasm` exports `acme:kv/store@2.0.0`, another version",
                "`b.wasm` exports `acme:kv/stroe@1.0.0`, a name like it",
                "`b.wasm` exports `acme:kv/watch@1.0.0`, another interface of that package",
            ]
        );
        assert_eq!(near("acme:log/sink", &offers), [""; 0]);
        assert_eq!(near("runs", &[("d.wasm", "run")]), [""; 0], "short names are alike by chance");
    }
}
