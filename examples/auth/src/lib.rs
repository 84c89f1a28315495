//! Who is asking: a session in a signed cookie for people, a bearer token for programs.
//!
//! It is configured by its environment: `SESSION_KEY` (at least 32 bytes, from `openssl rand -hex 32`), `PASSWORD` and
//! `API_TOKEN`. A real service has its users in a database, and their passwords hashed.

use mik_sdk::prelude::*;

/// A name with `__Host-` is one that no neighbour's domain can set.
const SESSION: &str = "__Host-session";
/// How long a session lasts, in seconds.
const HOUR: u64 = 3600;

routes! {
    /// Begins a session
    POST "/login" => login,
    /// Ends it
    POST "/logout" => logout,
    "/account" => {
        before => session,
        /// Who has the session
        GET "/me" => me,
        /// For the administrator alone
        GET "/secrets" => secrets,
    },
    "/api" => {
        before => token,
        /// What a program may ask
        GET "/status" => status,
    },
}

#[derive(Type)]
struct Login {
    #[field(min = 1, max = 100)]
    user: String,
    password: String,
}

/// What the session says, for the handlers after it.
#[derive(Clone)]
struct User {
    name: String,
}

fn login(Form(login): Form<Login>) -> Result<(Cookie, StatusCode), Problem> {
    let is_known = matches!(login.user.as_str(), "ada" | "grace");
    // Compared in any case: how long it takes shall not tell who is known.
    if !(is_same(&login.password, &env::require("PASSWORD")?) & is_known) {
        return Err(Problem::unauthorized("wrong user or password"));
    }
    // The browser forgets a cookie when it is told to; what it is worth, the value has to say.
    let value = format!("{} {}", time::now() + HOUR, login.user);
    let cookie = Cookie::signed(SESSION, value, &key()?).with_max_age(HOUR).with_same_site(SameSite::Strict);
    Ok((cookie, StatusCode::NO_CONTENT))
}

fn logout() -> (Cookie, StatusCode) {
    (Cookie::removal(SESSION), StatusCode::NO_CONTENT)
}

fn session(cookies: Cookies) -> Result<Extension<User>, Problem> {
    let value = cookies.signed(SESSION, &key()?);
    let parts = value.as_deref().and_then(|value| value.split_once(' '));
    match parts {
        Some((expires, name)) if expires.parse().is_ok_and(|expires: u64| time::now() < expires) => {
            Ok(Extension(User { name: name.to_owned() }))
        }
        _ => Err(Problem::unauthorized("there is no session, or it has ended: `POST /login`")),
    }
}

fn me(Extension(user): Extension<User>) -> Response {
    ok!({ "user": user.name })
}

fn secrets(Extension(user): Extension<User>) -> Result<&'static str, Problem> {
    match user.name.as_str() {
        "ada" => Ok("42"),
        _ => Err(Problem::forbidden("this is for the administrator")),
    }
}

fn token(Bearer(token): Bearer) -> Result<(), Problem> {
    match is_same(token, &env::require("API_TOKEN")?) {
        true => Ok(()),
        false => Err(Bearer::invalid_token("this token is not valid")),
    }
}

fn status() -> Response {
    ok!({ "status": "fine" })
}

fn key() -> Result<SigningKey, Problem> {
    SigningKey::new(env::require("SESSION_KEY")?)
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differences = one.bytes().zip(other.bytes()).fold(0, |differences, (one, other)| differences | (one ^ other));
    one.len() == other.len() && std::hint::black_box(differences) == 0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn environment() -> testing::Environment {
        testing::env([
            ("SESSION_KEY", "0123456789abcdef0123456789abcdef"),
            ("PASSWORD", "correct horse"),
            ("API_TOKEN", "t0ken"),
        ])
    }

    fn try_login(body: &str) -> Response {
        testing::post("/login").header("content-type", "application/x-www-form-urlencoded").body(body).send(handle)
    }

    /// What a browser would send back.
    fn cookie(response: &Response) -> String {
        let field = response.header("set-cookie").expect("a cookie is set");
        field.split(';').next().unwrap_or_default().to_owned()
    }

    fn get(path: &str, cookie: &str) -> Response {
        testing::get(path).header("cookie", cookie).send(handle)
    }

    #[test]
    fn a_session_lasts_an_hour() {
        let _environment = environment();
        let clock = testing::at("2025-01-16T10:30:00Z");
        let response = try_login("user=ada&password=correct+horse");
        response.assert_status(204);
        let field = response.header("set-cookie").unwrap();
        assert!(field.ends_with("; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Strict"), "{field}");

        get("/account/me", &cookie(&response)).assert_status(200).assert_json(&json!({ "user": "ada" }));
        clock.advance(Duration::from_secs(3599));
        get("/account/me", &cookie(&response)).assert_status(200);
        clock.advance(Duration::from_secs(1));
        get("/account/me", &cookie(&response)).assert_problem(401);
    }

    #[test]
    fn nobody_gets_in_without_the_password() {
        let _environment = environment();
        for wrong in ["user=ada&password=wrong", "user=eve&password=correct+horse", "user=ada&password="] {
            try_login(wrong).assert_problem(401);
        }
        try_login("user=&password=x").assert_problem(422);
        try_login("user=ada").assert_problem(400);
        get("/account/me", "").assert_problem(401);
    }

    #[test]
    fn a_session_cannot_be_made_up() {
        let _environment = environment();
        let grace = cookie(&try_login("user=grace&password=correct+horse"));
        get("/account/me", &grace).assert_json(&json!({ "user": "grace" }));
        get("/account/secrets", &grace).assert_problem(403);
        get("/account/secrets", &grace.replace("grace", "ada")).assert_problem(401);
    }

    #[test]
    fn logging_out_removes_the_cookie() {
        let response = testing::post("/logout").send(handle);
        assert!(response.header("set-cookie").unwrap().starts_with("__Host-session=; Path=/; Max-Age=0;"));
    }

    #[test]
    fn programs_bring_a_token() {
        let _environment = environment();
        let ask = |token: &str| testing::get("/api/status").header("authorization", token).send(handle);
        ask("Bearer t0ken").assert_status(200);
        ask("Bearer other").assert_header("www-authenticate", "Bearer error=\"invalid_token\"").assert_problem(401);
        ask("Basic t0ken").assert_header("www-authenticate", "Bearer").assert_problem(401);
    }
}
