//! Gives any widget a name for screen readers, an id to focus it by, and a ring while the keyboard is on it.
//!
//! The widgets themselves take neither an id (buttons) nor a name that differs from what they show (fields), and a
//! style cannot draw outside its widget.

use iced::advanced::layout::{Limits, Node};
use iced::advanced::renderer::{Quad, Style};
use iced::advanced::widget::operation::accessible::{Accessible, Live, Role};
use iced::advanced::widget::operation::{Focusable, Operation, Scrollable, TextInput};
use iced::advanced::widget::{Id, Tree, Widget, tree};
use iced::advanced::{Layout, Renderer as _, Shell, mouse, overlay};
use iced::{Border, Color, Element, Event, Length, Rectangle, Renderer, Size, Theme, Vector, keyboard};

/// Gap between a widget and its ring, and width of the ring, in logical pixels.
const GAP: f32 = 2.0;
const WIDTH: f32 = 2.0;

/// A widget with a name. Made by [`named`] and [`region`].
pub struct Named<'a, Message> {
    content: Element<'a, Message>,
    about: About,
    ring: Option<(Color, f32)>,
    caret: u64,
}

#[derive(Default)]
struct About {
    id: Option<Id>,
    role: Option<Role>,
    label: Option<String>,
    description: Option<String>,
    live: Option<Live>,
    busy: bool,
    invalid: bool,
    /// A node of its own around the content, instead of more words for the content's node.
    own_node: bool,
}

/// Adds words to what a control already tells screen readers.
pub fn named<'a, Message>(content: impl Into<Element<'a, Message>>) -> Named<'a, Message> {
    Named { content: content.into(), about: About::default(), ring: None, caret: 0 }
}

/// Groups content under a role: a heading, a list, a status.
pub fn region<'a, Message>(role: Role, content: impl Into<Element<'a, Message>>) -> Named<'a, Message> {
    let about = About { role: Some(role), own_node: true, ..About::default() };
    Named { content: content.into(), about, ring: None, caret: 0 }
}

impl<Message> Named<'_, Message> {
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.about.id = Some(id.into());
        self
    }

    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.about.label = Some(label.into());
        self
    }

    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.about.role = Some(role);
        self
    }

    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.about.description = Some(description.into());
        self
    }

    /// Changes are spoken when there is a pause.
    #[must_use]
    pub fn live(mut self) -> Self {
        self.about.live = Some(Live::Polite);
        self
    }

    /// Changes are spoken at once.
    #[must_use]
    pub fn alert(mut self) -> Self {
        self.about.live = Some(Live::Assertive);
        self
    }

    #[must_use]
    pub fn busy(mut self, busy: bool) -> Self {
        self.about.busy = busy;
        self
    }

    #[must_use]
    pub fn invalid(mut self, invalid: bool) -> Self {
        self.about.invalid = invalid;
        self
    }

    /// Draws a ring of this colour and radius around the control that the keyboard is on.
    #[must_use]
    pub fn ring(mut self, color: Color, radius: f32) -> Self {
        self.ring = Some((color, radius));
        self
    }

    /// Moves the caret to the end each time the number rises: the text was changed by the program.
    #[must_use]
    pub fn caret_to_end(mut self, revision: u64) -> Self {
        self.caret = revision;
        self
    }
}

#[derive(Default)]
struct State {
    by_keyboard: bool,
    focused: bool,
    caret: u64,
}

