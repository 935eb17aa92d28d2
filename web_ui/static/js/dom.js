// Building blocks for the page. Text only ever enters through text nodes: what the device says may be hostile.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** Make an element; children are nodes or text, attributes with null or false are left out. */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Refer to a symbol of the page's sprite. */
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function setText(node, text) {
  // Writing the same text again would make a live region speak again.
  if (node.textContent !== text) node.textContent = text;
}

export function setHidden(node, hidden) {
  if (node.hidden !== hidden) node.hidden = hidden;
}

/** Wrap a renderer so that it runs only when its input differs from the last one. */
export function onlyWhenChanged(render) {
  let last;
  return (input, words) => {
    const key = words.lang + JSON.stringify(input ?? null);
    if (key === last) return;
    last = key;
    render(input, words);
  };
}
