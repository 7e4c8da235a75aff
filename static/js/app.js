/* What every page may use on top of plain HTML. Nothing here is needed for a page to work. */

const ONE_YEAR = 365 * 24 * 3600;

// Theme: the server reads the cookie at the next page, so the first paint is always right.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const choice = event.submitter?.value;
  if (!form.matches("[data-theme-form]") || !choice) return;
  event.preventDefault();
  const secure = location.protocol === "https:" ? "; Secure" : "";
  if (choice === "system") {
    document.cookie = `theme=; path=/; max-age=0; SameSite=Lax${secure}`;
    delete document.documentElement.dataset.theme;
  } else {
    document.cookie = `theme=${choice}; path=/; max-age=${ONE_YEAR}; SameSite=Lax${secure}`;
    document.documentElement.dataset.theme = choice;
  }
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
});

// After a refused form, the summary of what is to be revised takes the focus.
function focusSummary(root) {
  root.querySelector?.("[data-focus]")?.focus();
}
focusSummary(document);
document.addEventListener("htmx:afterSettle", (event) => focusSummary(event.target));

// Menus close with Escape and with a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A control with data-opens="id" shows that dialog; without script, the same control leads to a page or submits.
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (!dialog?.showModal) return;
  event.preventDefault();
  dialog.showModal();
});

// data-copy="#id" copies a value and says so.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  const source = button && document.querySelector(button.dataset.copy);
  if (!source || !navigator.clipboard) return;
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    toast(button.dataset.copied);
  } catch {
    source.select?.();
  }
});
for (const button of document.querySelectorAll("[data-copy][hidden]")) {
  button.hidden = !navigator.clipboard;
}

// Toasts that arrive after the page: an action sent by htmx (`HX-Trigger: {"toast": "…"}`), or a failure.
const region = document.getElementById("toasts");

function toast(text, urgent = false) {
  if (!region || !text) return;
  const box = document.createElement("div");
  box.className = urgent ? "toast toast--late" : "toast";
  if (urgent) box.setAttribute("role", "alert");
  const words = document.createElement("span");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = region.dataset.close;
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  region.append(box);
  if (!urgent) setTimeout(() => !box.matches(":hover, :focus-within") && box.remove(), 12000);
}

document.addEventListener("toast", (event) => toast(event.detail?.value ?? event.detail?.text));
document.addEventListener("htmx:responseError", () => toast(region?.dataset.error, true));
document.addEventListener("htmx:sendError", () => toast(region?.dataset.offline, true));
