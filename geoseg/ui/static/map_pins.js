/* Elements that stand at places of the map, over both maps when there are two. */
"use strict";
import { byId } from "./map_dom.js";

export class Pins {
  constructor(atlas) {
    this.atlas = atlas;
    this.pins = new Map();
    atlas.onReady.push((pane) => pane.map.on("move", () => this.place()));
    window.addEventListener("resize", () => this.place());
  }

  add(made, lngLat) {
    made.classList.add("pin");
    byId("stage").append(made);
    this.pins.set(made, lngLat);
    this.placeOne(made, lngLat);
  }

  move(made, lngLat) {
    this.pins.set(made, lngLat);
    this.placeOne(made, lngLat);
  }

  clear() {
    for (const made of this.pins.keys()) made.remove();
    this.pins.clear();
  }

  place() { this.pins.forEach((lngLat, made) => this.placeOne(made, lngLat)); }

  placeOne(made, lngLat) {
    const { map } = this.atlas.main;
    const { x, y } = map.project(lngLat);
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    made.hidden = x < 0 || y < 0 || x > width || y > height;
    made.style.left = `${x}px`;
    made.style.top = `${y}px`;
  }
}
