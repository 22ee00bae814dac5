// Enhances the pages; each works without it.

// The person's time zone, for forms that ask for it.
for (const field of document.querySelectorAll("input[data-zone]")) {
  field.value = field.value || Intl.DateTimeFormat().resolvedOptions().timeZone;
}
