// A page of its own, with no rights: no scripts, no forms, no navigation, an origin of nobody.
export default {
  render({ model, el: root }) {
    root.classList.add("sm-part");
    return watch(model, ["page"], () => {
      const page = model.get("page");
      if (!page) { replace(root); return; }
      const frame = el("iframe", { class: "sm-frame", sandbox: true, title: model.get("label"), referrerpolicy: "no-referrer" });
      frame.setAttribute("sandbox", "");
      frame.srcdoc = page;
      replace(root, frame);
    });
  },
};
