/* One MapLibre map. A layer that follows the threshold is drawn twice: the new picture loads
   unseen behind the old one and takes its place when it is whole, so nothing flickers. */
"use strict";
import { absolute } from "./map_dom.js";

const PARTS = ["fill", "line", "circle"];
const atThreshold = (url, value) =>
  absolute(url).replace(/threshold=[\d.]+/, `threshold=${value.toFixed(2)}`);

export class Pane {
  constructor(atlas, container) {
    const { scene } = atlas;
    const style = structuredClone(scene.map.mapOptions.style);
    for (const source of Object.values(style.sources)) source.tiles = source.tiles.map(absolute);
    this.atlas = atlas;
    this.shown = () => false;
    this.front = new Map();
    this.waiting = new Map();
    this.map = new maplibregl.Map({
      ...scene.map.mapOptions, style, container, bounds: scene.bounds, attributionControl: false,
      fitBoundsOptions: { padding: atlas.margin }, dragRotate: false, pitchWithRotate: false,
      touchPitch: false, canvasContextAttributes: { preserveDrawingBuffer: true },
      locale: { "NavigationControl.ZoomIn": "Zoom in", "NavigationControl.ZoomOut": "Zoom out" },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.on("load", () => {
      this.ready = true;
      for (const act of atlas.onReady) act(this);
      this.draw();
    });
    for (const event of ["idle", "dataloading"]) this.map.on(event, () => atlas.sayWhetherDrawn());
    this.map.on("sourcedata", (event) => this.swapWhenWhole(event.sourceId));
    this.map.on("idle", () => this.front.forEach((_, id) => this.swapWhenWhole(`${id}~`)));
    this.map.on("click", (event) => atlas.clicked(event, this));
    this.map.on("error", (event) => console.warn("map:", event.error && event.error.message));
    this.map.getCanvas().setAttribute("aria-label", scene.description);
  }

  /* shown: layer id -> true where this pane shows it. */
  show(shown) { this.shown = shown; this.draw(); }

  draw() {
    if (!this.ready) return;
    const { layers, scene, state } = this.atlas;
    for (const [id, layer] of layers) {
      for (const name of layer.live ? [id, `${id}~`] : [id]) {
        this.setVisible(name, this.shown(id));
        const hidden = layer.live && name !== (this.front.get(id) || id);
        this.map.setPaintProperty(name, "raster-opacity", hidden ? 0 : state.opacity.get(id));
      }
    }
    for (const { id } of scene.vectors) {
      for (const part of PARTS) this.setVisible(`${id}-${part}`, state.visible.get(id));
    }
  }

  setVisible(name, visible) {
    this.map.setLayoutProperty(name, "visibility", visible ? "visible" : "none");
  }

  setThreshold(value) {
    if (!this.ready) return;
    for (const [id, layer] of this.atlas.layers) {
      if (!layer.live) continue;
      const front = this.front.get(id) || id;
      const back = front === id ? `${id}~` : id;
      this.waiting.set(id, back);
      this.map.getSource(back).setTiles([atThreshold(layer.url, value)]);
    }
  }

  swapWhenWhole(source) {
    for (const [id, back] of this.waiting) {
      if (source && source.replace("~", "") !== id) continue;
      if (this.shown(id) && !this.map.isSourceLoaded(back)) continue;
      this.waiting.delete(id);
      this.front.set(id, back);
      this.draw();
    }
  }

  /* The outlines under a point, top first; a few pixels of grace for fingers and thin shapes. */
  outlinesAt(point) {
    if (!this.ready) return [];
    const names = this.atlas.scene.vectors
      .filter((layer) => layer.clickable && this.atlas.state.visible.get(layer.id))
      .flatMap((layer) => PARTS.map((part) => `${layer.id}-${part}`));
    if (!names.length) return [];
    const exact = this.map.queryRenderedFeatures(point, { layers: names });
    if (exact.length) return exact;
    const near = [[point.x - 5, point.y - 5], [point.x + 5, point.y + 5]];
    return this.map.queryRenderedFeatures(near, { layers: names });
  }

  /* A source of GeoJSON of our own with its layers, over everything else. */
  addShapes(name, ...parts) {
    this.map.addSource(name, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    for (const { id, type, paint, filter } of parts) {
      this.map.addLayer({ id, type, source: name, paint, ...(filter ? { filter } : {}) });
    }
  }

  setShapes(name, features) {
    if (this.ready) this.map.getSource(name).setData({ type: "FeatureCollection", features });
  }
}
