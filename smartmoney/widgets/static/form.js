// A form that is sent as a whole; and buttons beside it.
function gathered(form, fields) {
  const values = {};
  for (const field of fields) {
    const input = form.elements[field.key];
    if (input) values[field.key] = field.kind === "check" ? input.checked : input.value;
  }
  return values;
}

export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    const draw = () => {
      const fields = model.get("fields");
      const form = el("form", { class: "sm-filters" });
      form.addEventListener("submit", (event) => { event.preventDefault(); model.send({ do: "submit", values: gathered(form, fields) }); });
      const buttons = model.get("buttons").map((button) => el("button", { type: button.key === "submit" ? "submit" : "button",
        class: `sm-button${button.main ? " sm-main" : ""}`, disabled: button.disabled, title: button.hint,
        onclick: button.key === "submit" ? undefined : () => model.send({ do: "press", key: button.key, ...(button.values ? { values: gathered(form, fields) } : {}) }) }, button.label));
      form.append(...fields.map((field) => control(field, model.get("name"), () => {}, false)), el("div", { class: "sm-buttons" }, ...buttons));
      const note = model.get("note") ? el("p", { class: "sm-form-note", role: "status" }, model.get("note")) : null;
      const title = model.get("title") ? el("h2", {}, model.get("title")) : null;
      const bare = model.get("bare");
      replace(root, el("section", { class: bare ? "sm-bare" : "sm-panel" }, ...[title, form, note].filter(Boolean)));
    };
    return watch(model, ["fields", "buttons", "note", "title"], draw);
  },
};
