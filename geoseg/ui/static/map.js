/* The map page: a description in #scene -> layers, swipe, values at a click, live threshold. */
"use strict";
(() => {
  const scene = JSON.parse(document.getElementById("scene").textContent);
  const byId = (id) => document.getElementById(id);
  const app = byId("app");
  const layers = new Map([...scene.layers, ...scene.backgrounds].map((l) => [l.id, l]));
  const state = {
    visible: new Map(scene.layers.map((l) => [l.id, l.visible])),
    opacity: new Map([...layers.values()].map((l) => [l.id, l.opacity])),
    background: scene.backgrounds.length ? scene.backgrounds[0].id : "",
    threshold: scene.threshold ? scene.threshold.value : null,
    swipe: false, left: scene.swipe[0], right: scene.swipe[1],
  };
  // A page inside a frame has no address of its own: addresses are completed from its parent's.
  const absolute = (url) => new URL(url, document.baseURI).href
    .replaceAll("%7B", "{").replaceAll("%7D", "}");
  const margin = { top: 20, left: 20, right: 20, bottom: scene.threshold ? 108 : 28 };
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  };

  /* One MapLibre map. A layer that follows the threshold is drawn twice: the new picture loads
     unseen behind the old one and takes its place when it is whole, so nothing flickers. */
  class Pane {
    constructor(container) {
      const style = structuredClone(scene.map.mapOptions.style);
      for (const source of Object.values(style.sources)) source.tiles = source.tiles.map(absolute);
      this.shown = () => false;
      this.front = new Map();
      this.map = new maplibregl.Map({
        ...scene.map.mapOptions, style, container, bounds: scene.bounds, attributionControl: false,
        fitBoundsOptions: { padding: margin }, dragRotate: false, pitchWithRotate: false,
        touchPitch: false, canvasContextAttributes: { preserveDrawingBuffer: true },
        locale: { "NavigationControl.ZoomIn": "Zoom in", "NavigationControl.ZoomOut": "Zoom out" },
      });
      this.map.touchZoomRotate.disableRotation();
      this.map.on("load", () => { this.ready = true; this.draw(); });
      for (const event of ["idle", "dataloading"]) this.map.on(event, sayWhetherDrawn);
      this.map.on("sourcedata", (event) => this.swapWhenWhole(event.sourceId));
      this.map.on("idle", () => this.front.forEach((_, id) => this.swapWhenWhole(`${id}~`)));
    }
    /* shown: layer id -> true where this pane shows it. */
    show(shown) { this.shown = shown; this.draw(); }
    draw() {
      if (!this.ready) return;
      for (const [id, layer] of layers) {
        const visible = this.shown(id);
        const names = layer.live ? [id, `${id}~`] : [id];
        for (const name of names) {
          this.map.setLayoutProperty(name, "visibility", visible ? "visible" : "none");
          const hidden = layer.live && name !== (this.front.get(id) || id);
          this.map.setPaintProperty(name, "raster-opacity", hidden ? 0 : state.opacity.get(id));
        }
      }
    }
    setThreshold(value) {
      for (const [id, layer] of layers) {
        if (!layer.live || !this.ready) continue;
        const front = this.front.get(id) || id;
        const back = front === id ? `${id}~` : id;
        this.waiting = this.waiting || new Map();
        this.waiting.set(id, back);
        this.map.getSource(back).setTiles([atThreshold(layer.url, value)]);
      }
    }
    swapWhenWhole(source) {
      for (const [id, back] of this.waiting || []) {
        if (source && source.replace("~", "") !== id) continue;
        if (this.shown(id) && !this.map.isSourceLoaded(back)) continue;
        this.waiting.delete(id);
        this.front.set(id, back);
        this.draw();
      }
    }
  }

  function sayWhetherDrawn() {
    const panes = state.swipe ? [main, right] : [main];
    app.dataset.drawn = panes.every((pane) => pane && pane.map.loaded()) ? "yes" : "no";
  }
  const atThreshold = (url, value) =>
    absolute(url).replace(/threshold=[\d.]+/, `threshold=${value.toFixed(2)}`);
  let main = null, right = null;
  try {
    main = new Pane("main");
  } catch (error) {
    byId("note").textContent =
      "This browser cannot draw maps (WebGL is off). Try Firefox, Chrome or Edge, or a computer "
      + "with graphics; the files of the run open in any GIS.";
    throw error;
  }

  function draw() {
    const on = (id) => state.visible.get(id) || id === state.background;
    if (!state.swipe) { main.show(on); return; }
    const only = (side) => (id) => id === state[side] || id === state.background;
    main.show(only("left"));
    if (right) right.show(only("right"));
  }

  /* ---- swipe ---------------------------------------------------------------------------- */
  const handle = byId("handle");
  function place(share) {
    state.share = Math.min(0.98, Math.max(0.02, share));
    const percent = `${(state.share * 100).toFixed(1)}%`;
    byId("right").style.clipPath = `inset(0 0 0 ${percent})`;
    handle.style.left = percent;
    handle.setAttribute("aria-valuenow", Math.round(state.share * 100));
  }
  function setSwipe(on) {
    state.swipe = on;
    for (const id of ["right", "handle", "left-name", "right-name"]) byId(id).hidden = !on;
    if (on && !right) {
      right = new Pane("right");
      right.map.jumpTo(view());
      main.map.on("move", () => right.map.jumpTo(view()));
      if (state.threshold !== null) {
        right.map.on("load", () => right.setThreshold(state.threshold));
      }
    }
    if (on) { right.map.resize(); place(state.share || 0.5); }
    buildPanel();
    draw();
  }
  const view = () => ({
    center: main.map.getCenter(), zoom: main.map.getZoom(), bearing: main.map.getBearing(),
  });
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

  /* ---- panel ---------------------------------------------------------------------------- */
  const chooser = (label, value, options, change) => element("label", { class: "field" }, label,
    element("select", { onchange: (event) => change(event.target.value) },
      ...options.map(([id, title]) =>
        element("option", { value: id, selected: id === value }, title))));

  function legend(layer) {
    if (layer.ramp.length) {
      const bar = element("div", { class: "ramp" });
      bar.style.background = `linear-gradient(90deg, ${layer.ramp.join(",")})`;
      const ends = element("div", { class: "ends" }, ...layer.legend.map(([text]) =>
        element("span", {}, text)));
      return element("div", {}, bar, ends);
    }
    return element("div", {}, ...layer.legend.map(([text, colour]) => {
      const swatch = element("i", { "aria-hidden": "true" });
      swatch.style.background = colour;
      return element("div", { class: "key" }, swatch, text);
    }));
  }
  function fader(layer) {
    return element("label", { class: "fade" }, "See-through",
      element("input", {
        type: "range", min: 0, max: 1, step: 0.05, value: 1 - state.opacity.get(layer.id),
        "aria-label": `See-through of ${layer.title}`,
        oninput: (event) => { state.opacity.set(layer.id, 1 - event.target.value); draw(); },
      }));
  }
  function row(layer) {
    const more = element("div", { class: "more", hidden: !state.visible.get(layer.id) },
      element("p", { class: "help" }, layer.help), legend(layer), fader(layer));
    const box = element("input", {
      type: "checkbox", checked: state.visible.get(layer.id), "data-layer": layer.kind,
      onchange: (event) => {
        state.visible.set(layer.id, event.target.checked);
        more.hidden = !event.target.checked;
        draw();
      },
    });
    return element("div", { class: "layer" }, element("label", {}, box, layer.title), more);
  }
  function sides() {
    const options = scene.layers.map((l) => [l.id, l.title]);
    const change = (side) => (value) => { state[side] = value; setSwipe(true); };
    const known = ["left", "right"].map((side) => {
      byId(`${side}-name`).textContent = layers.get(state[side]).title;
      const layer = layers.get(state[side]);
      return element("div", { class: "layer" }, element("b", {}, layer.title), legend(layer),
        fader(layer));
    });
    return [chooser("Left of the line", state.left, options, change("left")),
      chooser("Right of the line", state.right, options, change("right")), ...known];
  }
  function buildPanel() {
    const rows = byId("rows");
    const backgrounds = [...scene.backgrounds.map((l) => [l.id, l.title]), ["", "Plain"]];
    const mode = (text, on) => element("button", {
      type: "button", "aria-pressed": String(state.swipe === on), onclick: () => setSwipe(on),
    }, text);
    rows.replaceChildren(
      ...(scene.layers.length > 1 ? [element("div", { class: "segments", role: "group",
        "aria-label": "How to look" }, mode("Stacked", false), mode("Swipe", true))] : []),
      ...(state.swipe ? sides() : scene.layers.map(row)),
      ...(scene.backgrounds.length ? [element("div", { class: "layer" },
        chooser("Background", state.background, backgrounds, (value) => {
          state.background = value;
          draw();
        }))] : []));
  }
  const setPanel = (open) => {
    app.classList.toggle("closed", !open);
    main.map.resize();
    if (right) right.map.resize();
  };
  byId("close-panel").addEventListener("click", () => setPanel(false));
  byId("open-panel").addEventListener("click", () => setPanel(true));

  /* ---- threshold: tiles take it as a parameter, scores come from the run's curve ---------- */
  function scoresAt(value) {
    const curve = scene.threshold.curve;
    if (!curve) return [];
    const at = Math.min(curve.f1.length - 1, Math.max(0, Math.round(value * 100) - 1));
    const percent = (share) => (share === null ? "none" : `${Math.round(share * 100)} %`);
    return [["right among found (precision)", percent(curve.precision[at])],
      ["found of all (recall)", percent(curve.recall[at])],
      ["F1", curve.f1[at] === null ? "none" : curve.f1[at].toFixed(2)]];
  }
  let timer = 0;
  function setThreshold(value, wait = 150) {
    state.threshold = value;
    byId("cut").value = value;
    byId("cut-text").textContent = value.toFixed(2);
    byId("reset").hidden = Math.abs(value - scene.threshold.value) < 0.005;
    byId("scores").replaceChildren(...scoresAt(value).map(([name, text]) =>
      element("span", { "data-score": name }, element("b", {}, text), ` ${name}`)));
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const pane of [main, right]) if (pane) pane.setThreshold(value);
    }, wait);
  }
  if (scene.threshold) {
    byId("threshold").hidden = false;
    byId("cut").addEventListener("input", (event) => setThreshold(Number(event.target.value)));
    byId("reset").addEventListener("click", () => setThreshold(scene.threshold.value, 0));
    setThreshold(scene.threshold.value, 0);
    clearTimeout(timer);
  }

  /* ---- values at a click ------------------------------------------------------------------ */
  function table(rows, caption) {
    const lines = rows.map((value) => element("tr", {}, element("th", { scope: "row" },
      value.title), element("td", {}, value.text)));
    return element("table", { class: "values" }, element("caption", {}, caption), ...lines);
  }
  async function showValues({ lngLat }) {
    const { lng, lat } = lngLat;
    const place = `${lat.toFixed(5)}°, ${lng.toFixed(5)}°`;
    const popup = new maplibregl.Popup({ maxWidth: "320px" }).setLngLat(lngLat);
    popup.setText("reading the values ...").addTo(main.map);
    try {
      const url = absolute(`${scene.point_url}&lon=${lng}&lat=${lat}`);
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(answer.statusText);
      popup.setDOMContent(table(valueRows(await answer.json()), place));
    } catch {
      popup.setText("The values could not be read. Is the server still running?");
    }
  }
  const valueRows = (answer) => answer.values.map((value) => ({
    title: value.title, text: value.label || wording(value),
  }));
  function wording(value) {
    if (value.value === null || value.value === undefined) return "no data";
    const digits = Math.abs(value.value) >= 100 || Number.isInteger(value.value) ? 0 : 2;
    return `${value.value.toFixed(digits)} ${value.unit || ""}`.trim();
  }
  if (scene.point_url) {
    main.map.on("click", showValues);
    main.map.getCanvas().style.cursor = "crosshair";
  }

  /* ---- controls --------------------------------------------------------------------------- */
  const Controls = {
    NavigationControl: maplibregl.NavigationControl, ScaleControl: maplibregl.ScaleControl,
  };
  for (const [method, [kind, options, corner]] of scene.map.calls) {
    if (method === "addControl" && Controls[kind]) {
      main.map.addControl(new Controls[kind]({ ...options, showCompass: false }), corner);
    }
  }
  main.map.addControl(new maplibregl.FullscreenControl({ container: app }), "top-right");
  main.map.addControl({
    onAdd: () => element("div", { class: "maplibregl-ctrl maplibregl-ctrl-group" },
      element("button", {
        type: "button", class: "fit", title: "Whole area", "aria-label": "Show the whole area",
        onclick: () => main.map.fitBounds(scene.bounds, { padding: margin }),
      }, "\u2922")),
    onRemove: () => {},
  }, "top-right");
  main.map.on("error", (event) => console.warn("map:", event.error && event.error.message));
  main.map.getCanvas().setAttribute("aria-label", scene.description);

  if (window.innerWidth < 700) setPanel(false);
  buildPanel();
  if (scene.mode === "swipe" && scene.layers.length > 1) setSwipe(true);
  draw();
})();
