// Saves what is typed in a form while it is typed.
//
//   <form data-autosave-url="/uppgifter/…/utkast"> … <p data-autosave-status role="status"></p> </form>
//
// Twenty seconds after a change, and when the page is hidden, the fields are posted to that address exactly as the
// form would post them, without files. Any 2xx answer means saved. Where the form has no status line, one is added.

const interval = 20_000;
// A request that outlives its page may carry at most 64 KiB.
const keepaliveLimit = 60_000;
const givesUp = new Set([401, 403, 404, 409, 410]);

const words = {
  sv: {
    saved: (clock) => `Utkastet sparades kl. ${clock}.`,
    failed: "Utkastet kunde inte sparas just nu. Vi försöker igen.",
    refused: "Utkastet kan inte sparas längre. Kopiera det du har skrivit och ladda om sidan.",
  },
  en: {
    saved: (clock) => `Draft saved at ${clock}.`,
    failed: "The draft could not be saved just now. We will try again.",
    refused: "The draft can no longer be saved. Copy what you have written and reload the page.",
  },
};

export function watchDrafts(root) {
  for (const form of root.querySelectorAll("form[data-autosave-url]:not([data-autosave-on])")) {
    form.dataset.autosaveOn = "";
    watch(form);
  }
}

function watch(form) {
  const say = words[document.documentElement.lang] ?? words.sv;
  // `over`: the form is being submitted, or the server will not take this draft again.
  const draft = { saved: fieldsOf(form), timer: undefined, over: false };
  const isUnsaved = () => !draft.over && form.isConnected && fieldsOf(form) !== draft.saved;

  const save = async (leaving = false) => {
    clearTimeout(draft.timer);
    draft.timer = undefined;
    if (!isUnsaved()) {
      return;
    }
    const sending = fieldsOf(form);
    const answer = await post(form.dataset.autosaveUrl, sending, leaving);
    if (answer?.ok) {
      draft.saved = sending;
      tell(form, say.saved(clock()));
    } else if (answer && (givesUp.has(answer.status) || answer.type === "opaqueredirect")) {
      draft.over = true;
      tell(form, say.refused);
    } else {
      tell(form, say.failed);
      later();
    }
  };
  const later = () => {
    draft.timer ??= setTimeout(save, interval);
  };

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    clearTimeout(draft.timer);
    draft.over = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      save(true);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    // A draft follows by itself when the page is left; what cannot follow is worth a question.
    const isTooLarge = isUnsaved() && fieldsOf(form).length > keepaliveLimit;
    if (!draft.over && form.isConnected && (isTooLarge || hasFiles(form))) {
      event.preventDefault();
    }
  });
}

async function post(url, fields, leaving) {
  try {
    return await fetch(url, {
      method: "POST",
      body: fields,
      headers: {
        Accept: "application/json",
        "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
        "X-Requested-With": "autosave",
      },
      credentials: "same-origin",
      redirect: "manual",
      keepalive: leaving && fields.length <= keepaliveLimit,
    });
  } catch {
    return undefined;
  }
}

// What the form would post, without files, as one line of text.
function fieldsOf(form) {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return new URLSearchParams(fields).toString();
}

function hasFiles(form) {
  return [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length > 0);
}

function tell(form, sentence) {
  let line = form.querySelector("[data-autosave-status]");
  if (!line) {
    line = document.createElement("p");
    line.className = "autosave-status";
    line.dataset.autosaveStatus = "";
    line.setAttribute("role", "status");
    form.append(line);
  }
  line.textContent = sentence;
}

function clock() {
  const time = { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Stockholm" };
  const separator = document.documentElement.lang === "en" ? ":" : ".";
  return new Date().toLocaleTimeString("sv-SE", time).replace(":", separator);
}
