// The filter bar: native controls, described by Python; every change is sent as a wish, which Python checks.
function control(field, model) {
  const id = `f-${model.get("name")}-${field.key}`;
  const send = (value) => model.send({ do: "filter", key: field.key, value });
  if (field.kind === "choices") {
    const buttons = field.choices.map((choice) => el("button", { type: "button", "aria-pressed": String(field.value.includes(choice)),
      class: `sm-toggle${field.tiers ? ` sm-tier-${choice}` : ""}`,
      onclick: () => send(field.value.includes(choice) ? field.value.filter((one) => one !== choice) : [...field.value, choice]) }, choice));
    return el("fieldset", { class: "sm-field" }, el("legend", {}, field.label), el("div", { class: "sm-toggles" }, ...buttons));
  }
  if (field.kind === "select") {
    const options = [["", field.any || "any"], ...field.choices].map(([value, label]) =>
      el("option", { value, selected: String(field.value ?? "") === String(value) }, label));
    return el("div", { class: "sm-field" }, el("label", { for: id }, field.label),
      el("select", { id, onchange: (event) => send(event.target.value) }, ...options));
  }
  if (field.kind === "check") {
    return el("div", { class: "sm-field sm-check" },
      el("input", { id, type: "checkbox", checked: field.value, onchange: (event) => send(event.target.checked) }),
      el("label", { for: id }, field.label));
  }
  const input = el("input", { id, type: field.kind === "number" ? "number" : "search", value: field.value ?? "",
    placeholder: field.hint, maxlength: 80, step: field.step, min: field.min, max: field.max, autocomplete: "off" });
  let waiting;
  const later = () => { clearTimeout(waiting); waiting = setTimeout(() => send(input.value), 250); };
  input.addEventListener("input", later);
  return el("div", { class: `sm-field${field.wide ? " sm-wide" : ""}` }, el("label", { for: id }, field.label), input);
}

export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    const draw = () => {
      const active = root.contains(document.activeElement) ? document.activeElement : null;
      const kept = active && { id: active.id, text: active.value, label: active.textContent, at: active.selectionStart };
      const fields = model.get("fields");
      const clear = el("button", { type: "button", class: "sm-button sm-quiet", disabled: !model.get("narrowed"),
        onclick: () => model.send({ do: "reset" }) }, "Clear");
      replace(root, el("form", { class: "sm-filters", role: "search", onsubmit: (event) => event.preventDefault() },
        ...fields.map((field) => control(field, model)), el("div", { class: "sm-field" }, clear)));
      if (!kept) return;
      const again = kept.id ? root.querySelector(`#${CSS.escape(kept.id)}`)
        : [...root.querySelectorAll("button")].find((button) => button.textContent === kept.label);
      if (!again) return;
      if (again.type === "search" || again.type === "number") again.value = kept.text;
      again.focus();
      if (again.type === "search") again.setSelectionRange(kept.at, kept.at);
    };
    return watch(model, ["fields", "narrowed"], draw);
  },
};
