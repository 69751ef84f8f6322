// Sends the chosen files in pieces to the study area; goes on where a broken line stopped.
"use strict";

const PIECE_BYTES = 16 * 1024 * 1024;
const MOST_TRIES = 12;
const LONGEST_PAUSE_MS = 20000;
const area = document.body.dataset.area;
const list = document.getElementById("list");
const rows = new Map();
const waiting = [];
let busy = false;

const address = (name) => `/api/v1/uploads/${area}` + (name ? `/${encodeURIComponent(name)}` : "");
const pause = (ms) => new Promise((wake) => setTimeout(wake, ms));
const say = (text) => { document.getElementById("said").textContent = text; };
const tell = (message) =>
  window.parent !== window &&
  window.parent.postMessage({ type: "geoseg-upload", area, ...message }, window.location.origin);

function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB"];
  let step = 0;
  for (; bytes >= 1000 && step < units.length - 1; step += 1) bytes /= 1000;
  return `${step && bytes < 100 ? bytes.toFixed(1) : Math.round(bytes)} ${units[step]}`;
}

function minutes(seconds) {
  return seconds < 90 ? `${Math.ceil(seconds)} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

class Row {
  constructor(name) {
    this.name = name;
    this.element = document.createElement("li");
    this.title = this.add("span", "name", name);
    this.button = this.add("button", "", "Cancel");
    this.bar = this.add("progress", "", "");
    this.bar.max = 1;
    this.bar.setAttribute("aria-label", `Upload of ${name}`);
    this.words = this.add("span", "words", "waiting");
    this.button.type = "button";
    list.append(this.element);
  }

  add(tag, kind, text) {
    const part = document.createElement(tag);
    if (kind) part.className = kind;
    part.textContent = text;
    this.element.append(part);
    return part;
  }

  show(state, words, action, deed) {
    this.element.className = state;
    this.words.textContent = words;
    this.button.textContent = action;
    this.button.setAttribute("aria-label", `${action} ${this.name}`);
    this.button.onclick = deed;
    if (state === "done" || state === "failed") say(`${this.name}: ${words}`);
  }

  progress(sent, total, perSecond) {
    this.bar.value = sent / total;
    const left = perSecond > 0 ? `, ${minutes((total - sent) / perSecond)} left` : "";
    this.words.textContent = sent < total
      ? `${size(sent)} of ${size(total)}${left}`
      : "all there, now being checked";
  }
}

// The server writes endings small.
function rowOf(given) {
  const name = given.replace(/\.[^.]+$/, (ending) => ending.toLowerCase());
  if (!rows.has(name)) rows.set(name, new Row(name));
  return rows.get(name);
}

class Sending {
  constructor(file) {
    this.file = file;
    this.row = rowOf(file.name);
    this.stopped = false;
    this.began = performance.now();
    this.row.show("", "waiting", "Cancel", () => this.cancel());
  }

  // What this browser sent before: a changed file of the same name begins anew.
  get memory() { return `geoseg-upload/${area}/${this.file.name}`; }
  get mark() { return `${this.file.size}/${this.file.lastModified}`; }

  async run() {
    let tries = 0;
    let offset = await this.startingPoint();
    this.first = offset;
    localStorage.setItem(this.memory, this.mark);
    while (!this.stopped) {
      const answer = await this.piece(offset);
      if (this.stopped) return;
      if (answer.status === 200) {
        tries = 0;
        offset = answer.body.received;
        if (answer.body.complete) return this.finish(answer.body);
      } else if (answer.status === 409 && offset !== answer.body.received) {
        offset = answer.body.received;
      } else if (answer.status >= 400 && answer.status !== 409 && answer.status !== 502
        && answer.status !== 503 && answer.status !== 504) {
        return this.refuse(answer.body.detail || "the server could not take the file");
      } else {
        tries += 1;
        if (tries > MOST_TRIES) return this.fail("the server cannot be reached; try again later");
        this.row.words.textContent = "the connection broke; trying again";
        await pause(Math.min(1000 * 2 ** (tries - 1), LONGEST_PAUSE_MS));
        offset = await this.received(offset);
      }
    }
  }

  async startingPoint() {
    if (localStorage.getItem(this.memory) !== this.mark) return 0;
    return this.received(0);
  }

  async received(otherwise) {
    try {
      const there = await (await fetch(address(this.file.name))).json();
      return !there.complete && there.received <= this.file.size ? there.received : 0;
    } catch {
      return otherwise;
    }
  }

  piece(offset) {
    return new Promise((answer) => {
      const request = new XMLHttpRequest();
      const query = `?offset=${offset}&size=${this.file.size}`;
      request.open("PUT", address(this.file.name) + query);
      request.upload.onprogress = (event) => this.shown(offset + event.loaded);
      request.onloadend = () => {
        let body = {};
        try { body = JSON.parse(request.responseText); } catch { /* a proxy's page, or nothing */ }
        answer({ status: request.status, body });
      };
      this.request = request;
      request.send(this.file.slice(offset, offset + PIECE_BYTES));
    });
  }

  shown(sent) {
    const seconds = (performance.now() - this.began) / 1000;
    const perSecond = seconds > 2 ? (sent - this.first) / seconds : 0;
    this.row.progress(Math.min(sent, this.file.size), this.file.size, perSecond);
  }

  finish(state) {
    localStorage.removeItem(this.memory);
    this.row.show("done", `${size(state.received)}, ${state.words}`, "Remove", () => this.remove());
    tell({ event: "finished", name: state.name, words: state.words });
  }

  // The file itself is at fault: sending it again would not help.
  refuse(sentence) {
    localStorage.removeItem(this.memory);
    this.row.show("failed", sentence, "Dismiss", () => {
      this.row.element.remove();
      rows.delete(this.row.name);
    });
    tell({ event: "failed", name: this.file.name, words: sentence });
  }

  fail(sentence) {
    this.row.show("failed", sentence, "Try again", () => send([this.file]));
    tell({ event: "failed", name: this.file.name, words: sentence });
  }

  cancel() {
    this.stopped = true;
    if (this.request) this.request.abort();
    this.row.show("failed", "stopped; nothing is lost", "Go on", () => send([this.file]));
  }

  remove() { return remove(this.file.name); }
}

async function remove(name) {
  const answer = await fetch(address(name), { method: "DELETE" });
  if (!answer.ok) {
    rowOf(name).words.textContent = (await answer.json()).detail;
    return;
  }
  const row = rowOf(name);
  row.element.remove();
  rows.delete(row.name);
  tell({ event: "removed", name });
}

async function send(files) {
  for (const file of files) waiting.push(new Sending(file));
  if (busy) return;
  busy = true;
  while (waiting.length) {
    const next = waiting.shift();
    if (!next.stopped) await next.run();
  }
  busy = false;
}

async function showWhatIsThere() {
  const answer = await fetch(address(""));
  if (!answer.ok) return;
  for (const file of await answer.json()) {
    const words = file.complete
      ? `${size(file.received)}, uploaded`
      : `${size(file.received)} arrived; choose the file again to go on`;
    const state = file.complete ? "done" : "failed";
    rowOf(file.name).show(state, words, "Remove", () => remove(file.name));
  }
}

const input = document.getElementById("files");
const drop = document.getElementById("drop");
function take() { send([...input.files]); input.value = ""; }
input.addEventListener("change", take);
for (const kind of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", kind === "dragover");
    if (kind === "drop") send([...event.dataTransfer.files]);
  });
}
window.addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });
showWhatIsThere();
// A quick hand may have chosen files before this script was there to hear it.
if (input.files.length) take();
