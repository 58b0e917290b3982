// A calendar of daily results: a column a week, a square a day, colour by sign and size, words on hover.
const DAY = 86400000, SIDE = 13;

export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    const draw = () => {
      const days = model.get("days");
      const title = el("h2", {}, model.get("title"));
      if (!days.length) { replace(root, el("section", { class: "sm-panel" }, title, el("div", { class: "sm-empty" }, el("p", {}, model.get("empty"))))); return; }
      const reach = Math.max(...days.map(([, value]) => Math.abs(value))) || 1;
      const first = Date.parse(days[0][0]), lead = (new Date(first).getUTCDay() + 6) % 7;
      const squares = days.map(([day, value, words]) => {
        const at = Math.round((Date.parse(day) - first) / DAY) + lead;
        const square = svg("rect", { x: Math.floor(at / 7) * SIDE, y: (at % 7) * SIDE + 14, width: SIDE - 2, height: SIDE - 2, rx: 2,
          class: value > 0 ? "sm-up" : value < 0 ? "sm-down" : "sm-flat", opacity: (0.25 + 0.75 * Math.sqrt(Math.abs(value) / reach)).toFixed(2) });
        const hover = svg("title", {});
        hover.textContent = words;
        square.append(hover);
        return square;
      });
      const months = [];
      let shown = "", free = -1;
      days.forEach(([day]) => {
        const month = day.slice(0, 7), at = Math.round((Date.parse(day) - first) / DAY) + lead;
        const x = Math.floor(at / 7) * SIDE;
        if (month === shown || x < free) return;
        shown = month;
        free = x + 30;
        const label = svg("text", { x, y: 9, class: "sm-month" });
        label.textContent = new Date(day).toLocaleString("en", { month: "short", timeZone: "UTC" });
        months.push(label);
      });
      const weeks = Math.ceil((Math.round((Date.parse(days[days.length - 1][0]) - first) / DAY) + lead + 1) / 7);
      const picture = svg("svg", { class: "sm-calendar", width: Math.max(weeks * SIDE, 60), height: 7 * SIDE + 14, role: "img", "aria-label": model.get("title") }, ...months, ...squares);
      const scroller = el("div", { class: "sm-scroll", tabindex: 0, role: "region", "aria-label": model.get("title") }, picture);
      replace(root, el("section", { class: "sm-panel" }, title, scroller));
      scroller.scrollLeft = scroller.scrollWidth;
    };
    return watch(model, ["days", "title"], draw);
  },
};
