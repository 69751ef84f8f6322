/* Changing a polygon: its corners are handles to drag, or to move by the arrow keys; the small ones
   between them become corners; Delete or a double click removes one. */
"use strict";
import { button, byId, element, say } from "./map_dom.js";
import { closed, crosses } from "./map_geometry.js";
import { Pins } from "./map_pins.js";

const KEY_PIXELS = 4;

export class Corners {
  constructor(atlas) {
    this.atlas = atlas;
    this.pins = new Pins(atlas);
  }

  /* done: told the new ring. */
  start(hint, ring, done, cancelled = () => {}) {
    this.atlas.take(this);
    this.ring = ring.map((corner) => [...corner]);
    this.cancelled = cancelled;
    byId("tools").replaceChildren(element("span", {}, hint),
      button("Done", () => this.end(done), { class: "main" }),
      button("Cancel", () => this.cancel()));
    byId("tools").hidden = false;
    this.show();
  }

  click() {}

  end(done) {
    if (crosses(this.ring)) {
      say("The outline crosses itself: move its corners apart.");
      return;
    }
    const { ring } = this;
    this.stop();
    done(ring);
  }

  cancel() {
    const told = this.cancelled;
    this.stop();
    told();
  }

  stop() {
    this.pins.clear();
    this.draw([]);
    byId("tools").hidden = true;
    this.atlas.release(this);
  }

  /* Handles are made anew; the one at `focused` keeps the keyboard. */
  show(focused = -1) {
    this.pins.clear();
    const { ring } = this;
    ring.forEach((corner, place) => {
      const next = ring[(place + 1) % ring.length];
      const between = [(corner[0] + next[0]) / 2, (corner[1] + next[1]) / 2];
      this.handle("corner", `Corner ${place + 1} of ${ring.length}`, place, corner);
      this.handle("between", `New corner after ${place + 1}`, place + 0.5, between);
    });
    if (focused >= 0) this.handles()[focused].focus();
    this.draw([{ type: "Feature", properties: {},
      geometry: { type: "Polygon", coordinates: [closed(ring)] } }]);
  }

  handles() {
    return [...this.pins.pins.keys()].filter((made) => made.classList.contains("corner"));
  }

  handle(kind, label, place, corner) {
    const made = element("button", {
      type: "button", class: kind, "aria-label": label,
      onpointerdown: (event) => this.drag(event, made, place),
      ondblclick: () => this.remove(place),
      onkeydown: (event) => this.key(event, place, corner),
    });
    this.pins.add(made, corner);
  }

  drag(event, made, place) {
    event.preventDefault();
    made.setPointerCapture(event.pointerId);
    const stage = byId("stage").getBoundingClientRect();
    let moved = null;
    const follow = ({ clientX, clientY }) => {
      const at = [clientX - stage.left, clientY - stage.top];
      moved = this.atlas.main.map.unproject(at).toArray();
      this.pins.move(made, moved);
      this.draw([{ type: "Feature", properties: {},
        geometry: { type: "Polygon", coordinates: [closed(this.changed(place, moved))] } }]);
    };
    made.addEventListener("pointermove", follow);
    made.addEventListener("pointerup", () => {
      made.removeEventListener("pointermove", follow);
      if (!moved) { made.focus(); return; }
      this.ring = this.changed(place, moved);
      this.show(Math.ceil(place));
    }, { once: true });
  }

  /* A whole place is a corner, a half one lies between two and becomes a corner. */
  changed(place, corner) {
    const ring = [...this.ring];
    ring.splice(Math.ceil(place), Number.isInteger(place) ? 1 : 0, corner);
    return ring;
  }

  remove(place) {
    if (!Number.isInteger(place)) return;
    if (this.ring.length <= 3) { say("An area keeps at least three corners."); return; }
    this.ring.splice(place, 1);
    this.show(Math.min(place, this.ring.length - 1));
  }

  key(event, place, corner) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Delete" || event.key === "Backspace") this.remove(place);
    else if (event.key === "Escape") this.cancel();
    else if (step[event.key]) {
      const { map } = this.atlas.main;
      const at = map.project(corner);
      const [right, down] = step[event.key];
      const moved = map.unproject([at.x + right * KEY_PIXELS, at.y + down * KEY_PIXELS]).toArray();
      this.ring = this.changed(place, moved);
      this.show(Math.ceil(place));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  draw(features) {
    for (const pane of this.atlas.panes()) pane.setShapes("sketch", features);
  }
}
