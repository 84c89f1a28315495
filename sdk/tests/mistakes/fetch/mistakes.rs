use mik_sdk::prelude::*;

fn main() {
    let url = "https://api.example.com/users";
    let _ = fetch!();
    let _ = fetch!(url);
    let _ = fetch!(get url);
    let _ = fetch!(GET);
    let _ = fetch!(GET, headers: {});
    let _ = fetch!(GET url, header: { "a": "b" });
    let _ = fetch!(POST url, json: {}, body: "{}");
    let _ = fetch!(POST url, timeout: 1, timeout: 2);
    let _ = fetch!(GET url headers: {});
    let _ = fetch!(GET url, headers: { "a" "b" });
}
