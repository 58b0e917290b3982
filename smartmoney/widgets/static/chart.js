// A Plotly chart from a plain figure. The library is loaded once, from our own server, when a chart comes into view and
// the rest of the page has had time to be painted: reading its megabytes stops everything for a while.
const PAINTED_MS = 250;
const painted = () => new Promise((resolve) =>
  setTimeout(() => (window.requestIdleCallback || setTimeout)(resolve, { timeout: 2 * PAINTED_MS }), PAINTED_MS));

function library() {
  const source = document.body.dataset.plotly;
  if (!source) return Promise.reject(new Error("charts are drawn on the dashboards only"));
  window.smPlotly ??= new Promise((resolve, reject) => {
    const script = el("script", { src: source, onload: () => resolve(window.Plotly), onerror: () => reject(new Error("no chart library")) });
    painted().then(() => document.head.append(script));
  });
  return window.smPlotly;
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function dressed(figure) {
  const line = colour("--line"), text = colour("--muted");
  const axis = { gridcolor: line, zerolinecolor: colour("--line-strong"), linecolor: line, automargin: true, tickfont: { color: text } };
  const layout = { paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 8, r: 12, t: 12, b: 8 },
    font: { color: text, size: 12, family: getComputedStyle(document.body).fontFamily }, legend: { orientation: "h", y: 1.12, x: 0 },
    hoverlabel: { bgcolor: colour("--panel-2"), bordercolor: line, font: { color: colour("--text") } }, ...figure.layout };
  for (const name of ["xaxis", "xaxis2", "yaxis", "yaxis2"]) {
    if (name.length === 5 || layout[name]) layout[name] = { ...axis, ...(layout[name] || {}) };
  }
  const words = { textfont: { color: colour("--text") } };  // the library's own choice forgets that cells are transparent
  return { data: figure.data.map((trace) => (trace.type === "heatmap" ? { ...words, ...trace } : trace)), layout };
}

export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    const place = el("div", { class: "sm-chart", role: "img" });
    const title = el("h2", {}), note = el("p", { class: "sm-chart-note" });
    root.append(el("section", { class: "sm-panel" }, title, note, place));
    let seen = false, drawing = Promise.resolve();
    const draw = () => {
      const figure = model.get("figure");
      title.textContent = model.get("title");
      note.textContent = model.get("note");
      place.setAttribute("aria-label", model.get("label") || model.get("title"));
      place.style.height = `${model.get("height")}px`;
      if (!figure.data) { replace(place, el("div", { class: "sm-empty" }, el("p", {}, model.get("empty")))); return; }
      if (!seen) return;
      drawing = drawing.then(library).then((Plotly) => {
        const { data, layout } = dressed(figure);
        if (!place.classList.contains("js-plotly-plot")) replace(place);
        return Plotly.react(place, data, layout, { displayModeBar: false, responsive: true });
      }).catch((error) => replace(place, el("div", { class: "sm-empty" }, el("p", {}, String(error.message)))));
    };
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) { seen = true; observer.disconnect(); draw(); }
    }, { rootMargin: "200px" });
    observer.observe(place);
    const stop = watch(model, ["figure", "title", "note", "height"], draw);
    return () => { stop(); observer.disconnect(); };
  },
};
