// Words for codes; the same rules as web_ui/words.py.

export class Words {
  #texts;

  constructor(lang, texts) {
    this.lang = lang;
    this.#texts = new Map(Object.entries(texts));
  }

  has(code) {
    return this.#texts.has(code);
  }

  /** The sentence for a code; a code without words comes back as `otherwise`, else as it is. */
  render(code, values = {}, otherwise = code) {
    const text = this.#texts.get(code);
    if (text === undefined) return String(otherwise);
    return text.replace(/\{(\w+)\}/g, (placeholder, name) =>
      Object.hasOwn(values ?? {}, name) ? this.#value(name, values[name]) : placeholder);
  }

  /** The sentence of a phrase of the device; its English text where this page has no words for it. */
  phrase({ code, values, text }) {
    return this.render(code, values, text ?? code);
  }

  /** The name of a sense, a kind, a status ...; the bare name where there are no words. */
  name(group, value) {
    return this.render(`${group}.${value}`, {}, value);
  }

  #value(name, value) {
    return typeof value === "number" ? formatNumber(value) : this.render(`${name}.${value}`, {}, value);
  }
}

export function formatNumber(value) {
  if (Number.isInteger(value)) return String(value);
  return String(Math.abs(value) < 1 ? Number(value.toPrecision(2)) : Number(value.toFixed(3)));
}

/** Seconds since the start as m:ss. */
export function formatClock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** Put all fixed words of the page into this language. */
export function translatePage(words) {
  document.documentElement.lang = words.lang;
  for (const node of document.querySelectorAll("[data-w]")) {
    node.textContent = words.render(node.dataset.w, { date: node.dataset.wDate });
  }
  for (const node of document.querySelectorAll("[data-w-alt]")) node.alt = words.render(node.dataset.wAlt);
  for (const node of document.querySelectorAll("[data-w-label]")) node.ariaLabel = words.render(node.dataset.wLabel);
}
