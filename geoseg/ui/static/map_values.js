/* The values of all layers at a click. */
"use strict";
import { ask, element } from "./map_dom.js";

const MOST_EXACT = 100;

function wording(value) {
  if (value.value === null || value.value === undefined) return "no data";
  const whole = Math.abs(value.value) >= MOST_EXACT || Number.isInteger(value.value);
  return `${value.value.toFixed(whole ? 0 : 2)} ${value.unit || ""}`.trim();
}

export function table(rows, caption) {
  const lines = rows.map(([title, text]) => element("tr", {},
    element("th", { scope: "row" }, title), element("td", {}, text)));
  return element("table", { class: "values" }, element("caption", {}, caption), ...lines);
}

export async function showValues(atlas, { lngLat }) {
  const { lng, lat } = lngLat;
  const { threshold } = atlas.state;
  const cut = threshold === null ? "" : `&threshold=${threshold.toFixed(2)}`;
  const box = atlas.bubble;
  box.open(lngLat, "reading the values ...");
  try {
    const answer = await ask(`${atlas.scene.point_url}&lon=${lng}&lat=${lat}${cut}`);
    const rows = answer.values.map((value) => [value.title, value.label || wording(value)]);
    if (box.lngLat === lngLat) box.fill(table(rows, `${lat.toFixed(5)}°, ${lng.toFixed(5)}°`));
  } catch (fault) {
    if (box.lngLat === lngLat) box.fill(fault.message);
  }
}
