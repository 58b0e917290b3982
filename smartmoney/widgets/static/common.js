// Shared by every part: DOM from text only. Nothing here, and nothing that uses it, parses markup.
const SVG = "http://www.w3.org/2000/svg";

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false || value === "") continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

// Only pages of ours, https addresses and services of this machine become links, whatever Python sent.
function safeLink(address) {
  if (!address) return null;
  const url = new URL(address, location.href);
  const near = url.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname);
  return url.origin === location.origin || url.protocol === "https:" || near ? url.href : null;
}

function outside(href) {
  return new URL(href).origin !== location.origin;
}

function link(address, label, attributes) {
  const href = safeLink(address);
  if (!href) return el("span", attributes, label);
  const away = outside(href) ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return el("a", { href, ...away, ...attributes }, label);
}

function copyButton(text) {
  const button = el("button", { type: "button", class: "sm-copy", "aria-label": `copy ${text}`, title: "copy" },
    svg("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true", fill: "none", stroke: "currentColor" },
      svg("rect", { x: 4, y: 4, width: 7, height: 7, rx: 1.5 }), svg("path", { d: "M8 2.5V2a1 1 0 0 0-1-1H2a1 1 0 0 0-1 1v5a1 1 0 0 0 1 1h.5" })));
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    await navigator.clipboard.writeText(text).catch(() => {});
    button.classList.add("sm-copied");
    setTimeout(() => button.classList.remove("sm-copied"), 1200);
  });
  return button;
}

function sparkline(values, width = 88, height = 22) {
  const low = Math.min(...values), high = Math.max(...values), reach = high - low || 1;
  const points = values.map((value, index) =>
    `${(index / (values.length - 1) * (width - 2) + 1).toFixed(1)},${(height - 2 - (value - low) / reach * (height - 4)).toFixed(1)}`);
  return svg("svg", { class: "sm-spark", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    svg("polyline", { points: points.join(" "), fill: "none", stroke: "currentColor", "stroke-width": 1.4 }));
}

function bars(values, width = 88, height = 22) {
  const reach = Math.max(...values.map(Math.abs)) || 1, step = width / values.length;
  const drawn = values.map((value, index) => {
    const tall = Math.max(Math.abs(value) / reach * (height / 2 - 1), 0.6);
    return svg("rect", { x: (index * step + 0.5).toFixed(1), width: Math.max(step - 1, 1).toFixed(1), height: tall.toFixed(1),
      y: (value >= 0 ? height / 2 - tall : height / 2).toFixed(1), class: value >= 0 ? "sm-up" : "sm-down" });
  });
  return svg("svg", { class: "sm-spark", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...drawn);
}

function intervalBar([low, middle, high]) {
  const width = 64, at = (value) => ((value + 1) / 2 * (width - 2) + 1).toFixed(1);
  return svg("svg", { class: "sm-interval", width, height: 14, viewBox: `0 0 ${width} 14`, "aria-hidden": "true" },
    svg("line", { x1: width / 2, x2: width / 2, y1: 0, y2: 14, class: "sm-zero" }),
    svg("line", { x1: at(low), x2: at(high), y1: 7, y2: 7, stroke: "currentColor", "stroke-width": 3, opacity: 0.45 }),
    svg("circle", { cx: at(middle), cy: 7, r: 3, fill: "currentColor" }));
}

// A cell as Python describes it (widgets/cells.py) as nodes.
function cellNode(cell) {
  const label = cell.t ?? "";
  const tone = cell.c ? ` sm-${cell.c}` : "";
  const inner = [];
  if (cell.k === "tier") inner.push(el("span", { class: `sm-tier sm-tier-${label}` }, label));
  else if (cell.k === "chip") inner.push(el("span", { class: `sm-chip${tone}` }, label));
  else if (cell.k === "flags") inner.push(...cell.v.map((flag) => el("span", { class: "sm-flag" }, flag)));
  else if (cell.k === "spark") inner.push(sparkline(cell.v));
  else if (cell.k === "bars") inner.push(bars(cell.v));
  else if (cell.k === "interval") inner.push(intervalBar(cell.v), el("span", { class: "sm-figure" }, label));
  else if (cell.u) inner.push(link(cell.u, label));
  else inner.push(label);
  if (cell.n) inner.push(el("span", { class: "sm-note" }, cell.n));
  if (cell.y) inner.push(copyButton(cell.y));
  return el("span", { class: `sm-cell${cell.k === "chip" ? "" : tone}${cell.k ? ` sm-k-${cell.k}` : ""}`, title: cell.h, dir: "auto" }, ...inner);
}

function replace(node, ...children) {
  node.replaceChildren(...children);
}

function watch(model, names, draw) {
  const handler = () => draw();
  names.forEach((name) => model.on(`change:${name}`, handler));
  draw();
  return () => names.forEach((name) => model.off(`change:${name}`, handler));
}
