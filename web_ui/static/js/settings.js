// What a person chose on this phone: language, appearance, vibration. Cookies, so that the server's first words fit.

import { byId, make, setHidden } from "./dom.js";

const YEAR_S = 31536000;

export function remember(name, value) {
  document.cookie = `nunchi_${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR_S}; SameSite=Strict`;
}

function recall(name) {
  return document.cookie.split("; ").find((item) => item.startsWith(`nunchi_${name}=`))?.split("=")[1];
}

/** `onLanguage(lang)` is called when another language is chosen. */
export function setUpLanguages(languages, onLanguage) {
  byId("languages").replaceChildren(...languages.map(([lang, name]) => make("button", { type: "button", value: lang, lang }, name)));
  listen("languages", (lang) => onLanguage(lang));
}

export function showLanguage(lang) {
  press("languages", lang);
}

export function setUpThemes() {
  const root = document.documentElement;
  press("themes", root.dataset.theme);
  listen("themes", (theme) => {
    root.dataset.theme = theme;
    remember("theme", theme);
    press("themes", theme);
  });
}

/** Return a function that vibrates if that was asked for. */
export function setUpVibration() {
  const box = byId("vibration");
  const able = typeof navigator.vibrate === "function";
  box.disabled = !able;
  setHidden(byId("vibration-none"), able);
  box.checked = able && recall("vibration") === "on";
  box.addEventListener("change", () => {
    remember("vibration", box.checked ? "on" : "off");
    // The answer to the tap: this is what it will feel like.
    if (box.checked) navigator.vibrate(120);
  });
  return () => box.checked && navigator.vibrate([250, 150, 250]);
}

function listen(id, onChoice) {
  byId(id).addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) onChoice(button.value);
  });
}

function press(id, value) {
  for (const button of byId(id).children) button.setAttribute("aria-pressed", String(button.value === value));
}
