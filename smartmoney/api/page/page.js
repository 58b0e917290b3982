"use strict";
// Draws /openapi.json. Everything is set as text, nothing as markup.

const make = (tag, text, className) => {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (className) node.className = className;
  return node;
};
const within = (parent, ...children) => { parent.append(...children); return parent; };

let spec;
const resolved = (schema) => schema && schema.$ref
  ? schema.$ref.replace("#/", "").split("/").reduce((place, key) => place[key], spec) : schema || {};

const typeOf = (raw) => {
  const schema = resolved(raw);
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items)}`;
  return [schema.type, schema.format].filter(Boolean).join(", ") || "any";
};

const exampleOf = (raw, depth = 0) => {
  const schema = resolved(raw);
  if (schema.examples && schema.examples.length) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.properties) {
    return Object.fromEntries(Object.entries(schema.properties).map(([name, value]) => [name, exampleOf(value, depth + 1)]));
  }
  if (schema.type === "array") return depth > 6 ? [] : [exampleOf(schema.items, depth + 1)];
  if (schema.anyOf) return schema.anyOf.some((part) => part.type === "null") ? null : exampleOf(schema.anyOf[0], depth + 1);
  return schema.enum ? schema.enum[0] : null;
};

const json = (value) => make("pre", JSON.stringify(value, null, 2));

const parameterTable = (parameters, inputs) => {
  const table = make("table");
  for (const parameter of parameters) {
    const schema = parameter.schema || {};
    const input = make("input");
    const example = exampleOf(schema);
    input.value = parameter.in === "path" && example !== null ? example : "";
    input.placeholder = schema.default !== undefined ? String(schema.default) : String(example ?? "");
    input.setAttribute("aria-label", parameter.name);
    inputs.push([parameter, input]);
    table.append(within(make("tr"), within(make("th"), make("code", parameter.name)),
      within(make("td"), make("div", parameter.description || ""), make("div", typeOf(schema), "soft")),
      within(make("td"), input)));
  }
  return within(make("div", undefined, "scroll"), table);
};

const addressOf = (path, inputs) => {
  const query = new URLSearchParams();
  for (const [parameter, input] of inputs) {
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value) query.append(parameter.name, input.value);
  }
  return query.size ? `${path}?${query}` : path;
};

const trial = (path, inputs) => {
  const button = make("button", "Send");
  const line = make("div", "", "soft");
  const answer = make("pre");
  answer.hidden = true;
  button.addEventListener("click", async () => {
    const address = addressOf(path, inputs);
    line.textContent = `GET ${address} ...`;
    try {
      const response = await fetch(address);
      const text = await response.text();
      line.textContent = `${response.status} · GET ${address} · request ${response.headers.get("x-request-id")}`;
      try { answer.textContent = JSON.stringify(JSON.parse(text), null, 2); } catch { answer.textContent = text; }
      answer.hidden = false;
    } catch (error) {
      line.textContent = `No answer: ${error.message}`;
    }
  });
  return within(make("div"), button, line, answer);
};

const operation = (method, path, item) => {
  const inputs = [];
  const inside = make("div", undefined, "inside");
  inside.append(make("p", item.description || ""));
  if (item.security) inside.append(make("p", "Needs a bearer token.", "soft"));
  if (item.parameters && item.parameters.length) inside.append(parameterTable(item.parameters, inputs));
  const body = item.requestBody && item.requestBody.content["application/json"];
  if (body) inside.append(make("h4", "Body"), json(exampleOf(body.schema)));
  if (method === "get") inside.append(trial(path, inputs));
  for (const [status, response] of Object.entries(item.responses)) {
    const content = response.content && response.content["application/json"];
    inside.append(make("div", `${status}: ${response.description}`, "soft"));
    if (status.startsWith("2") && content) inside.append(json(exampleOf(content.schema)));
  }
  return within(make("details"), within(make("summary"), make("span", method.toUpperCase(), `method ${method}`),
    make("span", path, "path"), make("span", ` ${item.summary || ""}`, "soft")), inside);
};

const draw = () => {
  const main = document.getElementById("main");
  document.getElementById("title").textContent = `${spec.info.title} ${spec.info.version}: REST API`;
  main.replaceChildren(...spec.info.description.trim().split("\n").filter(Boolean).map((line) => make("p", line.replace(/[`*]/g, ""))));
  const groups = new Map();
  for (const [path, methods] of Object.entries(spec.paths)) {
    for (const [method, item] of Object.entries(methods)) {
      const tag = (item.tags || ["other"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operation(method, path, item));
    }
  }
  for (const [tag, nodes] of groups) main.append(make("h2", tag), ...nodes);
};

fetch("/openapi.json").then((response) => response.json()).then((found) => { spec = found; draw(); }).catch((error) => {
  document.getElementById("main").replaceChildren(make("p", `The description could not be read: ${error.message}`));
});
