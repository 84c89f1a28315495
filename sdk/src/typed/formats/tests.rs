//! Every format, with texts that have it and texts that do not.

use super::*;

fn table(is: fn(&str) -> bool, yes: &[&str], no: &[&str]) {
    for text in yes {
        assert!(is(text), "{text:?} is refused");
    }
    for text in no {
        assert!(!is(text), "{text:?} is taken");
    }
}

#[test]
fn uuids_have_their_hyphens() {
    table(
        uuid,
        &[
            "67e55044-10b1-426f-9247-bb680e5fe0c8",
            "67E55044-10B1-426F-9247-BB680E5FE0C8",
            "00000000-0000-0000-0000-000000000000",
        ],
        &[
            "",
            "67e5504410b1426f9247bb680e5fe0c8",
            "{67e55044-10b1-426f-9247-bb680e5fe0c8}",
            "67e55044-10b1-426f-9247-bb680e5fe0cg",
            "67e55044-10b1-426f-9247-bb680e5fe0c",
            "67e55044-10b1-426f-9247-bb680e5fe0c88",
            "67e550441-0b1-426f-9247-bb680e5fe0c8",
        ],
    );
}

#[test]
fn dates_are_days_that_there_are() {
    table(
        date,
        &["2024-02-29", "2000-02-29", "0000-01-01", "9999-12-31", "2023-04-30"],
        &[
            "2023-02-29",
            "1900-02-29",
            "2024-04-31",
            "2024-00-10",
            "2024-13-01",
            "2024-01-00",
            "2024-1-1",
            "24-01-01",
            "2024-01-01Z",
            "2024/01/01",
            "",
            "２０２４-01-01",
        ],
    );
}

#[test]
fn times_have_an_offset() {
    table(
        time,
        &["00:00:00Z", "23:59:59.999z", "12:00:00+02:00", "12:00:00.123456789-23:59", "23:59:60Z", "15:59:60-08:00"],
        &[
            "12:00:00",
            "12:00Z",
            "24:00:00Z",
            "12:60:00Z",
            "12:00:60Z",
            "12:00:00.Z",
            "12:00:00+2:00",
            "12:00:00+24:00",
            "12:00:00Zx",
            "23:59:60+01:00",
            "",
        ],
    );
}

#[test]
fn a_date_with_its_time_is_that_of_rfc_3339() {
    table(
        date_time,
        &["2024-02-29T12:00:00Z", "2024-02-29t12:00:00.5+02:00", "1998-12-31T23:59:60Z"],
        &[
            "2024-02-29",
            "2024-02-29 12:00:00Z",
            "2023-02-29T12:00:00Z",
            "2024-02-29T12:00:00",
            "2024-02-29T25:00:00Z",
            "",
        ],
    );
}

#[test]
fn durations_are_those_of_rfc_3339() {
    table(
        duration,
        &["P1Y", "P1Y2M3D", "P1M2D", "PT1H", "PT1H2M3S", "P1DT12H", "P2W", "PT0S", "P10Y"],
        &[
            "", "P", "PT", "P1", "1Y", "P1H", "PT1D", "P1D2M", "P1Y1Y", "P1Y3D", "PT1H3S", "P1W1D", "P1DT", "-P1D",
            "P1.5D", "P1Y2W", "P1WT1H",
        ],
    );
}

#[test]
fn email_addresses_are_those_that_browsers_take() {
    let longest = format!("{}@example.com", "a".repeat(64));
    let too_long = format!("{}@example.com", "a".repeat(65));
    table(
        email,
        &["ada@example.com", "a.b+c@x-y.example", "a@localhost", "!#$%&'*+/=?^_`{|}~-@example.com", &longest],
        &[
            "",
            "ada",
            "@example.com",
            "ada@",
            "ada@-example.com",
            "ada@example..com",
            ".ada@example.com",
            "a..b@example.com",
            "ada.@example.com",
            "a b@example.com",
            "a@b@example.com",
            "ada@exa_mple.com",
            "äda@example.com",
            "ada@exämple.com",
            "\"a\"@example.com",
            "ada@[192.0.2.1]",
            "ada@example.com.",
            "ada@example.com\n",
            &too_long,
        ],
    );
}

#[test]
fn host_names_are_labels() {
    let label = "a".repeat(63);
    let longest = [label.as_str(); 3].join(".") + "." + &"a".repeat(61);
    let too_long = format!("{longest}a");
    table(
        hostname,
        &["localhost", "example.com", "xn--nxasmq6b", "1.2.3.4", "a-b.c", &label, &longest],
        &["", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "ä", "a b", &"a".repeat(64), &too_long],
    );
}

#[test]
fn ip_addresses_are_written_in_full() {
    table(
        ipv4,
        &["0.0.0.0", "192.0.2.1", "255.255.255.255"],
        &["", "1.2.3", "256.0.0.1", "01.2.3.4", "1.2.3.4.5", "2130706433", "0x7f.1", "1.2.3.4 "],
    );
    table(
        ipv6,
        &["::", "::1", "2001:db8::1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8"],
        &["", "1", ":::", "1:2:3:4:5:6:7:8:9", "12345::", "fe80::1%eth0", "[::1]", "::192.0.2"],
    );
}

#[test]
fn uris_have_a_scheme_and_references_need_none() {
    let absolute = [
        "http://example.com/a?b=c#d",
        "urn:mik:error:trap",
        "mailto:ada@example.com",
        "http://[2001:db8::1]:80/",
        "a:",
        "file:///etc/hosts",
        "https://user:password@example.com:8080/%C3%BC?q=/?#/?",
        "http://example.com?q",
    ];
    let wrong = [
        "http://exa mple.com",
        "http://example.com/%",
        "http://example.com/%zz",
        "http://example.com/ü",
        "http://[::1",
        "http://[x]/",
        "http://example.com:8a/",
        "a#b#c",
        "http://a/{b}",
        "<http://a>",
        "\\\\host",
        "1http://a",
        ":a",
        "http://a/\"",
    ];
    table(uri, &absolute, &wrong);
    table(uri, &[], &["", "/a", "//a", "example.com"]);
    table(uri_reference, &absolute, &wrong);
    table(uri_reference, &["", "/a", "//a/b", "../a?b#c", "?q", "#f", "a/b:c", "./a:b"], &["1:b", "a b"]);
}

#[test]
fn urls_are_those_of_the_web() {
    table(
        url,
        &["http://example.com", "https://example.com:8080/a?b", "HTTPS://[::1]/", "http://user@example.com"],
        &[
            "",
            "example.com",
            "ftp://example.com",
            "http:/example.com",
            "http://",
            "http:///a",
            "https://?q",
            "http://:80",
            "javascript:alert(1)",
            "http://a b",
            "http://user@",
            "http://user@:80/",
        ],
    );
}

#[test]
fn json_pointers_begin_with_a_slash() {
    table(json_pointer, &["", "/", "/a", "/a~1b/~0/0", "/ü "], &["a", "/~", "/~2", "#/a"]);
}

#[test]
fn base64_has_its_padding() {
    table(
        byte,
        &["", "aGVsbG8=", "aA==", "aGVs", "+/+/"],
        &["a", "aA", "aGVsbG8", "aA=a", "a===", "aGVsbG8=\n", "-_-_", "===="],
    );
}
