/* A small box that stands at a place of the map, over both maps when there are two. */
"use strict";
import { button, byId, element } from "./map_dom.js";

export class Bubble {
  constructor(atlas) {
    this.atlas = atlas;
    this.body = element("div", {});
    this.box = element("div", { class: "bubble", role: "dialog", "aria-label": "At this place",
      hidden: true }, button("\u00d7", () => this.close(), { class: "icon", "aria-label": "Close" }),
    this.body);
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    byId("stage").append(this.box);
    atlas.onReady.push((pane) => pane.map.on("move", () => this.place()));
  }

  /* onClose is told once, when the box goes or another takes its place. */
  open(lngLat, content, onClose = () => {}) {
    this.close();
    this.lngLat = lngLat;
    this.onClose = onClose;
    this.fill(content);
    this.box.hidden = false;
    this.place();
  }

  fill(content) {
    this.body.replaceChildren(content);
    if (!this.box.hidden) this.place();
  }

  close() {
    if (this.box.hidden) return;
    this.box.hidden = true;
    this.lngLat = null;
    const told = this.onClose;
    this.onClose = () => {};
    told();
  }

  /* Beside the place, inside the stage. */
  place() {
    if (!this.lngLat) return;
    const { map } = this.atlas.main;
    const { x, y } = map.project(this.lngLat);
    const stage = byId("stage").getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.box;
    const left = x + 14 + width < stage.width ? x + 14 : x - 14 - width;
    this.box.style.left = `${Math.min(Math.max(6, left), Math.max(6, stage.width - width - 6))}px`;
    const top = Math.min(Math.max(6, y - height / 2), Math.max(6, stage.height - height - 6));
    this.box.style.top = `${top}px`;
  }
}
