/* The threshold: tiles take it as a parameter, scores come from the run's curve. */
"use strict";
import { byId, element } from "./map_dom.js";

export function threshold(atlas) {
  const { scene, state } = atlas;
  if (!scene.threshold) return;
  let timer = 0;

  function scoresAt(value) {
    const curve = scene.threshold.curve;
    if (!curve) return [];
    const at = Math.min(curve.f1.length - 1, Math.max(0, Math.round(value * 100) - 1));
    const percent = (share) => (share === null ? "none" : `${Math.round(share * 100)} %`);
    return [["right among found (precision)", percent(curve.precision[at])],
      ["found of all (recall)", percent(curve.recall[at])],
      ["F1", curve.f1[at] === null ? "none" : curve.f1[at].toFixed(2)]];
  }

  function show(value) {
    state.threshold = value;
    byId("cut").value = value;
    byId("cut-text").textContent = value.toFixed(2);
    byId("reset").hidden = Math.abs(value - scene.threshold.value) < 0.005;
    byId("scores").replaceChildren(...scoresAt(value).map(([name, text]) =>
      element("span", { "data-score": name }, element("b", {}, text), ` ${name}`)));
  }

  function set(value, wait) {
    show(value);
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const pane of atlas.panes()) pane.setThreshold(value);
    }, wait);
  }

  byId("threshold").hidden = false;
  byId("cut").addEventListener("input", (event) => set(Number(event.target.value), 150));
  byId("reset").addEventListener("click", () => set(scene.threshold.value, 0));
  show(scene.threshold.value);
}