impl<Message> Widget<Message, Theme, Renderer> for Named<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State { by_keyboard: true, focused: false, caret: self.caret })
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &Limits) -> Node {
        let node = self.content.as_widget_mut().layout(&mut tree.children[0], renderer, limits);
        let state = tree.state.downcast_mut::<State>();
        if state.caret != self.caret {
            state.caret = self.caret;
            let layout = Layout::new(&node);
            self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, &mut CaretToEnd);
        }
        node
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        self.content.as_widget().draw(&tree.children[0], renderer, theme, style, layout, cursor, viewport);
        let state = tree.state.downcast_ref::<State>();
        if let Some((color, radius)) = self.ring.filter(|_| state.focused && state.by_keyboard) {
            let border = Border::default().rounded(radius + GAP + WIDTH).width(WIDTH).color(color);
            let bounds = layout.bounds().expand(GAP + WIDTH);
            renderer.fill_quad(Quad { bounds, border, ..Quad::default() }, Color::TRANSPARENT);
        }
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        if self.about.own_node {
            operation.accessible(self.about.id.as_ref(), layout.bounds(), &self.about.over(&Accessible::default()));
        }
        // A heading's words are its name already; telling them again as a child would speak them twice.
        if self.about.own_node && !matches!(self.about.role, Some(Role::Heading)) {
            operation.traverse(&mut |operation| {
                self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, operation);
            });
        } else {
            let mut operation = Rename { about: &self.about, inner: operation };
            self.content.as_widget_mut().operate(&mut tree.children[0], layout, renderer, &mut operation);
        }
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let child = &mut tree.children[0];
        self.content.as_widget_mut().update(child, event, layout, cursor, renderer, shell, viewport);
        if self.ring.is_none() {
            return;
        }
        let mut search = IsFocused(false);
        self.content.as_widget_mut().operate(child, layout, renderer, &mut search);
        let state = tree.state.downcast_mut::<State>();
        let by_keyboard = match event {
            Event::Mouse(mouse::Event::ButtonPressed(_)) => false,
            Event::Keyboard(keyboard::Event::KeyPressed { .. }) => true,
            _ => state.by_keyboard,
        };
        if (search.0, by_keyboard) != (state.focused, state.by_keyboard) {
            (state.focused, state.by_keyboard) = (search.0, by_keyboard);
            shell.request_redraw();
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        self.content.as_widget().mouse_interaction(&tree.children[0], layout, cursor, viewport, renderer)
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        self.content.as_widget_mut().overlay(&mut tree.children[0], layout, renderer, viewport, translation)
    }
}

impl<'a, Message: 'a> From<Named<'a, Message>> for Element<'a, Message> {
    fn from(named: Named<'a, Message>) -> Self {
        Element::new(named)
    }
}

impl About {
    fn over<'b>(&'b self, plain: &Accessible<'b>) -> Accessible<'b> {
        Accessible {
            role: self.role.unwrap_or(plain.role),
            label: self.label.as_deref().or(plain.label),
            description: self.description.as_deref().or(plain.description),
            live: self.live.or(plain.live),
            level: matches!(self.role, Some(Role::Heading)).then_some(1).or(plain.level),
            busy: self.busy || plain.busy,
            invalid: self.invalid || plain.invalid,
            // Screen readers tell of a radio button whether it is checked, as of a check box.
            toggled: plain.toggled.or(plain.selected.filter(|_| plain.role == Role::RadioButton)),
            ..plain.clone()
        }
    }
}

/// Passes an operation on to the content, with this wrapper's words instead of the content's own.
struct Rename<'a> {
    about: &'a About,
    inner: &'a mut dyn Operation,
}

impl Rename<'_> {
    fn id<'b>(&'b self, id: Option<&'b Id>) -> Option<&'b Id> {
        self.about.id.as_ref().filter(|_| !self.about.own_node).or(id)
    }
}

impl Operation for Rename<'_> {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        self.inner.traverse(operate);
    }

    fn container(&mut self, id: Option<&Id>, bounds: Rectangle) {
        let id = self.id(id).cloned();
        self.inner.container(id.as_ref(), bounds);
    }

    fn scrollable(
        &mut self,
        id: Option<&Id>,
        bounds: Rectangle,
        content_bounds: Rectangle,
        translation: Vector,
        state: &mut dyn Scrollable,
    ) {
        self.inner.scrollable(id, bounds, content_bounds, translation, state);
    }

    fn focusable(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        let id = self.id(id).cloned();
        self.inner.focusable(id.as_ref(), bounds, state);
    }

    fn text_input(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn TextInput) {
        let id = self.id(id).cloned();
        self.inner.text_input(id.as_ref(), bounds, state);
    }

    fn text(&mut self, id: Option<&Id>, bounds: Rectangle, text: &str) {
        self.inner.text(id, bounds, text);
    }

    fn accessible(&mut self, id: Option<&Id>, bounds: Rectangle, accessible: &Accessible<'_>) {
        let id = self.id(id).cloned();
        self.inner.accessible(id.as_ref(), bounds, &self.about.over(accessible));
    }

    fn custom(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn std::any::Any) {
        self.inner.custom(id, bounds, state);
    }
}

struct CaretToEnd;

impl Operation for CaretToEnd {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn text_input(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn TextInput) {
        state.move_cursor_to_end();
    }
}

struct IsFocused(bool);

impl Operation for IsFocused {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation)) {
        operate(self);
    }

    fn focusable(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Focusable) {
        self.0 |= state.is_focused();
    }
}
