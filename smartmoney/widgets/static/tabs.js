// A strip of tabs; Python swaps what is below.
export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    const draw = () => {
      const chosen = model.get("chosen");
      const hadFocus = root.contains(document.activeElement);
      const tabs = model.get("names").map(([key, label]) => el("button", { type: "button", role: "tab", class: "sm-tab",
        "aria-selected": String(key === chosen), tabindex: key === chosen ? 0 : -1,
        onclick: () => model.send({ do: "choose", key }) }, label));
      const strip = el("div", { class: "sm-tabs", role: "tablist", "aria-label": model.get("label") }, ...tabs);
      strip.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        const names = model.get("names");
        if (step) model.send({ do: "choose", key: names[(names.findIndex(([key]) => key === chosen) + step + names.length) % names.length][0] });
      });
      replace(root, strip);
      if (hadFocus) root.querySelector("[aria-selected=true]")?.focus();
    };
    return watch(model, ["names", "chosen"], draw);
  },
};
