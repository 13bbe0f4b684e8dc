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

// A page with errors says so in its title and at its top; the person's cursor belongs there too. The attribute
// `autofocus` does it on a fresh page, but a browser ignores it when the address has a fragment or after a swap.
function focusErrorSummary(root) {
  const summary = root.querySelector(".ds-error-summary:not([data-was-focused])");
  if (summary) {
    summary.dataset.wasFocused = "";
    summary.tabIndex = -1;
    if (document.activeElement !== summary) {
      summary.focus();
    }
  }
}
