// Search of the static site: the names come when somebody looks for one, and become links made of text.
const MOST_FOUND = 12;
const box = document.getElementById("sm-find"), list = document.getElementById("sm-found");

function names() {
  window.smLoading ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = `${box.dataset.above}names.js`;
    script.onload = () => resolve(window.smNames);
    document.head.append(script);
  });
  return window.smLoading;
}

async function find() {
  const wanted = box.value.trim().toLowerCase();
  const known = await names();
  const hits = wanted ? known.filter(([name, path]) => name.toLowerCase().includes(wanted) || path.includes(wanted)).slice(0, MOST_FOUND) : [];
  list.replaceChildren(...hits.map(([name, path]) => {
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = box.dataset.above + path;
    link.textContent = name;
    item.append(link);
    return item;
  }));
  list.hidden = !hits.length;
}

box.addEventListener("focus", names);
box.addEventListener("input", find);
