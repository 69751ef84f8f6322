/* Drawing a polygon: click or tap its corners; or by keys: arrows move the map under a cross,
   Space sets a corner there, Enter ends, Backspace takes one back, Esc cancels. */
"use strict";
import { button, byId, element, say } from "./map_dom.js";
import { closed, crosses } from "./map_geometry.js";

const SAME_PIXELS = 6;
const INK = "#d9480f";
const PARTS = [
  { id: "sketch-fill", type: "fill", paint: { "fill-color": INK, "fill-opacity": 0.15 } },
  { id: "sketch-line", type: "line", paint: { "line-color": INK, "line-width": 2.5 } },
  { id: "sketch-dots", type: "circle", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-color": "#fff", "circle-radius": 4.5, "circle-stroke-color": INK,
      "circle-stroke-width": 2 } },
];

export class Sketch {
  constructor(atlas) {
    this.atlas = atlas;
    atlas.onReady.push((pane) => {
      pane.addShapes("sketch", ...PARTS);
      pane.map.on("mousemove", (event) => this.follow(event.lngLat));
    });
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /* done: told the ring of corners; cancelled: told nothing. */
  start(hint, done, cancelled = () => {}) {
    this.atlas.take(this);
    this.corners = [];
    this.done = done;
    this.cancelled = cancelled;
    this.enough = button("Done", () => this.end(), { class: "main", disabled: true });
    byId("tools").replaceChildren(element("span", {}, hint), this.enough,
      button("Take back a corner", () => this.takeBack()), button("Cancel", () => this.cancel()));
    byId("tools").hidden = false;
    for (const pane of this.atlas.panes()) pane.map.doubleClickZoom.disable();
    this.atlas.main.map.getCanvas().focus();
  }

  click({ lngLat, point }, pane) {
    const last = this.corners.at(-1);
    const near = last && pane.map.project(last);
    if (near && Math.hypot(near.x - point.x, near.y - point.y) < SAME_PIXELS) {
      this.end();
      return;
    }
    this.add([lngLat.lng, lngLat.lat]);
  }

  add(corner) {
    this.corners.push(corner);
    this.show();
  }

  takeBack() {
    this.corners.pop();
    this.show();
  }

  key(event) {
    if (this.atlas.tool !== this || event.target.closest("input, button, select")) return;
    const { map } = this.atlas.main;
    const acts = {
      " ": () => this.add(map.getCenter().toArray()), Enter: () => this.end(),
      Escape: () => this.cancel(), Backspace: () => this.takeBack(), Delete: () => this.takeBack(),
    };
    if (event.key === " " || event.key.startsWith("Arrow")) byId("cross").hidden = false;
    if (!acts[event.key]) return;
    acts[event.key]();
    event.preventDefault();
  }

  end() {
    if (this.corners.length < 3) {
      say("An area needs at least three corners.");
      return;
    }
    if (crosses(this.corners)) {
      say("The outline crosses itself: take corners back and go round in one turn.");
      return;
    }
    const { corners, done } = this;
    this.stop();
    done(corners);
  }

  cancel() {
    const told = this.cancelled;
    this.stop();
    told();
  }

  stop() {
    this.corners = [];
    this.show();
    byId("tools").hidden = true;
    byId("cross").hidden = true;
    this.atlas.release(this);
    // A second click of the pair that ended the drawing must not zoom.
    setTimeout(() => {
      for (const pane of this.atlas.panes()) pane.map.doubleClickZoom.enable();
    }, 400);
  }

  follow({ lng, lat }) {
    if (this.atlas.tool === this && this.corners.length) this.show([lng, lat]);
  }

  show(next = null) {
    const ring = next ? [...this.corners, next] : this.corners;
    const shape = (type, coordinates) =>
      ({ type: "Feature", properties: {}, geometry: { type, coordinates } });
    const features = [
      ...(ring.length > 2 ? [shape("Polygon", [closed(ring)])] : []),
      ...(ring.length === 2 ? [shape("LineString", ring)] : []),
      ...this.corners.map((corner) => shape("Point", corner)),
    ];
    for (const pane of this.atlas.panes()) pane.setShapes("sketch", features);
    if (this.enough) this.enough.disabled = this.corners.length < 3;
  }
}
