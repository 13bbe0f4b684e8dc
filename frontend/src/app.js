// What the pages do a little better with JavaScript than without. Nothing here is needed to use the service.
import { watchDrafts } from "./drafts.js";

watchDrafts(document);
window.addEventListener("load", () => focusErrorSummary(document));
// htmx 4 and htmx 2 name the same moment differently; the page may hold a new form or a new error summary.
for (const moment of ["htmx:after:swap", "htmx:afterSwap"]) {
  document.addEventListener(moment, () => {
    watchDrafts(document);
    focusErrorSummary(document);
  });
}

// A page with errors or warnings says so in its title and at its top; the person's cursor belongs there too. The attribute
// `autofocus` does it on a fresh page, but a browser ignores it when the address has a fragment or after a swap.
function focusErrorSummary(root) {
  const summaries = [...root.querySelectorAll(":is(.ds-error-summary, .caution):not([data-was-focused])")];
  for (const summary of summaries) {
    summary.dataset.wasFocused = "";
    summary.tabIndex = -1;
  }
  if (summaries.length > 0 && document.activeElement !== summaries[0]) {
    summaries[0].focus();
  }
}
