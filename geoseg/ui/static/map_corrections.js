/* Correcting outlines on the map: accept, reject, redraw, back; draw missed ones; of several classes
   say which. Every deed goes to the server at once, and the map takes the new colour without loading
   tiles anew. */
"use strict";
import { ask, button, byId, element, say } from "./map_dom.js";
import { boundsOf, closed, opened, thinned } from "./map_geometry.js";

const COLOURS = ["match", ["get", "status"], "rejected", "#c2255c", "accepted", "#1b9e5a",
  "redrawn", "#0b7fab", "drawn", "#7a1fa2", "#12303f"];
const PARTS = [
  { id: "redrawn-fill", type: "fill", paint: { "fill-color": COLOURS, "fill-opacity": 0.2 } },
  { id: "redrawn-line", type: "line", paint: { "line-color": COLOURS, "line-width": 2.5 } },
];
const WORDS = [["accepted", "accepted"], ["rejected", "rejected"], ["redrawn", "redrawn"],
  ["drawn", "drawn by hand"], ["unreviewed", "left to look at"]];
const SMALL_PIXELS = 250;
const NEAREST = ["", "as the nearest outline"], UNCHOSEN = ["", "not chosen by you"];
const polygon = (ring) => ({ type: "Polygon", coordinates: [closed(ring)] });

export async function corrections(atlas, target) {
  const { outlines } = atlas;
  const layer = target.outlines || atlas.scene.vectors[0].id;
  const classes = (target.classes || []).map(({ name }) => name);
  const own = new Map(), named = new Map();
  let drawnClass = "";
  let counts = {}, toUndo = 0;
  atlas.onReady.push((pane) => { pane.addShapes("redrawn", ...PARTS); show(); });

  /* What the server says of one outline: its colour, and its new shape where it has one. */
  function take({ polygon: number, status, geometry, class_name: given }) {
    if (given) named.set(number, given);
    else named.delete(number);
    outlines.set(layer, number, { status: geometry ? "redrawn" : status || "unreviewed" });
    if (geometry) own.set(number, { number, status, geometry });
    else own.delete(number);
  }

  async function send(method, body) {
    atlas.app.dataset.saved = "no";
    try {
      const answer = await ask(target.url, method, body);
      ({ counts } = answer);
      toUndo = answer.to_undo;
      take(answer.outline);
      show();
      return true;
    } catch (fault) {
      say(fault.message);
      return false;
    } finally {
      atlas.app.dataset.saved = "yes";
    }
  }
  const deed = (action, number, geometry = null, given = "") =>
    send("POST", { action, polygon: number, geometry, note: "", class_name: given });

  function classChoice(label, entries, chosen, change) {
    return element("label", { class: "field" }, label,
      element("select", { "aria-label": label, onchange: (event) => change(event.target.value) },
        ...entries.map(([value, text]) =>
          element("option", { value, selected: value === chosen }, text))));
  }

  async function outlineOf(number) {
    const { geometry } = own.get(number) || await ask(`/vectors/${layer}/features/${number}`);
    const rings = geometry.type === "Polygon" ? geometry.coordinates : geometry.coordinates[0];
    return opened(rings[0]);
  }

  async function redraw(number) {
    atlas.bubble.close();
    const { map } = atlas.main;
    const outline = await outlineOf(number);
    goNear(map, boundsOf(outline));
    const ring = thinned(outline, (corner) => map.project(corner));
    atlas.corners.start("Drag the corners of the outline", ring, (moved) =>
      deed("redraw", number, polygon(moved)));
  }

  /* Corners of a small outline would lie on each other. */
  function goNear(map, bounds) {
    const [low, high] = bounds.map((corner) => map.project(corner));
    if (Math.max(high.x - low.x, low.y - high.y) < SMALL_PIXELS) {
      map.fitBounds(bounds, { padding: 120, duration: 0, maxZoom: map.getMaxZoom() - 1 });
    }
  }

  function drawAnew(number) {
    atlas.bubble.close();
    atlas.sketch.start("Click the corners, the last one twice", (ring) =>
      deed("redraw", number, polygon(ring)));
  }

  /* The buttons in the box of one outline. */
  function buttons(number, status, mapped, refresh) {
    const act = (action) => async () => { if (await deed(action, number)) refresh(); };
    const word = status || "unreviewed";
    return [element("div", { class: "deeds" },
      button("Accept", act("accept"), { "aria-pressed": String(word === "accepted") }),
      button("Reject", act("reject"), { "aria-pressed": String(word === "rejected") }),
      button("Move corners", () => redraw(number).catch((fault) => say(fault.message))),
      button("Draw anew", () => drawAnew(number)),
      button("Back to unreviewed", act("reset"), { disabled: word === "unreviewed" })),
    ...classOf(number, mapped, refresh)];
  }
  atlas.deeds = (id, number, values, refresh) => (id !== layer ? []
    : buttons(number, (own.get(number) || values).status, values.class, refresh));

  /* Which class an outline is of; choosing another one accepts the outline as that. */
  function classOf(number, mapped, refresh) {
    if (!classes.length) return [];
    const entries = classes.map((name) => [name, name]);
    const now = named.get(number) || mapped || "";
    return [classChoice("Class", now ? entries : [UNCHOSEN, ...entries], now, async (given) => {
      if (given) await deed("classify", number, null, given);
      refresh();
    })];
  }

  /* Shapes of one's own are no part of the tiles: they answer clicks themselves. */
  atlas.clickShapes = ({ point, lngLat }, pane) => {
    const [found] = pane.ready ? pane.map.queryRenderedFeatures(point, { layers: ["redrawn-fill"] }) : [];
    if (!found) return false;
    openOwn(found.properties.number, lngLat);
    return true;
  };
  function openOwn(number, lngLat) {
    const shape = own.get(number);
    if (!shape) { atlas.bubble.close(); return; }
    const word = WORDS.find(([status]) => status === shape.status)[1];
    const content = element("div", {}, element("b", {}, `Outline ${number}: ${word}`),
      ...buttons(number, shape.status, "", () => openOwn(number, lngLat)));
    atlas.bubble.open(lngLat, content);
  }

  function draw() {
    atlas.bubble.close();
    atlas.sketch.start("Click the corners of the missed one, the last one twice", (ring) =>
      deed("draw", null, polygon(ring), drawnClass));
  }
  function drawForm() {
    const start = button("Draw a missed one", draw, { class: "main" });
    if (!classes.length) return [start];
    const entries = [NEAREST, ...classes.map((name) => [name, name])];
    return [start, classChoice("Class of what you draw", entries, drawnClass, (given) => {
      drawnClass = given;
    })];
  }

  function show() {
    const features = [...own.values()].map(({ number, status, geometry }) =>
      ({ type: "Feature", properties: { number, status }, geometry }));
    for (const pane of atlas.panes()) pane.setShapes("redrawn", features);
    byId("work").replaceChildren(element("h3", {}, target.title),
      element("p", { class: "help" }, "Click an outline to judge it."),
      ...drawForm(),
      button("Undo the last change", () => { atlas.bubble.close(); send("DELETE"); },
        { disabled: !toUndo }),
      element("div", { id: "counts" }, ...WORDS.map(([status, text]) =>
        element("div", { "data-status": status }, element("b", {}, String(counts[status] ?? 0)),
          ` ${text}`))));
  }

  show();
  try {
    const answer = await ask(target.url);
    ({ counts } = answer);
    toUndo = answer.to_undo;
    answer.outlines.forEach(take);
    atlas.app.dataset.saved = "yes";
  } catch (fault) {
    say(fault.message);
  }
  show();
}
