/* Small helpers of the map page: elements, addresses, questions to the server. */
"use strict";

export const byId = (id) => document.getElementById(id);

/* element("button", { type: "button", onclick: act }, "Go") */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

export const button = (text, onclick, attributes = {}) =>
  element("button", { type: "button", onclick, ...attributes }, text);

// MapLibre's worker has no address of its own: it needs whole ones.
export const absolute = (url) => new URL(url, document.baseURI).href
  .replaceAll("%7B", "{").replaceAll("%7D", "}");

/* Ask our server; a refusal becomes an Error that carries its one sentence. */
export async function ask(url, method = "GET", body = undefined) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  let answer;
  try {
    answer = await fetch(absolute(url), {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error("The server did not answer. Is it still running?");
  }
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const told = await answer.json().catch(() => ({}));
  throw new Error(told.detail || `The server answered ${answer.status}.`);
}

/* A sentence over the map that goes by itself; "" takes it away. */
let timer = 0;
export function say(sentence) {
  byId("note").textContent = sentence;
  clearTimeout(timer);
  if (sentence) timer = setTimeout(() => say(""), 9000);
}
