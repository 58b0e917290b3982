// The page's link to the frame around it: address bar, as-of stamp, notices; and a tick while somebody looks.
const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

function ago(iso) {
  const seconds = Math.max((Date.now() - Date.parse(iso)) / 1000, 0);
  const [size, unit] = UNITS.find(([size]) => seconds >= size) || [1, "s"];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}

function stamp(iso, freshness) {
  const place = document.getElementById("sm-asof");
  if (!place) return;
  place.className = `sm-asof sm-${freshness}`;
  place.title = iso ? new Date(iso).toISOString().replace("T", " ").replace(/\.\d+Z/, " UTC") : "";
  place.textContent = iso ? `as of ${ago(iso)}` : "nothing computed yet";
}

// The document that came with the page stands until the widgets have drawn as many parts; then they take its place at once.
const PATIENCE_MS = 15000;

const CONTROLS = "a, button, input, select, textarea";

// What was typed, pressed and focused in the document goes on in its twin: both have the same parts in the same order.
function live() {
  const old = [...document.querySelectorAll("#sm-document :is(" + CONTROLS + ")")];
  const twins = [...document.querySelectorAll(".widget-box.sm-page :is(" + CONTROLS + ")")];
  const focused = old.indexOf(document.activeElement), pressed = old.indexOf(window.smPressed);
  document.getElementById("sm-skeleton")?.remove();
  document.getElementById("sm-document")?.remove();
  document.body.classList.add("sm-ready");
  if (old.length !== twins.length) return;
  old.forEach((one, index) => {
    if (one.matches("input:not([type=checkbox], [type=hidden])") && one.value !== one.defaultValue) {
      twins[index].value = one.value;
      twins[index].dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  if (focused >= 0) twins[focused].focus({ preventScroll: true });
  if (pressed >= 0) twins[pressed].click();
}

function takeOver(since) {
  const wanted = document.querySelectorAll("#sm-document .sm-part").length;
  const drawn = document.querySelectorAll(".widget-box.sm-page .sm-part").length;
  if (drawn >= wanted || Date.now() - since > PATIENCE_MS) live();
  else setTimeout(() => takeOver(since), 15);
}

export default {
  render({ model, el: root }) {
    setTimeout(() => takeOver(Date.now()), 0);
    const main = document.getElementById("main");
    if (main) { main.setAttribute("role", "main"); main.tabIndex = -1; }
    let answered = Date.now(), sent = 0;
    const reload = el("button", { type: "button", class: "sm-button", onclick: () => location.reload() }, "Reload");
    const gone = el("div", { class: "sm-notice sm-notice-away", role: "alert" }, el("span", {}, "The connection to this page's session is gone."), reload);
    const address = () => {
      const query = model.get("query");
      const wanted = location.pathname + (query ? `?${query}` : "");
      if (wanted !== location.pathname + location.search) history.replaceState(null, "", wanted);
      document.title = `${model.get("title")} · smartmoney`;
      const heading = document.querySelector(".sm-top h1");
      if (heading) heading.textContent = model.get("title");
    };
    const draw = () => {
      stamp(model.get("as_of"), model.get("freshness"));
      document.body.dataset.state = model.get("state");
      const lost = sent > answered && Date.now() - sent > 12000;
      if (lost && !gone.isConnected) root.before(gone);
      if (!lost) gone.remove();
    };
    const stopPart = shared.render({ model, el: root });
    const stop = watch(model, ["as_of", "freshness", "state"], draw);
    const stopAddress = watch(model, ["query", "title"], address);
    const answer = (message) => { if (message.tock) { answered = Date.now(); } };
    model.on("msg:custom", answer);
    const tick = () => {
      if (document.visibilityState !== "visible") return;
      if (sent <= answered) sent = Date.now();
      model.send({ do: "tick" });
    };
    const every = setInterval(tick, 5000), stamps = setInterval(draw, 1000);
    document.addEventListener("visibilitychange", tick);
    return () => {
      stop(); stopPart(); stopAddress(); clearInterval(every); clearInterval(stamps);
      document.removeEventListener("visibilitychange", tick);
    };
  },
};
