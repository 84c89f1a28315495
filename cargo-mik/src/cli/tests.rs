//! Every accepted and refused command line, in one table.

use clap::Parser;

use super::*;
use crate::project::BuildArguments;

/// What a command line comes to: `ok`, or the kind of clap's error.
fn outcome(line: &str) -> String {
    let words = std::iter::once("mik").chain(line.split_whitespace()).map(OsString::from);
    match Cli::try_parse_from(without_subcommand(words)) {
        Ok(_) => "ok".to_owned(),
        Err(error) => format!("{:?}", error.kind()),
    }
}

#[test]
fn command_lines() {
    for (line, expected) in [
        ("", "DisplayHelpOnMissingArgumentOrSubcommand"),
        ("--version", "DisplayVersion"),
        ("build", "ok"),
        ("b", "ok"),
        ("build --help", "DisplayHelp"),
        ("build -p a -p b --release -F x,y --no-default-features", "ok"),
        ("build --release --profile small", "ArgumentConflict"),
        ("build --workspace --exclude a", "ok"),
        ("build --exclude a", "MissingRequiredArgument"),
        ("build --target wasm32-unknown-unknown", "ok"),
        ("build --target x86_64-unknown-linux-gnu", "ValueValidation"),
        ("build -j 2 --keep-going --locked --offline --config a.b=1 -Zx", "ok"),
        ("build --example one --example two", "ok"),
        ("build -q", "ok"),
        ("-q build", "ok"),
        ("build -q -v", "ArgumentConflict"),
        ("build --message-format json --color never", "ok"),
        ("build --message-format yaml", "InvalidValue"),
        ("build extra", "UnknownArgument"),
        ("serve --port 0 --host ::1 -r", "ok"),
        ("serve --host localhost", "ok"),
        ("serve --hold", "ok"),
        ("serve --hold=3 -r", "ok"),
        ("serve --hold=0", "ValueValidation"),
        ("serve --hold 3", "UnknownArgument"),
        ("serve --open --no-overlay", "ok"),
        ("run --open", "UnknownArgument"),
        ("run --no-overlay", "UnknownArgument"),
        ("serve --tls-cert a.pem --tls-key b.pem", "ok"),
        ("serve --tls-cert a.pem", "MissingRequiredArgument"),
        ("run hello.wasm --tls-key b.pem", "MissingRequiredArgument"),
        ("serve --port 70000", "ValueValidation"),
        ("serve --host nowhere", "ValueValidation"),
        ("run hello.wasm --port 8080", "ok"),
        ("run", "ok"),
        ("run components --modules more", "ok"),
        ("run one two", "UnknownArgument"),
        ("add user/db:1.0 -p shop", "ok"),
        ("add", "MissingRequiredArgument"),
        ("add db --git https://example.com/db.git --tag v1 --locked", "ok"),
        ("add db --git https://example.com/db.git --tag v1 --rev 0", "ArgumentConflict"),
        ("add db --git https://example.com/db.git --path db", "ArgumentConflict"),
        ("add db --tag v1", "MissingRequiredArgument"),
        ("add db --path db --sha256 0", "ValueValidation"),
        ("remove", "MissingRequiredArgument"),
        ("rm a b", "ok"),
        ("update", "ok"),
        ("sync --frozen", "ok"),
        ("fetch extra", "UnknownArgument"),
        ("tree", "ok"),
        ("outdated --offline", "ok"),
        ("vendor --manifest-path a/Cargo.toml", "ok"),
        ("invoke /", "ok"),
        ("invoke", "MissingRequiredArgument"),
        ("invoke /a -X PUT -d a=b -d @c -H a:b -i -f --release -p shop", "ok"),
        ("invoke /a -d a --data-binary b", "ArgumentConflict"),
        ("invoke /a --data-json {} --component app.wasm -o out --json", "ok"),
        ("invoke /a --record-secrets", "MissingRequiredArgument"),
        ("invoke /a -f --fail-with-body", "ArgumentConflict"),
        ("serve --record seen --record-secrets", "ok"),
        ("replay seen --reuse --ignore-header etag --variable a=b=c", "ok"),
        ("replay seen --url http://localhost:3000 --update", "ok"),
        ("replay seen --url http://localhost:3000 --reuse", "ArgumentConflict"),
        ("replay seen --reuse --update", "ArgumentConflict"),
        ("replay seen --variable a", "ValueValidation"),
        ("replay", "MissingRequiredArgument"),
        ("test", "ok"),
        ("t orders --test api --no-fail-fast -r -- --nocapture --exact", "ok"),
        ("test one two", "UnknownArgument"),
        ("test --runner make", "InvalidValue"),
        ("new hello", "ok"),
        ("new hello --name other", "ok"),
        ("new", "MissingRequiredArgument"),
        ("init", "ok"),
        ("plan --release --message-format json", "ok"),
        ("openapi", "ok"),
        ("openapi hello.wasm -o openapi.json --pretty", "ok"),
        ("openapi -p hello --release", "ok"),
        ("openapi a.wasm b.wasm", "UnknownArgument"),
        ("config", "ok"),
        ("config server.port --port 80 --release -p a", "ok"),
        ("config server", "ok"),
        ("config server.env.KEY", "ok"),
        ("config server.prot", "ValueValidation"),
        ("config --schema", "ok"),
        ("config --schema server", "ArgumentConflict"),
        ("optimize in.wasm -o out.wasm --panic trap --keep-names", "ok"),
        ("optimize in.wasm -o out.wasm --json", "ok"),
        ("size", "ok"),
        ("size app.wasm --diff old.wasm --top 5 --json", "ok"),
        ("size -p shop --profile small", "ok"),
        ("size app.wasm --manifest-path Cargo.toml", "ArgumentConflict"),
        ("size --why main --top 3", "ok"),
        ("size app.wasm --why main --diff old.wasm", "ArgumentConflict"),
        ("size --html", "ok"),
        ("size --html app.wasm --diff old.wasm", "ok"),
        ("size --html=page.html -p shop", "ok"),
        ("size --html page.html", "ValueValidation"),
        ("inspect", "ok"),
        ("inspect app.wasm --wit", "ok"),
        ("inspect -p shop --json", "ok"),
        ("inspect app.wasm --manifest-path Cargo.toml", "ArgumentConflict"),
        ("inspect app.wasm --wit --json", "ArgumentConflict"),
        ("symbolicate", "ok"),
        ("symbolicate app.wasm app.log --debug app.debug.wasm --json", "ok"),
        ("symbolicate app.wasm 0x5c53 0x954c", "ok"),
        ("symbolicate app.log -p shop --profile small", "ok"),
        ("publish", "ok"),
        ("publish user/shop:1.0 -p shop --dry-run --allow-dirty --force", "ok"),
        ("publish user/shop:1.0 --component shop.wasm", "ok"),
        ("publish user/shop user/shop", "UnknownArgument"),
        ("pull user/shop:1.0 -o shop.wasm", "ok"),
        ("pull", "MissingRequiredArgument"),
        ("optimize in.wasm", "MissingRequiredArgument"),
        ("optimize -o out.wasm", "MissingRequiredArgument"),
        ("optimize in.wasm -o out.wasm --panic abort", "InvalidValue"),
        ("build --json --message-format human", "ArgumentConflict"),
        ("setup --target wasm32-wasip1 --force --print-sysroot", "ok"),
        ("cache info --message-format json", "ok"),
        ("cache clean", "ok"),
        ("cache clear --all", "ok"),
        ("cache clean --all", "UnknownArgument"),
        ("cache", "DisplayHelpOnMissingArgumentOrSubcommand"),
        ("run hello.wasm --no-cache", "ok"),
        ("serve --no-cache", "ok"),
        ("completions zsh", "ok"),
        ("completions cmd", "InvalidValue"),
        ("help", "DisplayHelp"),
        ("help build", "DisplayHelp"),
        ("serv", "InvalidSubcommand"),
    ] {
        assert_eq!(outcome(line), expected, "mik {line}");
        assert_eq!(outcome(&format!("mik {line}")), expected, "cargo-mik mik {line}");
    }
}

#[test]
fn the_definition_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn cargos_flags_are_passed_on_as_typed() {
    let line = "mik build -F a,b --features c --all-features -j 3 --locked --config k=1 --bin tool -Zunstable";
    let cli = Cli::try_parse_from(line.split(' ')).unwrap();
    let Command::Build(args) = cli.command else { panic!() };
    let arguments = BuildArguments::from(args.into_flags());
    assert_eq!(
        arguments.pass_through.join(" "),
        "--locked --config k=1 -Z unstable --bin tool --features a,b --features c --all-features --jobs 3"
    );
    assert_eq!(arguments.metadata_arguments.join(" "), "--locked --config k=1 -Z unstable");
}
