/* Passkeys and security keys: the exchange with the browser's own dialog.
   A form with data-webauthn="add | authenticate | login" holds a hidden field named "credential".
   Options come from <script type="application/json" id="webauthn-data">, or for a sign-in from the form's address.
   Bytes travel as base64url, as the server library expects; parse…FromJSON would refuse browsers we support. */

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/").padEnd(Math.ceil(text.length / 4) * 4, "=")), (char) => char.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const descriptors = (list) => (list ?? []).map((entry) => ({ ...entry, id: toBytes(entry.id) }));

function creationOptions(json) {
  return {
    ...json,
    challenge: toBytes(json.challenge),
    user: { ...json.user, id: toBytes(json.user.id) },
    excludeCredentials: descriptors(json.excludeCredentials),
  };
}

function requestOptions(json) {
  const options = { ...json, challenge: toBytes(json.challenge) };
  if (json.allowCredentials) options.allowCredentials = descriptors(json.allowCredentials);
  return options;
}

function serialise(credential) {
  const { response } = credential;
  const fields = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const answer = {};
  for (const name of fields) {
    if (response[name]) answer[name] = toText(response[name]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    response: answer,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

async function optionsFor(form) {
  const data = document.getElementById("webauthn-data");
  if (data) return JSON.parse(data.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

async function ceremony(form) {
  const options = await optionsFor(form);
  if (form.dataset.webauthn !== "add") {
    const found = await navigator.credentials.get({ publicKey: requestOptions(options.request_options.publicKey) });
    return serialise(found);
  }
  const wanted = creationOptions(options.creation_options.publicKey);
  const passwordless = form.elements.passwordless;
  if (passwordless) {
    const alone = passwordless.checked;
    wanted.authenticatorSelection = {
      ...wanted.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      ...(alone ? { userVerification: "required" } : {}),
    };
  }
  return serialise(await navigator.credentials.create({ publicKey: wanted }));
}

for (const form of document.querySelectorAll("form[data-webauthn]")) {
  const failure = document.querySelector("[data-webauthn-failure]");
  for (const button of document.querySelectorAll("[data-webauthn-button]")) {
    button.hidden = !window.PublicKeyCredential;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (failure) failure.hidden = true;
    try {
      form.elements.credential.value = await ceremony(form);
      form.submit();
    } catch {
      // Cancelled, timed out, or no key known here: the reader may try again or choose another way.
      if (failure) failure.hidden = false;
    }
  });
}
