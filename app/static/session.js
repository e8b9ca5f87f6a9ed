// Before a session ends for want of a click the page warns, and when it has ended the page says so.
"use strict";
(() => {
  const dialog = document.getElementById("session");
  const strip = document.querySelector("[data-session-ended]");
  const token = document.querySelector("meta[name=csrf-token]");
  if (!dialog || !dialog.showModal) return;
  const part = (name) => dialog.querySelector(`[data-session="${name}"]`);
  const show = (...names) => ["idle", "limit", "ended", "left", "stay", "again", "close", "out"]
    .forEach((name) => { part(name).hidden = !names.includes(name); });
  const title = dialog.querySelector("h2");
  const words = title.textContent;
  const milliseconds = (name) => Number(dialog.dataset[name]) * 1000;
  const warning = milliseconds("warning");

  // Durations, not times of day: the clock of this device may be wrong.
  let limit = Date.now() + milliseconds("limit");
  let end = Math.min(Date.now() + milliseconds("idle"), limit);
  let state = "calm";
  let timer = 0;
  const windows = "BroadcastChannel" in window ? new BroadcastChannel(`session ${dialog.dataset.extension}`) : null;
  const tell = (message) => { if (windows) windows.postMessage(message); };

  const open = (first) => {
    if (!dialog.open) dialog.showModal();
    part(first).focus();
  };
  const calm = () => {
    state = "calm";
    strip.hidden = true;
    dialog.close();
  };
  const warn = () => {
    const isLimit = end >= limit;
    state = "warned";
    title.textContent = words;
    part("failed").textContent = "";
    show(...isLimit ? ["limit", "left", "close", "out"] : ["idle", "left", "stay", "out"]);
    open(isLimit ? "close" : "stay");
  };
  const ended = () => {
    state = "ended";
    title.textContent = dialog.dataset.titleEnded;
    part("failed").textContent = "";
    show("ended", "again", "close");
    strip.hidden = false;
    open("again");
  };

  const look = () => {
    clearTimeout(timer);
    const left = end - Date.now();
    if (left <= 0) {
      if (state !== "ended") ended();
      return;
    }
    if (left > warning) {
      if (state !== "calm") calm();
    } else {
      if (state !== "warned") warn();
      const seconds = Math.ceil(left / 1000);
      part("timer").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
    timer = setTimeout(look, left > warning ? left - warning : left % 1000 || 1000);
  };
  const clicked = () => {
    end = Math.min(Date.now() + milliseconds("idle"), limit);
    tell({ idle: end - Date.now(), limit: limit - Date.now() });
    look();
  };
  const stop = () => {
    end = Date.now();
    look();
  };

  const stay = async () => {
    part("failed").textContent = "";
    try {
      const answer = await fetch(dialog.dataset.extension, {
        method: "POST", headers: { "X-CSRFToken": token.content },
      });
      if (answer.status === 204) clicked();
      else stop();
    } catch {
      part("failed").textContent = document.body.dataset.failed;
    }
  };

  part("stay").addEventListener("click", stay);
  part("close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("cancel", (event) => {
    // Escape is a sign of life too.
    if (part("stay").hidden) return;
    event.preventDefault();
    stay();
  });
  if (windows) {
    // Windows of one browser share the session: a click in one is a click in all.
    windows.addEventListener("message", (event) => {
      limit = Date.now() + event.data.limit;
      end = Date.now() + event.data.idle;
      look();
    });
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) clicked();
  });
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pageshow", (event) => {
    // A page that the browser kept shows nothing of the registry after the end.
    if (event.persisted && Date.now() >= end) window.location.reload();
  });
  clicked();
})();
