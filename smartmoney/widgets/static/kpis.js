// A row of figures.
function card(item) {
  const value = el("div", { class: "sm-kpi-value" }, cellNode(item.cell));
  const below = item.below ? el("div", { class: "sm-kpi-below", title: item.belowHint }, item.below) : null;
  return el("div", { class: "sm-kpi" }, el("div", { class: "sm-kpi-label", title: item.hint }, item.label), value, below);
}

export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    return watch(model, ["items"], () => {
      const items = model.get("items"), wide = items.length > 7 ? Math.ceil(items.length / 2) : items.length;
      replace(root, el("div", { class: "sm-kpis", style: `--wide: ${Math.max(wide, 1)}` }, ...items.map(card)));
    });
  },
};
