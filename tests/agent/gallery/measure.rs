//! What can be computed about a page: are all its texts where a person can read them?
#![expect(clippy::needless_pass_by_value, reason = "selectors get their candidates by value")]

use iced::advanced::widget::operation::accessible::Role;
use iced::{Rectangle, Size};
use iced_test::Simulator;
use iced_test::selector::Candidate;

/// Widths are computed in floating point; half a pixel is nothing.
const TOLERANCE: f32 = 0.75;

#[derive(Clone, Debug)]
struct Text {
    words: String,
    bounds: Rectangle,
    visible: Option<Rectangle>,
}

fn texts(candidate: Candidate<'_>) -> Option<Text> {
    match candidate {
        Candidate::Text { bounds, visible_bounds, content, .. } => {
            Some(Text { words: content.to_owned(), bounds, visible: visible_bounds })
        }
        _ => None,
    }
}

fn scrollables(candidate: Candidate<'_>) -> Option<(Rectangle, Rectangle)> {
    match candidate {
        Candidate::Scrollable { bounds, content_bounds, .. } => Some((bounds, content_bounds)),
        _ => None,
    }
}

/// A control's role, its own name and its place.
fn controls(candidate: Candidate<'_>) -> Option<(Role, Option<String>, Rectangle)> {
    match candidate {
        Candidate::Accessible { bounds, accessible, .. } => {
            Some((accessible.role, accessible.label.map(str::to_owned), bounds))
        }
        _ => None,
    }
}

fn all<Message, T: Clone + Send + 'static>(
    page: &mut Simulator<'_, Message>,
    pick: fn(Candidate<'_>) -> Option<T>,
) -> Vec<T> {
    // The simulator only finds the first: this selector remembers all on its way and never chooses one.
    let found = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let keep = found.clone();
    let selector = move |candidate: Candidate<'_>| -> Option<()> {
        if let Some(value) = pick(candidate) {
            keep.lock().expect("one thread").push(value);
        }
        None
    };
    let _ = page.find(selector);
    let found = found.lock().expect("one thread");
    found.clone()
}

fn inside(inner: Rectangle, outer: Rectangle) -> bool {
    inner.x >= outer.x - TOLERANCE
        && inner.y >= outer.y - TOLERANCE
        && inner.x + inner.width <= outer.x + outer.width + TOLERANCE
        && inner.y + inner.height <= outer.y + outer.height + TOLERANCE
}

fn overlap(a: Rectangle, b: Rectangle) -> bool {
    a.intersection(&b).is_some_and(|shared| shared.width > TOLERANCE && shared.height > TOLERANCE)
}

/// Everything that is wrong with a page, in words.
pub fn check<Message>(page: &mut Simulator<'_, Message>, window: Size, may_scroll: bool) -> Vec<String> {
    let mut found = Vec::new();
    let texts = all(page, texts);
    let scrollables = all(page, scrollables);
    let window = Rectangle::with_size(window);
    assert!(texts.len() > 2, "a page without words cannot be checked");
    assert!(!scrollables.is_empty(), "every page has its content in a scrollable");
    for (bounds, content) in &scrollables {
        if content.width > bounds.width + TOLERANCE {
            found.push(format!("content is {} wide in {}", content.width, bounds.width));
        }
        if !may_scroll && content.height > bounds.height + TOLERANCE {
            found.push(format!("content is {} high in {}", content.height, bounds.height));
        }
    }
    for text in &texts {
        // What scrolls is reached by scrolling; sideways and in the footer it must be there at once.
        let reachable =
            scrollables.iter().map(|(_, content)| *content).chain([window]).any(|place| inside(text.bounds, place));
        let width_ok = text.bounds.x >= -TOLERANCE && text.bounds.x + text.bounds.width <= window.width + TOLERANCE;
        if !reachable || !width_ok {
            found.push(format!("cut off: {:?} at {:?}", text.words, text.bounds));
        }
        if text.bounds.width < 1.0 || text.bounds.height < 1.0 {
            found.push(format!("without room: {:?}", text.words));
        }
        // Words of one language do not look like `page-part`.
        let id_like = !text.words.contains(' ') && text.words.contains('-') && text.words.is_ascii();
        if id_like && text.words.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c.is_ascii_digit()) {
            found.push(format!("an id instead of words: {:?}", text.words));
        }
        if text.words.contains('{') || text.words.contains("???") {
            found.push(format!("an argument is missing: {:?}", text.words));
        }
    }
    let bottom = scrollables.iter().map(|(bounds, _)| bounds.y + bounds.height).fold(0.0, f32::max);
    let in_footer = |text: &Text| text.visible.is_some_and(|visible| visible.y >= bottom);
    for (place, text) in texts.iter().enumerate() {
        for other in &texts[place + 1..] {
            if in_footer(text) == in_footer(other) && overlap(text.bounds, other.bounds) {
                found.push(format!("{:?} lies on {:?}", text.words, other.words));
            }
        }
    }
    for (role, label, bounds) in all(page, controls) {
        let named = label.is_some_and(|label| !label.is_empty())
            || texts.iter().any(|text| role == Role::Button && inside(text.bounds, bounds));
        if matches!(role, Role::Button | Role::TextInput | Role::RadioButton | Role::ProgressIndicator) {
            if !named {
                found.push(format!("{role:?} at {bounds:?} has no name"));
            }
            if role != Role::ProgressIndicator && bounds.height.min(bounds.width) < 18.0 {
                found.push(format!("{role:?} at {bounds:?} is too small to hit"));
            }
        }
    }
    found
}
