// Native controls, described by Python. `send` gets the value as the control gives it; Python checks it.
function control(field, name, send, soon) {
  const id = `f-${name}-${field.key}`;
  if (field.kind === "choices") {
    const press = (choice) => (event) => {  // a second press may come before the answer to the first
      field.value = field.value.includes(choice) ? field.value.filter((one) => one !== choice) : [...field.value, choice];
      event.currentTarget.setAttribute("aria-pressed", String(field.value.includes(choice)));
      send(field.value);
    };
    const buttons = field.choices.map((choice) => el("button", { type: "button", "aria-pressed": String(field.value.includes(choice)),
      class: `sm-toggle${field.tiers ? ` sm-tier-${choice}` : ""}`, onclick: press(choice) }, choice));
    return el("fieldset", { class: "sm-field" }, el("legend", {}, field.label), el("div", { class: "sm-toggles" }, ...buttons));
  }
  if (field.kind === "select") {
    const options = [...(field.any === false ? [] : [["", field.any || "any"]]), ...field.choices].map(([value, label]) =>
      el("option", { value: value === "" ? undefined : value, selected: String(field.value ?? "") === String(value) }, label));
    if (field.any !== false) options[0].value = "";
    return el("div", { class: "sm-field" }, el("label", { for: id }, field.label),
      el("select", { id, name: field.key, onchange: (event) => send(event.target.value) }, ...options));
  }
  if (field.kind === "check") {
    return el("div", { class: "sm-field sm-check" },
      el("input", { id, name: field.key, type: "checkbox", checked: field.value, onchange: (event) => send(event.target.checked) }),
      el("label", { for: id }, field.label));
  }
  const input = el("input", { id, name: field.key, type: field.kind === "number" ? "number" : soon ? "search" : "text", value: field.value ?? "",
    placeholder: field.hint, maxlength: field.longest || 80, step: field.step, min: field.min, max: field.max, autocomplete: "off" });
  let waiting;
  if (soon) input.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(() => send(input.value), 250); });
  return el("div", { class: `sm-field${field.wide ? " sm-wide" : ""}`, title: field.help }, el("label", { for: id }, field.label), input);
}
