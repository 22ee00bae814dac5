//! The screens and the paper on which pages are looked at, and what each must not do to them.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::browser::Browser;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    Light,
    Dark,
    /// 400 CSS pixels wide, light.
    Phone,
    /// The first one, zoomed to 200 %.
    Large,
    /// The colours of the system instead of ours, as Windows' contrast themes have them (CSS Color Adjustment, section 3).
    Forced,
    /// A4, upright.
    Paper,
}

impl Screen {
    /// What every page is looked at on.
    pub const USUAL: [Self; 3] = [Self::Light, Self::Dark, Self::Phone];
    pub const ALL: [Self; 6] = [Self::Light, Self::Dark, Self::Phone, Self::Large, Self::Forced, Self::Paper];

    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Phone => "phone",
            Self::Large => "large",
            Self::Forced => "forced",
            Self::Paper => "paper",
        }
    }

    /// CSS pixels, and pixels of the screen for each.
    fn size(self) -> (u32, u32, u32) {
        match self {
            Self::Phone => (400, 800, 1),
            Self::Large => (640, 400, 2),
            Self::Paper => (718, 1046, 1),
            Self::Light | Self::Dark | Self::Forced => (1280, 800, 1),
        }
    }

    /// Emulated as the developer tools understand it.
    fn media(self) -> Value {
        let scheme = if matches!(self, Self::Dark | Self::Forced) { "dark" } else { "light" };
        let colours = if self == Self::Forced { "active" } else { "none" };
        // Without motion, so that no picture is taken in between.
        let features = json!([{"name": "prefers-color-scheme", "value": scheme},
                              {"name": "prefers-reduced-motion", "value": "reduce"},
                              {"name": "forced-colors", "value": colours}]);
        json!({"media": if self == Self::Paper { "print" } else { "" }, "features": features})
    }
}

/// Texts that are cut off, and places that have to be scrolled sideways. The picture of the progress hides only what its
/// legend says, and the head of a table that has become cards is there for the ear.
const CUT: &str = "return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() \
    && !e.closest('.visually-hidden, .hidden, thead, svg, select, input, textarea') && !e.matches('.chart') && e.scrollWidth > e.clientWidth + 1 \
    && getComputedStyle(e).overflowX !== 'visible').map(e => e.tagName + '.' + e.className)";
/// What nobody can press on paper. Addresses of downloads are spelt out there.
const PRESSED: &str = "return [...document.querySelectorAll('nav, button, a.button:not([href^=https]), .skip')] \
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().bottom > 0).map(e => e.innerText)";
/// Words with less than 4.5:1 to their ground (WCAG 2.2, success criterion 1.4.3).
const FAINT: &str = r"
    const parts = (colour) => { const n = colour.match(/[\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
    const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => { const v = c[i] / 255;
        return sum + weight * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); }, 0);
    const ground = (e) => { for (; e; e = e.parentElement) {
        const c = parts(getComputedStyle(e).backgroundColor); if (c[3] > 0) return c; } return [255, 255, 255, 1]; };
    return [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest(':disabled, option')
        && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).flatMap(e => {
        const style = getComputedStyle(e);
        const [a, b] = [light(parts(e.closest('svg') ? style.fill : style.color)), light(ground(e))].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        return ratio < 4.5 ? [e.textContent.trim().slice(0, 40) + ' ' + ratio.toFixed(2)] : []; })";

impl Browser {
    pub async fn show_as(&self, screen: Screen) {
        let (width, height, scale) = screen.size();
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": scale, "mobile": false});
        self.tools("Emulation.setDeviceMetricsOverride", metrics).await;
        self.tools("Emulation.setEmulatedMedia", screen.media()).await;
    }

    /// Draws the whole page on the usual screens into the folder of the pictures, and says what is wrong with it.
    pub async fn pictures(&self, name: &str) -> Vec<String> {
        self.pictures_on(name, &Screen::USUAL).await
    }

    /// The same on these screens.
    pub async fn pictures_on(&self, name: &str, screens: &[Screen]) -> Vec<String> {
        let mut faults = Vec::new();
        for screen in screens {
            self.show_as(*screen).await;
            faults.extend(self.faults(*screen).await.into_iter().map(|fault| format!("{name}, {screen:?}: {fault}")));
            let size = self.tools("Page.getLayoutMetrics", json!({})).await["cssContentSize"].clone();
            let clip = json!({"x": 0, "y": 0, "width": screen.size().0, "height": size["height"], "scale": 1});
            let whole = json!({"format": "png", "captureBeyondViewport": true, "clip": clip});
            let picture = self.tools("Page.captureScreenshot", whole).await;
            let picture = base64_decoded(picture["data"].as_str().unwrap_or_default());
            let file = pictures_folder().join(format!("dashboard-{name}-{}.png", screen.name()));
            std::fs::write(file, picture).expect("a picture");
        }
        self.show_as(Screen::Light).await;
        faults
    }

    async fn faults(&self, screen: Screen) -> Vec<String> {
        let mut faults = Vec::new();
        let wide = self.script("return document.documentElement.scrollWidth - innerWidth").await;
        if wide.as_i64().unwrap_or_default() > 0 {
            faults.push(format!("{wide} pixels too wide"));
        }
        let checks: &[(&str, &str)] = match screen {
            Screen::Paper => &[("cut off", CUT), ("a control on paper", PRESSED)],
            // The system's colours are the system's.
            Screen::Forced => &[("cut off", CUT)],
            _ => &[("cut off", CUT), ("faint", FAINT)],
        };
        for (what, script) in checks {
            let found = self.script(script).await;
            faults.extend(found.as_array().into_iter().flatten().map(|found| format!("{what}: {found}")));
        }
        faults
    }
}

fn pictures_folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../gallery");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn base64_decoded(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: make test"]
async fn what_does_not_fit_and_what_cannot_be_read_is_found() {
    let browser = Browser::start().await;
    let wide = "<p style='width:2000px'>x</p>";
    let cut = "<p style='width:50px;overflow:hidden;white-space:nowrap'>longer than its place</p>";
    let faint = "<p style='color:%23999;background:white'>grey</p>";
    for (page, screen, fault) in [
        (wide, Screen::Phone, "pixels too wide"),
        (cut, Screen::Forced, "cut off: \"P.\""),
        (faint, Screen::Light, "faint: \"grey 2.85\""),
        ("<nav>somewhere</nav>", Screen::Paper, "a control on paper: \"somewhere\""),
        ("<nav style='display:none'>somewhere</nav><p>fine</p>", Screen::Paper, ""),
        ("<p>fine</p>", Screen::Large, ""),
    ] {
        browser.open(&format!("data:text/html,<!doctype html><body>{page}")).await;
        browser.show_as(screen).await;
        let faults = browser.faults(screen).await.join("; ");
        assert!(faults.contains(fault) && faults.is_empty() == fault.is_empty(), "{page}: {faults}");
    }
}
