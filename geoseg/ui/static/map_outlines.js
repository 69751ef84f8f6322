/* Outlines: what is said of one in a box at a click, and states set by hand over the tiles. */
"use strict";
import { absolute, ask, element, say } from "./map_dom.js";
import { table } from "./map_values.js";

const HECTARE_M2 = 1e4, SQUARE_KM_M2 = 1e6;

export function areaWords(square) {
  if (square >= SQUARE_KM_M2) return `${(square / SQUARE_KM_M2).toFixed(2)} km\u00b2`;
  if (square >= HECTARE_M2) return `${(square / HECTARE_M2).toFixed(2)} ha`;
  return `${Math.round(square)} m\u00b2`;
}

function wording(name, value) {
  if (value === null || value === undefined || value === "") return "unknown";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value !== "number") return String(value);
  if (name.endsWith("_m2")) return areaWords(value);
  if (name.endsWith("_prob") || name.endsWith("_share")) return `${Math.round(value * 100)} %`;
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

export class Outlines {
  constructor(atlas) {
    this.atlas = atlas;
    this.layers = new Map(atlas.scene.vectors.map((layer) => [layer.id, layer]));
    this.states = new Map();
    atlas.onReady.push((pane) => {
      this.states.forEach((state, key) => this.apply(pane, key, state));
    });
  }

  /* state: column -> value; stands over what the tiles say, on every map, at once. */
  set(layer, number, state) {
    const key = `${layer} ${number}`;
    const all = { ...this.states.get(key), ...state };
    this.states.set(key, all);
    for (const pane of this.atlas.panes()) if (pane.ready) this.apply(pane, key, all);
  }

  state(layer, number) { return this.states.get(`${layer} ${number}`) || {}; }

  apply(pane, key, state) {
    const [source, id] = key.split(" ");
    pane.map.setFeatureState({ source, sourceLayer: "outlines", id: Number(id) }, state);
  }

  click({ point, lngLat }, pane) {
    const [found] = pane.outlinesAt(point);
    if (!found) return false;
    this.open(found.source, found.id, found.properties, lngLat);
    return true;
  }

  /* The box of an outline by its number alone, wherever it lies. */
  async openNumber(layer, number) {
    try {
      const { bbox, properties } = await ask(`/vectors/${layer}/features/${number}`);
      const [west, south, east, north] = bbox;
      const { LngLat } = maplibregl;
      this.open(layer, number, properties, new LngLat(east, (south + north) / 2));
      return bbox;
    } catch (fault) {
      say(fault.message);
      return null;
    }
  }

  open(layer, number, properties, lngLat) {
    this.atlas.bubble.close();
    this.set(layer, number, { selected: true });
    this.atlas.bubble.open(lngLat, this.content(layer, number, properties), () =>
      this.set(layer, number, { selected: false }));
  }

  content(id, number, properties) {
    const layer = this.layers.get(id);
    const values = { ...properties, ...this.state(id, number) };
    const word = (name) => (name === layer.colour_by && layer.words[values[name] ?? ""])
      || wording(name, values[name]);
    // The value carries its unit.
    const rows = layer.fields.map(([name, title]) => [title.replace(/, m\u00b2$/, ""), word(name)]);
    const refresh = () => this.atlas.bubble.fill(this.content(id, number, properties));
    const deeds = this.atlas.deeds ? this.atlas.deeds(id, number, values, refresh) : [];
    const [words, address] = layer.link;
    const href = address && absolute(address.replace("{id}", number));
    const link = words ? [element("a", { href, target: "_blank", rel: "noopener" }, words)] : [];
    return element("div", {}, table(rows, `${layer.title}, number ${number}`), ...link, ...deeds);
  }
}
