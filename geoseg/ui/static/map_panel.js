/* The panel: how to look, layers with legends, outlines, background. */
"use strict";
import { byId, element } from "./map_dom.js";

const MODES = [["one", "One"], ["swipe", "Swipe"], ["side", "Side by side"]];
const grouped = (count) => count.toLocaleString("en").replaceAll(",", "\u202f");

export function panel(atlas) {
  const { scene, state, layers } = atlas;

  const chooser = (label, value, options, change) => element("label", { class: "field" }, label,
    element("select", { "aria-label": label, onchange: (event) => change(event.target.value) },
      ...options.map(([id, title]) =>
        element("option", { value: id, selected: id === value }, title))));

  const keys = (entries) => element("div", {}, ...entries.map(([text, colour, count]) => {
    const swatch = element("i", { "aria-hidden": "true" });
    swatch.style.background = colour;
    const pixels = count === null || count === undefined ? []
      : [element("span", { class: "count", title: "pixels" }, grouped(count))];
    return element("div", { class: "key" }, swatch, element("span", {}, text), ...pixels);
  }));

  function legend(layer) {
    if (!layer.ramp.length) return keys(layer.legend);
    const bar = element("div", { class: "ramp" });
    bar.style.background = `linear-gradient(90deg, ${layer.ramp.join(",")})`;
    const ends = element("div", { class: "ends" }, ...layer.legend.map(([text]) =>
      element("span", {}, text)));
    return element("div", {}, bar, ends);
  }

  const fader = (layer) => element("label", { class: "fade" }, "See-through",
    element("input", {
      type: "range", min: 0, max: 1, step: 0.05, value: 1 - state.opacity.get(layer.id),
      "aria-label": `See-through of ${layer.title}`,
      oninput: (event) => { state.opacity.set(layer.id, 1 - event.target.value); atlas.draw(); },
    }));

  function row(layer, name, ...inside) {
    const more = element("div", { class: "more", hidden: !state.visible.get(layer.id) }, ...inside);
    const box = element("input", {
      type: "checkbox", checked: state.visible.get(layer.id), "data-layer": name,
      onchange: (event) => {
        state.visible.set(layer.id, event.target.checked);
        more.hidden = !event.target.checked;
        atlas.draw();
      },
    });
    return element("div", { class: "layer" }, element("label", {}, box, layer.title), more);
  }
  const pixelRow = (layer) =>
    row(layer, layer.kind, element("p", { class: "help" }, layer.help), legend(layer), fader(layer));
  const outlineRow = (layer) => row(layer, "outlines", keys(layer.legend));

  function sides() {
    const options = scene.layers.map((layer) => [layer.id, layer.title]);
    const change = (side) => (value) => { state[side] = value; atlas.setMode(state.mode); };
    const known = [...new Set([state.left, state.right])].map((id) => layers.get(id));
    for (const side of ["left", "right"]) {
      byId(`${side}-name`).textContent = layers.get(state[side]).title;
    }
    return [
      chooser("Left", state.left, options, change("left")),
      chooser("Right", state.right, options, change("right")),
      ...known.map((layer) => element("div", { class: "layer" }, element("b", {}, layer.title),
        element("p", { class: "help" }, layer.help), legend(layer), fader(layer))),
    ];
  }

  const modes = () => element("div",
    { class: "segments", role: "group", "aria-label": "How to look" },
    ...MODES.map(([mode, text]) => element("button", {
      type: "button", "aria-pressed": String(state.mode === mode),
      onclick: () => atlas.setMode(mode),
    }, text)));

  function backgrounds() {
    const options = [...scene.backgrounds.map((layer) => [layer.id, layer.title]), ["", "Plain"]];
    return element("div", { class: "layer" },
      chooser("Background", state.background, options, (value) => {
        state.background = value;
        atlas.draw();
      }));
  }

  function build() {
    byId("rows").replaceChildren(
      ...(scene.layers.length > 1 ? [modes()] : []),
      ...(state.mode === "one" ? [] : sides()),
      ...scene.vectors.map(outlineRow),
      ...(state.mode === "one" ? scene.layers.map(pixelRow) : []),
      ...(scene.backgrounds.length ? [backgrounds()] : []));
  }

  function open(shown) {
    atlas.app.classList.toggle("closed", !shown);
    for (const pane of atlas.panes()) pane.map.resize();
  }
  byId("close-panel").addEventListener("click", () => open(false));
  byId("open-panel").addEventListener("click", () => open(true));
  return { build, open };
}
