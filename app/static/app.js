// What the pages do beyond links and forms. All of it is comfort: without it everything still works.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const say = (region, words) => {
    const place = byId(region);
    if (place) place.textContent = words;
  };

  // While a Japanese word is being composed htmx must not search for its halves.
  document.addEventListener("input", (event) => {
    if (event.isComposing) event.stopPropagation();
  }, true);
  document.addEventListener("compositionend", (event) => {
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // An error summary, or what else asks for it, takes the focus when it appears.
  const focusOn = (root) => {
    const wanted = root.querySelector("[data-autofocus]");
    if (wanted) wanted.focus();
  };
  focusOn(document);

  // What a form is just saving by itself is waited for, so that it is not taken for another's.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.querySelector("[data-autosave][aria-busy=true]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const again = () => setTimeout(() => form.requestSubmit(event.submitter));
    form.addEventListener("htmx:afterRequest", again, { once: true });
  }, true);

  // A form that changes something is sent once, however often its button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    form.dataset.sent = "yes";
  }, true);
  const sendable = (root) => root.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
  });
  window.addEventListener("pageshow", () => sendable(document));

  const events = {
    "htmx:configRequest": (event) => {
      const token = document.querySelector("meta[name=csrf-token]");
      if (token) event.detail.headers["X-CSRFToken"] = token.content;
    },
    "htmx:beforeRequest": (event) => {
      event.detail.target.setAttribute("aria-busy", "true");
      say("alert", "");
    },
    "htmx:afterRequest": (event) => {
      event.detail.target.removeAttribute("aria-busy");
      sendable(document);
    },
    "htmx:afterSettle": (event) => {
      // A row that was replaced as a whole is not the one that was asked for any more.
      const part = event.detail.target.isConnected ? event.detail.target : event.target;
      const told = part.querySelector("[data-announce]");
      if (told) say("status", told.dataset.announce);
      const asked = event.detail.requestConfig;
      const heading = asked && asked.elt.dataset.focus;
      if (heading && byId(heading)) byId(heading).focus();
      else focusOn(part);
      document.querySelectorAll("[data-keeps-query]").forEach((link) => {
        // Where the address does not say the language, the link carries the page to come back to.
        const query = new URLSearchParams(link.search);
        const back = query.get("back");
        if (back) query.set("back", back.split("?")[0] + window.location.search);
        link.search = back ? query : window.location.search;
      });
    },
    "htmx:responseError": (event) => {
      const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
      const words = page.querySelector("[data-message]");
      say("alert", words ? words.textContent.trim() : document.body.dataset.failed);
    },
  };
  for (const lost of ["htmx:sendError", "htmx:timeout"]) {
    events[lost] = () => say("alert", document.body.dataset.failed);
  }
  for (const [name, listener] of Object.entries(events)) {
    document.addEventListener(name, listener);
  }
})();
