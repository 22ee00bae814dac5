//! A browser without script: it keeps cookies, follows nothing, and finds fields in pages.

use std::cell::RefCell;
use std::collections::BTreeMap;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header, redirect};

use crate::server_support::{Backend, LIMIT, World};

pub const NAME: &str = "Ada";
pub const PASSWORD: &str = "a few words in a row";

/// A server that nobody has used yet.
pub async fn world(on: Backend) -> World {
    let mut world = on.empty_world();
    world.start().await;
    world
}

pub struct Browser<'a> {
    pub world: &'a World,
    http: Client,
    cookies: RefCell<BTreeMap<String, String>>,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub text: String,
}

impl<'a> Browser<'a> {
    pub fn new(world: &'a World) -> Self {
        let http = Client::builder().no_proxy().timeout(LIMIT).redirect(redirect::Policy::none());
        Self { world, http: http.build().expect("a client"), cookies: RefCell::default() }
    }

    /// The first administrator, signed in.
    pub async fn administrator(world: &'a World) -> Self {
        let browser = Self::new(world);
        let link = world.first_link().await;
        let done = browser.post(&link, &[("name", NAME), ("password", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, "/"));
        browser
    }

    /// Somebody whom the administrator has invited, signed in.
    pub async fn invited(administrator: &Self, name: &str, role: &str) -> Self {
        let shown = administrator
            .send("/operators", "/operators", &[("name", name), ("role", role), ("password", PASSWORD)])
            .await;
        let link = shown.between("<li><code>", "</code>").expect("a link");
        let browser = Self::new(administrator.world);
        let path = link.strip_prefix(&administrator.world.url).expect("a link to this server");
        let done = browser.post(path, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        assert_eq!((done.status, done.to()), (StatusCode::SEE_OTHER, "/"));
        browser
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.request(method, format!("{}{path}", self.world.url));
        request.header(header::ACCEPT, "text/html,*/*").header(header::COOKIE, cookies.join("; "))
    }

    pub async fn get(&self, path: &str) -> Page {
        self.answer(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = serde_html_form::to_string(fields).expect("a form");
        let request = self.request(Method::POST, path).header("Sec-Fetch-Site", "same-origin");
        self.answer(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)).await
    }

    /// Sends a form of a page of the session.
    pub async fn send(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = self.get(page).await.field("csrf");
        self.post(path, &[fields, &[("csrf", csrf.as_str())]].concat()).await
    }

    pub async fn sign_in(&self, name: &str, password: &str, code: &str) -> Page {
        self.post("/sign-in", &[("name", name), ("password", password), ("code", code)]).await
    }

    pub async fn is_signed_in(&self) -> bool {
        self.get("/sign-in").await.status == StatusCode::SEE_OTHER
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.into(), value.into());
    }

    pub async fn answer(&self, request: RequestBuilder) -> Page {
        let response: Response = request.send().await.expect("an answer");
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if cookie.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.into(), value.into());
            }
        }
        let (status, headers) = (response.status(), response.headers().clone());
        Page { status, headers, text: response.text().await.expect("text") }
    }
}

impl Page {
    /// Where it leads.
    pub fn to(&self) -> &str {
        self.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The value of the first field of this name.
    pub fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        self.between(&start, "\"").unwrap_or_else(|| panic!("no field {name}: {} {}", self.status, self.text))
    }

    pub fn between(&self, start: &str, end: &str) -> Option<String> {
        Some(self.text.split_once(start)?.1.split_once(end)?.0.to_owned())
    }
}
