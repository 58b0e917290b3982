// The filter bar: every change is sent at once. What is being typed survives the redraw.
function keep(root) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  return active && { id: active.id, text: active.value, label: active.textContent, at: active.type === "search" ? active.selectionStart : null };
}

function restore(root, kept) {
  if (!kept) return;
  const again = kept.id ? root.querySelector(`#${CSS.escape(kept.id)}`)
    : [...root.querySelectorAll("button")].find((button) => button.textContent === kept.label);
  if (!again) return;
  if (again.type === "search" || again.type === "number") again.value = kept.text;
  again.focus();
  if (kept.at !== null && again.type === "search") again.setSelectionRange(kept.at, kept.at);
}

export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    const draw = () => {
      const kept = keep(root);
      const clear = el("button", { type: "button", class: "sm-button sm-quiet", disabled: !model.get("narrowed"),
        onclick: () => model.send({ do: "reset" }) }, "Clear");
      const controls = model.get("fields").map((field) => control(field, model.get("name"),
        (value) => model.send({ do: "filter", key: field.key, value }), true));
      replace(root, el("form", { class: "sm-filters", role: "search", onsubmit: (event) => event.preventDefault() },
        ...controls, el("div", { class: "sm-field" }, clear)));
      restore(root, kept);
    };
    return watch(model, ["fields", "narrowed"], draw);
  },
};
