//! Every page and notable state as a picture, in light and dark, English and German, at 100 % and 200 % text.
//!
//! The pictures land in `target/gallery/`. Each is also measured: no text is cut off, nothing lies on something else,
//! and no id shows in place of its words.

pub mod belonging;
pub mod identity;
pub mod known;
pub mod measure;
pub mod reports;
pub mod small;
pub mod states;
pub mod wizard;

use std::fs;
use std::path::Path;

use self::states::State;
use iced::Settings;
use iced_test::Simulator;
use mailshift::agent::i18n::Words;
use mailshift::agent::theme::{FONT, GROWS_TO, Palette, Style};

/// The brand of the sample project.
const BRAND: Option<&str> = Some("#1D5FBF");

fn style(language: &str, palette: Palette, scale: f32) -> Style {
    Style {
        words: Words::for_locale(language),
        palette,
        scale,
        zone: jiff::tz::TimeZone::get("Europe/Berlin").expect("a zone of the built-in or the system's database"),
        reduced_motion: true,
    }
}

fn show(state: &State, style: &Style, name: &str, keep: bool) -> Vec<String> {
    let settings = Settings { default_font: FONT, ..Settings::default() };
    let window = style.window(state.size);
    let mut page = Simulator::with_size(settings, window, state.view(style));
    let mut found = measure::check(&mut page, window, style.is_large());
    if keep {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../gallery");
        fs::create_dir_all(&folder).expect("the target folder can be written");
        let picture = folder.join(format!("{name}-tiny-skia.png"));
        let _ = fs::remove_file(&picture);
        let shot = page.snapshot(&style.iced_theme()).expect("drawn without a display");
        shot.matches_image(folder.join(format!("{name}.png"))).expect("written");
        fs::rename(picture, folder.join(format!("{name}.png"))).expect("renamed");
    }
    for finding in &mut found {
        *finding = format!("{name}: {finding}");
    }
    found
}

#[test]
fn in_english_every_page_fits_its_window_in_every_text_size() {
    every_page_fits("en");
}

#[test]
fn in_german_every_page_fits_its_window_in_every_text_size() {
    every_page_fits("de");
}

/// `GALLERY=<part of a state's name>` looks at some states only.
fn every_page_fits(language: &str) {
    let only = std::env::var("GALLERY").unwrap_or_default();
    let mut found = Vec::new();
    for state in states::all().iter().filter(|state| state.name.contains(&only)) {
        for (scale, kept) in [(1.0, true), (1.2, false), (GROWS_TO, false), (2.0, true)] {
            for (shade, palette) in [("light", Palette::light(BRAND)), ("dark", Palette::dark(BRAND))] {
                // Colours do not change sizes: the sizes in between are measured once and not kept.
                if kept || shade == "light" {
                    let name = format!("{}-{language}-{shade}-{}", state.name, scale * 100.0);
                    found.extend(show(state, &style(language, palette, scale), &name, kept));
                }
            }
        }
    }
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

#[test]
fn high_contrast_is_drawn_as_well() {
    for state in states::all().iter().filter(|state| state.name.ends_with("sample")) {
        let name = format!("{}-en-contrast-100", state.name);
        let found = show(state, &style("en", Palette::high_contrast(BRAND), 1.0), &name, true);
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}
