// A chart stands as a picture until somebody points at it, touches it or comes by keyboard; then Plotly, loaded once and from our
// own server, draws it live in the same place.
function library() {
  const source = document.body.dataset.plotly;
  if (!source) return Promise.reject(new Error("charts are live on the dashboards only"));
  window.smPlotly ??= new Promise((resolve, reject) => {
    document.head.append(el("script", { src: source, onload: () => resolve(window.Plotly), onerror: () => reject(new Error("no chart library")) }));
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
    const stop = shared.render({ model, el: root });
    let wanted = false, drawing = Promise.resolve();
    const draw = () => {
      const figure = model.get("figure"), place = root.querySelector(".sm-chart");
      if (!wanted || !place) return;
      if (!figure.data) { delete place.dataset.live; become(root, markup(model)); return; }
      drawing = drawing.then(library).then((Plotly) => {
        const { data, layout } = dressed(figure);
        if (!place.dataset.live) {
          place.style.height = `${Math.max(model.get("height"), place.offsetHeight)}px`;
          place.dataset.live = "1";
          place.replaceChildren();
        }
        return Plotly.react(place, data, layout, { displayModeBar: false, responsive: true });
      }).catch(() => {});  // the picture stays
    };
    const wake = (event) => { if (!wanted && event.target.closest(".sm-chart")) { wanted = true; draw(); } };
    ["pointerover", "focusin", "touchstart"].forEach((name) => root.addEventListener(name, wake, { passive: true }));
    const stopFigure = watch(model, ["figure"], draw);
    return () => { stop(); stopFigure(); };
  },
};
