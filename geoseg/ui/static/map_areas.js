/* Areas of one's own on the map: drawn, named, changed, removed; stored whole at every change. */
"use strict";
import { ask, button, byId, element, say } from "./map_dom.js";
import { boundsOf, closed, middle, opened } from "./map_geometry.js";
import { Pins } from "./map_pins.js";

const INK = "#7a1fa2";
const PARTS = [
  { id: "areas-fill", type: "fill", paint: { "fill-color": INK, "fill-opacity": 0.08 } },
  { id: "areas-line", type: "line", paint: { "line-color": INK, "line-width": 2.5 } },
];
const LETTERS = 26;
const LONGEST_NAME = 60;

export async function areas(atlas, target) {
  const names = new Pins(atlas);
  let list = [];
  let sent = Promise.resolve();
  atlas.onReady.push((pane) => { pane.addShapes("areas", ...PARTS); show(); });

  const collection = () => ({
    type: "FeatureCollection",
    features: list.map(({ name, rings }) => ({
      type: "Feature", properties: { name }, geometry: { type: "Polygon", coordinates: rings },
    })),
  });
  const read = ({ features }) => features.map(({ properties, geometry }) =>
    ({ name: properties.name, rings: geometry.coordinates }));

  /* One after the other, so that the last change is the one that stays. */
  function change(next) {
    const before = list;
    list = next;
    show();
    atlas.app.dataset.saved = "no";
    sent = sent.then(() => ask(target.url, "PUT", collection())).then(() => {
      atlas.app.dataset.saved = "yes";
    }).catch((fault) => {
      list = before;
      show();
      say(fault.message);
    });
  }

  function freeName() {
    const taken = new Set(list.map(({ name }) => name));
    for (let place = 0; place < LETTERS; place += 1) {
      const letter = String.fromCharCode(65 + place);
      if (!taken.has(letter)) return letter;
    }
    return `Area ${list.length + 1}`;
  }

  function rename(area, text) {
    const name = text.trim().slice(0, LONGEST_NAME);
    if (!name || list.some((other) => other !== area && other.name === name)) {
      say(name ? `Another area is called ${name}.` : "An area needs a name.");
      show();
    } else if (name !== area.name) {
      change(list.map((other) => (other === area ? { ...area, name } : other)));
    }
  }

  function row(area) {
    const ring = opened(area.rings[0]);
    const edit = () => atlas.corners.start(`Drag the corners of ${area.name}`, ring, (moved) =>
      change(list.map((other) =>
        (other === area ? { ...area, rings: [closed(moved), ...area.rings.slice(1)] } : other))));
    return element("div", { class: "area" },
      element("input", { value: area.name, "aria-label": `Name of area ${area.name}`,
        maxlength: LONGEST_NAME, onchange: (event) => rename(area, event.target.value) }),
      button("Show", () => atlas.main.map.fitBounds(boundsOf(ring), { padding: 80 }),
        { "aria-label": `Show area ${area.name}` }),
      button("Change", edit, { "aria-label": `Change the corners of area ${area.name}` }),
      button("\u00d7", () => change(list.filter((other) => other !== area)),
        { class: "icon", "aria-label": `Remove area ${area.name}` }));
  }

  function draw() {
    atlas.sketch.start("Click the corners, the last one twice", (ring) =>
      change([...list, { name: freeName(), rings: [closed(ring)] }]));
  }

  function show() {
    for (const pane of atlas.panes()) pane.setShapes("areas", collection().features);
    names.clear();
    for (const { name, rings } of list) {
      names.add(element("span", { class: "name" }, name), middle(opened(rings[0])));
    }
    byId("work").replaceChildren(element("h3", {}, target.title),
      button("Draw an area", draw, { class: "main" }), ...list.map(row));
  }

  show();
  try {
    list = read(await ask(target.url));
    atlas.app.dataset.saved = "yes";
  } catch (fault) {
    say(fault.message);
  }
  show();
}
