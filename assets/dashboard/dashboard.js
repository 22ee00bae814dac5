// Enhances the pages; each works without it.
"use strict";

// Live pages: the server tells that something changed; the page is fetched again, and what differs is put in place.
(() => {
  const stream = document.body.dataset.stream;
  const lives = () => document.querySelectorAll("[data-live]");
  if (!stream || !window.EventSource || lives().length === 0) return;

  const note = document.getElementById("live-note");
  const say = (text) => { if (note && note.textContent !== text) note.textContent = text; };
  let running = false;
  let again = false;

  // Fields keep what was typed or ticked, and the focus stays where it is.
  function keep(before, after) {
    for (const field of before.querySelectorAll("input, select, textarea")) {
      const same = field.id && after.querySelector("#" + CSS.escape(field.id));
      if (!same) continue;
      if (field.type === "checkbox" || field.type === "radio") same.checked = field.checked;
      else same.value = field.value;
    }
    for (const open of before.querySelectorAll("details[open]")) {
      const place = [...before.querySelectorAll("details")].indexOf(open);
      const same = after.querySelectorAll("details")[place];
      if (same) same.open = true;
    }
  }

  function place(element, root) {
    const all = [...root.querySelectorAll("a, button, input, select, textarea, summary")];
    return { id: element.id, number: all.indexOf(element) };
  }

  function refocus(where, root) {
    const all = root.querySelectorAll("a, button, input, select, textarea, summary");
    const target = (where.id && document.getElementById(where.id)) || all[where.number];
    if (target) target.focus({ preventScroll: true });
  }

  function put(fresh) {
    let changed = false;
    name(fresh);
    for (const after of fresh.querySelectorAll("[data-live]")) {
      const before = document.getElementById(after.id);
      if (!before || before.dataset.seen === after.outerHTML) continue;
      const seen = after.outerHTML;
      const first = before.dataset.seen === undefined && before.outerHTML === seen;
      let placed = before;
      if (!first) {
        const focused = before.contains(document.activeElement) && place(document.activeElement, before);
        keep(before, after);
        // A copy: the rows of the new table are counted below, and one that was moved out would be missing there.
        placed = document.importNode(after, true);
        before.replaceWith(placed);
        if (focused) refocus(focused, placed);
        changed = true;
      }
      placed.dataset.seen = seen;
    }
    // Rows that are new or gone: the table is taken as a whole, with its selection.
    const rows = document.getElementById("rows");
    const newRows = fresh.getElementById("rows");
    const ids = (body) => [...body.children].map((row) => row.id).join(" ");
    if (rows && newRows && ids(rows) !== ids(newRows)) {
      const focused = rows.contains(document.activeElement) && place(document.activeElement, rows);
      keep(rows, newRows);
      rows.replaceWith(newRows);
      if (focused) refocus(focused, newRows);
      changed = true;
    }
    if (changed) say(note ? note.dataset.changed : "");
  }

  async function refresh() {
    if (running) { again = true; return; }
    running = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store", redirect: "error" });
      if (answer.ok) put(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* the next change tries again */ }
    running = false;
    if (again) { again = false; setTimeout(refresh, 1000); }
  }

  const source = new EventSource(stream);
  source.addEventListener("changed", refresh);
  let lost = false;
  source.addEventListener("open", () => {
    if (lost) say("");
    lost = false;
    // What happened between the page and the stream is told by nobody else.
    refresh();
  });
  source.addEventListener("error", () => { lost = true; setTimeout(() => { if (lost && note) say(note.dataset.lost); }, 10000); });
})();

// A table that is shown as cards on a phone loses its roles; they are said again.
function name(root) {
  for (const table of root.querySelectorAll("table.cards")) {
    table.setAttribute("role", "table");
    table.querySelectorAll("thead, tbody").forEach((part) => part.setAttribute("role", "rowgroup"));
    table.querySelectorAll("tr").forEach((row) => row.setAttribute("role", "row"));
    table.querySelectorAll("td").forEach((cell) => cell.setAttribute("role", "cell"));
    table.querySelectorAll("tbody th").forEach((cell) => cell.setAttribute("role", "rowheader"));
    table.querySelectorAll("thead th").forEach((cell) => cell.setAttribute("role", "columnheader"));
  }
}
name(document);

// Choosing "all that fit" and choosing rows exclude each other.
document.addEventListener("change", ({ target }) => {
  const form = target.form;
  if (!form || target.type !== "checkbox") return;
  if (target.name === "all" && target.checked) {
    form.querySelectorAll("input[name=target]").forEach((box) => { box.checked = false; });
  } else if (target.name === "target" && target.checked && form.elements.all) {
    form.elements.all.checked = false;
  }
});

// Previews follow what is typed.
document.addEventListener("input", ({ target }) => {
  if (!target.dataset.preview || !/^#[0-9a-f]{6}$/i.test(target.value)) return;
  for (const image of target.dataset.preview.split(" ").map((id) => document.getElementById(id))) {
    const url = new URL(image.src);
    url.searchParams.set("colour", target.value);
    image.src = url;
  }
});

// Letters follow what is typed in the parts of the settings that they tell of.
let typing;
document.addEventListener("input", ({ target }) => {
  const letters = document.querySelectorAll("iframe.letter");
  const parts = "#people, #invitation";
  if (letters.length === 0 || !target.closest(parts)) return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    const fields = [...document.querySelectorAll(parts)].flatMap((part) => [...part.querySelectorAll("[name]")]);
    for (const letter of letters) {
      const url = new URL(letter.src);
      for (const field of fields) url.searchParams.set(field.name, field.value);
      letter.contentWindow.location.replace(url);
    }
  }, 400);
});

// The person's time zone, for forms that ask for it.
for (const field of document.querySelectorAll("input[data-zone]")) {
  field.value = field.value || Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// Copying needs the browser's leave; without it, a click selects the whole text.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const status = document.getElementById("copied");
      try {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
        button.textContent = status.textContent = button.dataset.done;
      } catch {
        getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
      }
    });
  }
}
