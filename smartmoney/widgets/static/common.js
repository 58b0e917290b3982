// Shared by every part: nodes from text, and the one place that takes markup, which is Python's (widgets/document), escaped there.
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false || value === "") continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function markup(model) {
  const template = document.createElement("template");
  template.innerHTML = model.get("html");
  return template.content;
}

function alike(one, other) {
  return one.nodeType === other.nodeType && one.nodeName === other.nodeName && one.id === other.id && one.type === other.type;
}

function take(node, wanted) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.data !== wanted.data) node.data = wanted.data;
    return;
  }
  for (const { name } of [...node.attributes]) if (name !== "open" && !wanted.hasAttribute(name)) node.removeAttribute(name);  // what somebody opened stays open
  for (const { name, value } of wanted.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  if (node.dataset.live) return;  // a chart that its library draws
  become(node, wanted);
  if (node === document.activeElement) return;  // somebody is typing
  if (node.nodeName === "INPUT") { node.value = wanted.value; node.checked = wanted.checked; }
  if (node.nodeName === "SELECT") node.value = wanted.value;
}

// Nodes that stay keep their focus, their place in a scrolled table, and what is being typed.
function become(node, wanted) {
  const children = [...wanted.childNodes];
  children.forEach((child, index) => {
    const old = node.childNodes[index];
    if (!old) node.append(child);
    else if (alike(old, child)) take(old, child);
    else old.replaceWith(child);
  });
  while (node.childNodes.length > children.length) node.lastChild.remove();
}

function watch(model, names, draw) {
  const handler = () => draw();
  names.forEach((name) => model.on(`change:${name}`, handler));
  draw();
  return () => names.forEach((name) => model.off(`change:${name}`, handler));
}
