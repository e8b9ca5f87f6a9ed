// Passkeys: what the page asks for is handed to the browser, and its answer goes into the form.
"use strict";
(() => {
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0),
  );
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const credentials = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const made = (credential) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: {
      clientDataJSON: text(credential.response.clientDataJSON),
      attestationObject: text(credential.response.attestationObject),
    },
  });
  const given = (credential) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: {
      clientDataJSON: text(credential.response.clientDataJSON),
      authenticatorData: text(credential.response.authenticatorData),
      signature: text(credential.response.signature),
      userHandle: credential.response.userHandle ? text(credential.response.userHandle) : null,
    },
  });

  const create = async (asked) => made(await navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: credentials(asked.excludeCredentials),
    },
  }));
  const get = async (asked) => given(await navigator.credentials.get({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      allowCredentials: credentials(asked.allowCredentials),
    },
  }));

  const offer = (root) => root.querySelectorAll("[data-passkey]").forEach((place) => {
    place.hidden = false;
  });
  offer(document);
  document.addEventListener("htmx:afterSettle", (event) => offer(event.detail.target));

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-passkey-get], [data-passkey-create]");
    if (!button) return;
    const form = button.form;
    const said = button.closest("[data-passkey]").querySelector("[data-passkey-error]");
    said.textContent = "";
    try {
      const answer = button.dataset.passkeyCreate
        ? await create(JSON.parse(button.dataset.passkeyCreate))
        : await get(JSON.parse(button.dataset.passkeyGet));
      form.querySelector("[data-passkey-answer]").value = JSON.stringify(answer);
      if (button.dataset.passkeyCreate) {
        const method = document.createElement("input");
        Object.assign(method, { type: "hidden", name: "method", value: "passkey" });
        form.append(method);
      }
      form.requestSubmit();
    } catch {
      said.textContent = button.dataset.failed;
    }
  });
})();
