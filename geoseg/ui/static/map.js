/* The map page: a description in #scene -> maps, panel, clicks, and what may be drawn on them. */
"use strict";
import { areas } from "./map_areas.js";
import { Bubble } from "./map_bubble.js";
import { corrections } from "./map_corrections.js";
import { Corners } from "./map_corners.js";
import { button, byId, element } from "./map_dom.js";
import { Outlines } from "./map_outlines.js";
import { Pane } from "./map_pane.js";
import { panel } from "./map_panel.js";
import { points } from "./map_points.js";
import { Sketch } from "./map_sketch.js";
import { threshold } from "./map_threshold.js";
import { showValues } from "./map_values.js";
import { views } from "./map_views.js";

const NARROW_PIXELS = 700;
const WORKS = { areas, corrections, points };
const scene = JSON.parse(byId("scene").textContent);
const layers = new Map([...scene.layers, ...scene.backgrounds].map((layer) => [layer.id, layer]));

/* What the parts of the page share. */
const atlas = {
  app: byId("app"), scene, layers, main: null, right: null, tool: null, onReady: [],
  margin: { top: 20, left: 20, right: 20, bottom: scene.threshold ? 108 : 28 },
  state: {
    visible: new Map([...scene.layers, ...scene.vectors].map((layer) => [layer.id, layer.visible])),
    opacity: new Map([...layers.values()].map((layer) => [layer.id, layer.opacity])),
    background: scene.backgrounds.length ? scene.backgrounds[0].id : "",
    threshold: scene.threshold ? scene.threshold.value : null,
    mode: "one", left: scene.swipe[0], right: scene.swipe[1],
  },
  panes: () => [atlas.main, atlas.right].filter(Boolean),
  sayWhetherDrawn() {
    const seen = atlas.state.mode === "one" ? [atlas.main] : atlas.panes();
    atlas.app.dataset.drawn = seen.every((pane) => pane && pane.map.loaded()) ? "yes" : "no";
  },
  /* One tool at a time has the clicks. */
  take(tool) {
    if (atlas.tool) atlas.tool.cancel();
    atlas.bubble.close();
    atlas.tool = tool;
    atlas.app.classList.add("drawing");
  },
  release(tool) {
    if (atlas.tool !== tool) return;
    atlas.tool = null;
    atlas.app.classList.remove("drawing");
  },
  clicked(event, pane) {
    if (atlas.tool) { atlas.tool.click(event, pane); return; }
    if (atlas.clickShapes && atlas.clickShapes(event, pane)) return;
    if (atlas.outlines.click(event, pane)) return;
    if (scene.point_url) showValues(atlas, event);
  },
};

function start() {
  atlas.bubble = new Bubble(atlas);
  atlas.outlines = new Outlines(atlas);
  if (scene.draw) WORKS[scene.draw.kind](atlas, scene.draw);
  // What is being drawn lies over what was drawn.
  atlas.sketch = new Sketch(atlas);
  atlas.corners = new Corners(atlas);
  try {
    atlas.main = new Pane(atlas, "main");
  } catch (error) {
    byId("note").textContent =
      "This browser cannot draw maps (WebGL is off). Try Firefox, Chrome or Edge, or a computer "
      + "with graphics; the files of the run open in any GIS.";
    throw error;
  }
  const { draw, setMode } = views(atlas);
  const { build, open } = panel(atlas);
  Object.assign(atlas, { draw, setMode, buildPanel: build });
  threshold(atlas);
  addControls();
  if (window.innerWidth < NARROW_PIXELS) open(false);
  build();
  if (scene.mode !== "one" && scene.layers.length > 1) setMode(scene.mode);
  draw();
  if (scene.focus) {
    atlas.main.map.once("load", () => atlas.main.map.fitBounds(scene.focus, { duration: 0 }));
  }
  if (scene.selected !== null && scene.vectors.length) select();
}

function addControls() {
  const { map } = atlas.main;
  const Known = {
    NavigationControl: maplibregl.NavigationControl, ScaleControl: maplibregl.ScaleControl,
  };
  for (const [method, [kind, options, corner]] of scene.map.calls) {
    if (method === "addControl" && Known[kind]) {
      map.addControl(new Known[kind]({ ...options, showCompass: false }), corner);
    }
  }
  map.addControl(new maplibregl.FullscreenControl({ container: atlas.app }), "top-right");
  const whole = button("\u2922", () => map.fitBounds(scene.bounds, { padding: atlas.margin }),
    { class: "fit", title: "Whole area", "aria-label": "Show the whole area" });
  map.addControl({
    onAdd: () => element("div", { class: "maplibregl-ctrl maplibregl-ctrl-group" }, whole),
    onRemove: () => {},
  }, "top-right");
  // Enter on the map is a click in its middle: every click can be made by keys.
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || atlas.tool) return;
    const { clientWidth, clientHeight } = map.getContainer();
    const point = new maplibregl.Point(clientWidth / 2, clientHeight / 2);
    atlas.clicked({ point, lngLat: map.getCenter() }, atlas.main);
  });
}

/* Go to the outline the page asks for and open its box. */
function select() {
  const layer = scene.draw && scene.draw.outlines ? scene.draw.outlines : scene.vectors[0].id;
  const { map } = atlas.main;
  map.once("load", async () => {
    const box = await atlas.outlines.openNumber(layer, scene.selected);
    if (box) map.fitBounds(box, { padding: 160, duration: 0, maxZoom: map.getMaxZoom() - 3 });
    atlas.bubble.place();
  });
}

start();
