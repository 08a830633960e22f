"use strict";

// Everything is put in as text, never as markup.
function element(name, text, ...children) {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

function resolve(api, schema) {
  return schema && schema.$ref ? { ...api.components.schemas[schema.$ref.split("/").pop()], ...schema } : schema || {};
}

function typeOf(schema) {
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(" or ");
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.type === "array") return "list of " + typeOf(schema.items);
  return schema.type || "any";
}

function table(api, schema) {
  const rows = Object.entries(schema.properties || {}).map(([name, property]) =>
    element("tr", "",
      element("td", "", element("code", name)),
      element("td", typeOf(property) + ((schema.required || []).includes(name) ? ", required" : "")),
      element("td", [property.description, property.enum && "one of " + property.enum.join(", ")].filter(Boolean).join("; "))));
  return element("table", "", ...rows);
}

function input(form, name, value) {
  const field = element("input");
  field.value = value || "";
  form.append(element("label", name + " ", field));
  return field;
}

async function send(request, output) {
  output.textContent = "...";
  const begin = performance.now();
  try {
    const response = await fetch(request.url, request.options);
    const text = await response.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON */ }
    output.textContent = response.status + ", " + Math.round(performance.now() - begin) + " ms\n\n" + shown;
  } catch (fault) {
    output.textContent = String(fault);
  }
}

function tryIt(path, verb, operation) {
  const form = element("form");
  const parameters = (operation.parameters || []).map(parameter => [parameter, input(form, parameter.name)]);
  const content = operation.requestBody ? operation.requestBody.content : {};
  const json = content["application/json"];
  const multipart = content["multipart/form-data"];
  let body = null;
  let file = null;
  if (json || multipart) {
    body = element("textarea");
    body.value = JSON.stringify((json || multipart).example || {}, null, 2);
    form.append(element("label", json ? "Body" : "Fields", body));
  }
  if (!json && multipart) {
    file = input(form, "file");
    file.type = "file";
  }
  const button = element("button", "Send");
  const output = element("pre");
  form.append(button, output);
  form.addEventListener("submit", event => {
    event.preventDefault();
    let url = path;
    const query = new URLSearchParams();
    for (const [parameter, field] of parameters) {
      if (parameter.in === "path") url = url.replace("{" + parameter.name + "}", encodeURIComponent(field.value));
      else if (field.value) query.set(parameter.name, field.value);
    }
    if ([...query].length) url += "?" + query;
    const options = { method: verb.toUpperCase(), headers: {} };
    const key = document.getElementById("key").value;
    if (key) options.headers["Authorization"] = "Bearer " + key;
    if (json) {
      options.headers["Content-Type"] = "application/json";
      options.body = body.value;
    } else if (multipart) {
      options.body = new FormData();
      try {
        for (const [name, value] of Object.entries(JSON.parse(body.value))) options.body.set(name, value);
      } catch (fault) {
        output.textContent = String(fault);
        return;
      }
      if (file.files[0]) options.body.set("file", file.files[0]);
    }
    send({ url, options }, output);
  });
  return form;
}

function show(api, path, verb, operation) {
  const details = element("details", "",
    element("summary", "", element("code", verb.toUpperCase() + " " + path), " " + (operation.summary || "")));
  // Filled when it is opened first.
  details.addEventListener("toggle", () => {
    if (details.dataset.filled) return;
    details.dataset.filled = "yes";
    if (operation.description) details.append(element("p", operation.description));
    const body = operation.requestBody && Object.values(operation.requestBody.content)[0];
    if (body) {
      details.append(element("h4", "Fields, as " + Object.keys(operation.requestBody.content).join(", ")));
      details.append(table(api, resolve(api, body.schema)));
    }
    details.append(element("h4", "Answers"));
    details.append(element("table", "", ...Object.entries(operation.responses).map(([status, response]) =>
      element("tr", "", element("td", status), element("td", response.description
        + (response.content && status < 300 ? ": " + Object.entries(response.content)
          .map(([type, media]) => type + " (" + typeOf(media.schema) + ")").join(", ") : ""))))));
    const good = Object.entries(operation.responses).find(([status]) => status < 300);
    const media = good && good[1].content && Object.values(good[1].content)[0];
    if (media && media.schema.$ref) details.append(table(api, resolve(api, media.schema)));
    if (media && media.example) details.append(element("pre", JSON.stringify(media.example, null, 2)));
    details.append(element("h4", "Try it"), tryIt(path, verb, operation));
  });
  return details;
}

async function load() {
  const api = await (await fetch("/openapi.json")).json();
  document.getElementById("about").textContent = "Version " + api.info.version;
  const groups = new Map();
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const [verb, operation] of Object.entries(operations)) {
      const tag = operation.tags[0];
      if (!groups.has(tag)) groups.set(tag, element("section", "", element("h2", tag)));
      groups.get(tag).append(show(api, path, verb, operation));
    }
  }
  document.getElementById("operations").replaceChildren(...groups.values());
}

load().catch(fault => { document.getElementById("operations").textContent = String(fault); });
