//! The dashboard as an operator uses it: in a real browser, from the first start to a finished project.

mod browser;

use browser::Browser;

#[tokio::test]
#[ignore = "needs Chromium: make test"]
async fn smoke() {
    let browser = Browser::start().await;
    browser.open("data:text/html,<label for=a>Name</label><input id=a><button>Go</button><p>hello</p>").await;
    browser.fill("Name", "x").await;
    browser.press("Go").await;
    browser.says("hello").await;
    assert_eq!(browser.pictures("smoke").await, Vec::<String>::new());
}
