/* Putting points and changing one: click or tap, drag, or by keys: arrows move the map under a
   cross, Space puts a point there, Backspace takes the last one back, Esc ends. A point that is
   marked has a ring: drag it, or arrows move it, Delete removes it. */
"use strict";
import { button, byId, element } from "./map_dom.js";
import { Pins } from "./map_pins.js";

const KEY_PIXELS = 3;
const STILL_PIXELS = 4;
const NONE = -1;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Picker {
  /* shelf: what keeps the points: add, move, remove, at, get, count, title, show. */
  constructor(atlas, shelf) {
    Object.assign(this, { atlas, shelf, chosen: null, marked: NONE });
    this.pins = new Pins(atlas);
    document.addEventListener("keydown", (event) => this.key(event));
    atlas.clickShapes = (event, pane) => {
      const found = shelf.at(event.point, pane);
      if (found !== NONE) this.mark(found);
      return found !== NONE;
    };
  }

  listen(pane) {
    pane.map.on("mousedown", (event) => {
      const place = this.shelf.at(event.point, pane);
      if (place === NONE || event.originalEvent.button !== 0) return;
      event.preventDefault();
      this.follow(event.originalEvent, place, "mousemove", "mouseup", window);
    });
  }

  /* From now on clicks put points of this class; null ends it. */
  choose(id) {
    this.chosen = id;
    this.mark(NONE);
    if (id !== null) this.atlas.main.map.getCanvas().focus();
  }

  /* Mark a point to change it; NONE leaves all of them. */
  mark(place) {
    this.marked = place;
    this.pins.clear();
    const active = this.chosen !== null || place !== NONE;
    if (active && this.atlas.tool !== this) this.atlas.take(this);
    if (place !== NONE) this.ring(place);
    for (const { map } of this.atlas.panes()) {
      map.doubleClickZoom[active ? "disable" : "enable"]();
    }
    this.showTools(active);
    if (!active) this.atlas.release(this);
    this.shelf.show();
  }

  drop() { this.mark(NONE); }

  cancel() {
    this.chosen = null;
    this.mark(NONE);
  }

  next() {
    const place = (this.marked + 1) % this.shelf.count();
    const { map } = this.atlas.main;
    const { lngLat } = this.shelf.get(place);
    if (!map.getBounds().contains(lngLat)) map.jumpTo({ center: lngLat });
    this.mark(place);
  }

  click({ lngLat, point }, pane) {
    const found = this.shelf.at(point, pane);
    if (found !== NONE) this.mark(found);
    else if (this.chosen !== null) this.put([lngLat.lng, lngLat.lat]);
    else this.mark(NONE);
  }

  put(lngLat) {
    if (this.marked !== NONE) this.mark(NONE);
    this.shelf.add(this.chosen, lngLat);
  }

  remove() {
    const place = this.marked === NONE ? this.shelf.count() - 1 : this.marked;
    this.mark(NONE);
    if (place >= 0) this.shelf.remove(place);
    this.atlas.main.map.getCanvas().focus();
  }

  showTools(active) {
    const tools = byId("tools");
    tools.hidden = !active;
    if (!active) { byId("cross").hidden = true; return; }
    const name = (id) => this.shelf.title(id);
    const parts = this.marked === NONE
      ? [element("span", {}, `Click where there is: ${name(this.chosen)}`),
        button("Take back the last", () => this.remove()),
        button("Done", () => this.cancel(), { class: "main" })]
      : [element("span", {}, `Drag this point: ${name(this.shelf.get(this.marked).id)}`),
        button("Remove", () => this.remove()), button("Next", () => this.next()),
        button("Done", () => this.mark(NONE), { class: "main" })];
    tools.replaceChildren(...parts);
  }

  /* A ring around the marked point has the keyboard, and is large enough for a finger. */
  ring(place) {
    const { id, lngLat } = this.shelf.get(place);
    const label = `Point ${place + 1} of ${this.shelf.count()}: ${this.shelf.title(id)}`;
    const made = element("button", {
      type: "button", class: "grip", "aria-label": label,
      onpointerdown: (event) => {
        event.preventDefault();
        made.setPointerCapture(event.pointerId);
        this.follow(event, place, "pointermove", "pointerup", made);
      },
      onkeydown: (event) => this.ringKey(event, place),
    });
    this.pins.add(made, lngLat);
    made.focus();
  }

  /* Let a point follow the pointer until it is let go. */
  follow(start, place, moves, ends, source) {
    const stage = byId("stage").getBoundingClientRect();
    let lngLat = null;
    const to = ({ clientX, clientY }) => {
      const far = Math.hypot(clientX - start.clientX, clientY - start.clientY);
      if (!lngLat && far < STILL_PIXELS) return;
      const at = [clientX - stage.left, clientY - stage.top];
      lngLat = this.atlas.main.map.unproject(at).toArray();
      for (const made of this.pins.pins.keys()) if (place === this.marked) this.pins.move(made, lngLat);
      this.shelf.show({ place, lngLat });
    };
    source.addEventListener(moves, to);
    source.addEventListener(ends, () => {
      source.removeEventListener(moves, to);
      if (lngLat) this.moved(place, lngLat);
    }, { once: true });
  }

  moved(place, lngLat) {
    this.shelf.move(place, lngLat);
    if (this.marked !== NONE) this.mark(place);
  }

  ringKey(event, place) {
    if (STEPS[event.key]) {
      const { map } = this.atlas.main;
      const at = map.project(this.shelf.get(place).lngLat);
      const [right, down] = STEPS[event.key];
      this.moved(place, map.unproject([at.x + right * KEY_PIXELS, at.y + down * KEY_PIXELS]).toArray());
    } else if (event.key === "Delete" || event.key === "Backspace") this.remove();
    else if (event.key === "Escape") this.mark(NONE);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  key(event) {
    if (this.atlas.tool !== this || event.target.closest("input, button, select, a")) return;
    if (event.key.startsWith("Arrow")) byId("cross").hidden = false;
    const acts = { Escape: () => this.cancel(), Enter: () => this.cancel(),
      Backspace: () => this.remove(), Delete: () => this.remove() };
    if (event.key === " " && this.chosen !== null) {
      byId("cross").hidden = false;
      this.put(this.atlas.main.map.getCenter().toArray());
    } else if (acts[event.key]) acts[event.key]();
    else return;
    event.preventDefault();
  }
}
