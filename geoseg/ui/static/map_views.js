/* One map, two parted by a line, or two beside each other that move together. */
"use strict";
import { byId } from "./map_dom.js";
import { Pane } from "./map_pane.js";

export function views(atlas) {
  const { state } = atlas;
  const handle = byId("handle");

  function draw() {
    const on = (id) => state.visible.get(id) || id === state.background;
    if (state.mode === "one") { atlas.main.show(on); return; }
    const only = (side) => (id) => id === state[side] || id === state.background;
    atlas.main.show(only("left"));
    if (atlas.right) atlas.right.show(only("right"));
  }

  function place(share) {
    state.share = Math.min(0.98, Math.max(0.02, share));
    const percent = `${(state.share * 100).toFixed(1)}%`;
    const swipe = state.mode === "swipe";
    byId("right").style.clipPath = swipe ? `inset(0 0 0 ${percent})` : "none";
    handle.style.left = percent;
    handle.setAttribute("aria-valuenow", Math.round(state.share * 100));
  }

  const viewOf = ({ map }) => ({
    center: map.getCenter(), zoom: map.getZoom(), bearing: map.getBearing(),
  });
  let following = false;
  function link(from, to) {
    from.map.on("move", () => {
      if (following) return;
      following = true;
      to().map.jumpTo(viewOf(from));
      following = false;
    });
  }

  function makeRight() {
    atlas.right = new Pane(atlas, "right");
    atlas.right.map.jumpTo(viewOf(atlas.main));
    link(atlas.main, () => atlas.right);
    link(atlas.right, () => atlas.main);
    if (state.threshold !== null) {
      atlas.right.map.on("load", () => atlas.right.setThreshold(state.threshold));
    }
  }

  function setMode(mode) {
    state.mode = mode;
    const two = mode !== "one";
    atlas.app.dataset.mode = mode;
    for (const id of ["right", "left-name", "right-name"]) byId(id).hidden = !two;
    handle.hidden = mode !== "swipe";
    if (two && !atlas.right) makeRight();
    for (const pane of atlas.panes()) pane.map.resize();
    if (two) { atlas.right.map.jumpTo(viewOf(atlas.main)); place(state.share || 0.5); }
    atlas.buildPanel();
    draw();
  }

  handle.addEventListener("pointerdown", (event) => handle.setPointerCapture(event.pointerId));
  handle.addEventListener("pointermove", (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = byId("stage").getBoundingClientRect();
    place((event.clientX - box.left) / box.width);
  });
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02, PageDown: -0.1, PageUp: 0.1 }[event.key];
    if (step) { place(state.share + step); event.preventDefault(); }
  });
  return { draw, setMode };
}
