// What a part does: presses and values are sent as commands, rows open, texts are copied, files are saved.
const SOON_MS = 250;

function values(form) {
  const sent = {};
  for (const input of form.elements) {
    if (input.name && input.type !== "submit") sent[input.name] = input.type === "checkbox" ? input.checked : input.value;
  }
  return sent;
}

function press(node, model) {
  const told = { do: node.dataset.do };
  for (const name of ["key", "form"]) if (node.dataset[name] !== undefined) told[name] = node.dataset[name];
  if (node.dataset.id !== undefined) told.id = /^\d+$/.test(node.dataset.id) ? Number(node.dataset.id) : node.dataset.id;
  if (node.dataset.forward !== undefined) told.forward = node.dataset.forward === "1";
  model.send(told);
}

function toggle(node, model) {
  node.setAttribute("aria-pressed", String(node.getAttribute("aria-pressed") !== "true"));  // a second press may come before the answer
  const chosen = node.parentElement.querySelectorAll("[aria-pressed=true]");
  model.send({ do: "filter", key: node.dataset.choice, value: [...chosen].map((one) => one.dataset.value) });
}

async function copy(node) {
  await navigator.clipboard.writeText(node.dataset.copy).catch(() => {});
  node.classList.add("sm-copied");
  setTimeout(() => node.classList.remove("sm-copied"), 1200);
}

function download(name, buffer) {
  const url = URL.createObjectURL(new Blob([buffer]));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function openRow(row, event) {
  if (event.target.closest("a,button") || String(getSelection())) return;
  if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
}

function clicked(event, model) {
  const node = event.target.closest("[data-do], [data-choice], [data-copy], [data-press], [data-href]");
  if (!node) return;
  if (node.matches("tr")) { openRow(node, event); return; }
  if (node.matches("a") && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
  if (node.dataset.press === "submit") return;
  event.preventDefault();
  if (node.getAttribute("aria-disabled") === "true") return;
  if (node.dataset.copy) copy(node);
  else if (node.dataset.choice) toggle(node, model);
  else if (node.dataset.press) model.send({ do: "press", key: node.dataset.press, ...(node.dataset.whole ? { values: values(node.form) } : {}) });
  else press(node, model);
}

function keyed(event, model) {
  const node = event.target;
  if (event.key === " " && node.matches("a[role=button]")) { event.preventDefault(); node.click(); return; }
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || !node.matches("[role=tab]")) return;
  const tabs = [...node.parentElement.children], next = tabs[(tabs.indexOf(node) + step + tabs.length) % tabs.length];
  next.focus();
  press(next, model);
}

export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    let waiting;
    const send = (input) => model.send({ do: "filter", key: input.name, value: input.type === "checkbox" ? input.checked : input.value });
    const typed = (event, wait) => {
      if (!event.target.closest("form[role=search]") || !event.target.name) return;
      clearTimeout(waiting);
      waiting = setTimeout(() => send(event.target), wait);
    };
    root.addEventListener("click", (event) => clicked(event, model));
    root.addEventListener("keydown", (event) => keyed(event, model));
    root.addEventListener("input", (event) => { if (["search", "number"].includes(event.target.type)) typed(event, SOON_MS); });
    root.addEventListener("change", (event) => { if (!["search", "number"].includes(event.target.type)) typed(event, 0); });
    root.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.target.getAttribute("role") !== "search") model.send({ do: "submit", values: values(event.target) });
    });
    const file = (message, buffers) => { if (message.file) download(message.file, buffers[0]); };
    model.on("msg:custom", file);
    const stop = watch(model, ["html"], () => become(root, markup(model)));
    return () => { stop(); model.off("msg:custom", file); };
  },
};
