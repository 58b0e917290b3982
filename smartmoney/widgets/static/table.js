// A table of one page of rows: headings sort, rows open, pages turn, the whole list exports.
function placed(column) {
  return [column.left ? "sm-left" : "", column.stick ? "sm-stick" : ""].join(" ").trim();
}

function heading(column, table, model) {
  if (!column.label) return el("td", {});
  const sorted = table.sort === column.key;
  const state = sorted ? (table.descending ? "descending" : "ascending") : "none";
  const mark = sorted ? (table.descending ? " ↓" : " ↑") : "";
  const inside = column.sort
    ? el("button", { type: "button", class: "sm-sort", title: column.hint, onclick: () => model.send({ do: "sort", key: column.key }) },
        column.label, el("span", { "aria-hidden": "true" }, mark))
    : el("span", { title: column.hint }, column.label);
  return el("th", { scope: "col", class: placed(column), "aria-sort": column.sort ? state : false }, inside);
}

function buttonsNode(cell, model) {
  return el("span", { class: "sm-acts" }, ...cell.v.map(([key, label]) => el("button", { type: "button", class: "sm-button sm-quiet",
    onclick: () => model.send({ do: "act", key, id: cell.i }) }, label)));
}

function bodyRow(cells, columns, model) {
  const row = el("tr", {}, ...cells.map((cell, index) => el("td", { class: placed(columns[index]) },
    cell.k === "buttons" ? buttonsNode(cell, model) : cellNode(cell))));
  const target = cells.find((cell) => cell.u)?.u;
  const href = target && safeLink(target);
  if (href && !outside(href)) {
    row.classList.add("sm-opens");
    row.addEventListener("click", (event) => {
      if (event.target.closest("a,button") || String(getSelection())) return;
      if (event.ctrlKey || event.metaKey) open(href, "_blank", "noopener");
      else location.assign(href);
    });
  }
  return row;
}

function pager(table, model) {
  const turn = (forward) => () => model.send({ do: "turn", forward });
  const count = (table.rows || []).length;
  const last = table.first + count - 1;
  const total = table.total === null ? "" : ` of ${table.total.toLocaleString("en")}`;
  const place = count ? `${table.first.toLocaleString("en")}–${last.toLocaleString("en")}${total}` : "0 rows";
  const exports = table.exports ? ["csv", "parquet"].map((form) => el("button", { type: "button", class: "sm-button sm-quiet",
    title: "the whole filtered list", onclick: () => model.send({ do: "export", form }) }, form === "csv" ? "CSV" : "Parquet")) : [];
  return el("div", { class: "sm-pager" },
    el("button", { type: "button", class: "sm-button", disabled: !table.previous, "aria-label": "previous page", onclick: turn(false) }, "‹"),
    el("span", { class: "sm-place", role: "status" }, place),
    el("button", { type: "button", class: "sm-button", disabled: !table.next, "aria-label": "next page", onclick: turn(true) }, "›"),
    el("span", { class: "sm-grow" }), ...exports);
}

function emptyNote(table, model) {
  const clear = table.clearable
    ? el("button", { type: "button", class: "sm-button", onclick: () => model.send({ do: "reset" }) }, "Clear filters") : null;
  return el("div", { class: "sm-empty" }, el("p", {}, table.empty), clear);
}

function download(name, buffer) {
  const url = URL.createObjectURL(new Blob([buffer]));
  const anchor = el("a", { href: url, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    const draw = () => {
      const table = model.get("table");
      const focus = root.contains(document.activeElement) ? document.activeElement.textContent : null;
      const parts = [];
      if (table.title) parts.push(el("h2", {}, table.title));
      if (table.rows && table.rows.length) {
        const scroller = el("div", { class: "sm-scroll", role: "region", tabindex: 0, "aria-label": table.label },
          el("table", { class: "sm-table" }, el("caption", { class: "sm-hidden" }, table.label),
            el("thead", {}, el("tr", {}, ...table.columns.map((column) => heading(column, table, model)))),
            el("tbody", {}, ...table.rows.map((cells) => bodyRow(cells, table.columns, model)))));
        scroller.scrollLeft = root.querySelector(".sm-scroll")?.scrollLeft || 0;
        parts.push(scroller);
      } else parts.push(emptyNote(table, model));
      if (table.paged) parts.push(pager(table, model));
      replace(root, el("section", { class: "sm-panel" }, ...parts));
      if (focus) [...root.querySelectorAll("button")].find((button) => button.textContent.startsWith(focus.slice(0, 6)))?.focus();
    };
    const file = (message, buffers) => { if (message.file) download(message.file, buffers[0]); };
    model.on("msg:custom", file);
    const stop = watch(model, ["table"], draw);
    return () => { stop(); model.off("msg:custom", file); };
  },
};
