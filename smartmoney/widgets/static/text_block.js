// Lines of cells: headers, reasons, footers.
export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    const draw = () => {
      const kind = model.get("kind");
      const title = model.get("title") ? el("h2", {}, model.get("title")) : null;
      const lines = model.get("lines").map((cells) => el(kind === "list" ? "li" : "p", {}, ...cells.map(cellNode)));
      const body = kind === "list" ? el("ul", {}, ...lines) : el("div", {}, ...lines);
      if (!lines.length) { replace(root); return; }
      replace(root, el("section", { class: kind === "plain" || kind === "hero" ? `sm-prose sm-${kind}` : "sm-panel sm-prose" }, ...[title, body].filter(Boolean)));
    };
    return watch(model, ["lines", "title"], draw);
  },
};
