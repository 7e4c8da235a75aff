/* What is typed survives a lost connection: kept on this device until the server has answered. Without script, each
   screen is an ordinary form. */

const RETRY_MS = 5000;
const key = `questionnaire:${location.pathname}`;
const OURS = /^(csrfmiddlewaretoken|idempotency_key)$/;

function notice(name) {
  const box = document.getElementById("offline");
  if (!box) return;
  box.querySelector("p").textContent = name ? box.dataset[name] : "";
  box.hidden = !name;
}

function typed(form) {
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !OURS.test(name));
}

// Storage may be refused (private window, full disk): the form works all the same, it only can't outlive the page.
function keep(form) {
  try {
    localStorage.setItem(key, JSON.stringify(typed(form)));
  } catch {
    return;
  }
}

function forget() {
  try {
    localStorage.removeItem(key);
  } catch {
    return;
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function restore(form) {
  const fields = kept();
  if (!fields || form.querySelector("[aria-invalid]") || JSON.stringify(fields) === JSON.stringify(typed(form))) return;
  for (const control of form.elements) {
    if (!control.name || ["hidden", "submit", "button"].includes(control.type)) continue;
    const values = fields.filter(([name]) => name === control.name).map(([, value]) => value);
    if (control.type === "radio" || control.type === "checkbox") control.checked = values.includes(control.value);
    else if (values.length) control.value = values[0];
  }
  notice("restored");
}

function show(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  if (!main) return location.reload();
  document.querySelector("main").replaceWith(document.adoptNode(main));
  document.title = page.title;
  window.htmx?.process(main);
  follow();
  (main.querySelector("[data-focus]") ?? main).focus();
}

async function send(form, data) {
  let response;
  try {
    response = await fetch(form.action, { method: "POST", body: data, credentials: "same-origin" });
  } catch {
    return later(form, data);
  }
  notice("");
  if (response.redirected) {
    forget();
    return location.assign(response.url);
  }
  if (response.ok || response.status === 422) forget();
  show(await response.text());
}

function later(form, data) {
  notice("offline");
  let timer = 0;
  const again = () => {
    clearTimeout(timer);
    window.removeEventListener("online", again);
    send(form, data);
  };
  timer = setTimeout(again, RETRY_MS);
  window.addEventListener("online", again);
}

function follow() {
  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  let sending = false;
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    keep(form);
    send(form, new FormData(form, event.submitter));
  });
}

const first = document.querySelector("form[data-keep]");
if (first) restore(first);
follow();
