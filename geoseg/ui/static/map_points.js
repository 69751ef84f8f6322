/* Points of known class on the map: put, moved, removed, counted; stored whole at every change. */
"use strict";
import { ask, button, byId, element, say } from "./map_dom.js";
import { Picker } from "./map_picker.js";

const INK = "#10222b";
const NARROW_PIXELS = 700;

export async function points(atlas, target) {
  const { classes, fewest, enough, elsewhere } = target;
  const picker = new Picker(atlas, { add, move, remove, at, get: (place) => list[place],
    count: () => list.length, title: (id) => classes.find((one) => one.id === id).name, show });
  let list = [], stored = [], sending = false, again = false;

  const colours = ["match", ["get", "class"], ...classes.flatMap(({ id, colour }) => [id, colour]),
    INK];
  const dot = (id, paint) => ({ id, type: "circle", paint });
  atlas.onReady.push((pane) => {
    pane.addShapes("points",
      dot("points-rim", { "circle-radius": 9, "circle-color": "#fff" }),
      dot("points-dots", { "circle-radius": 6, "circle-color": colours,
        "circle-stroke-color": INK, "circle-stroke-width": 1.5 }));
    picker.listen(pane);
    draw();
  });

  const collection = () => ({
    type: "FeatureCollection",
    features: list.map(({ id, lngLat }, number) => ({
      type: "Feature", properties: { class: id, number },
      geometry: { type: "Point", coordinates: lngLat },
    })),
  });
  const read = ({ features }) => features.map(({ properties, geometry }) =>
    ({ id: properties.class, lngLat: geometry.coordinates }));

  /* What is on the map is sent, once more where it changed meanwhile; a refusal takes the map back
     to what is stored. */
  async function store() {
    again = true;
    if (sending) return;
    sending = true;
    while (again) {
      again = false;
      const sent = list;
      try {
        await ask(target.url, "PUT", collection());
        stored = sent;
      } catch (fault) {
        again = false;
        list = stored;
        picker.drop();
        say(fault.message);
      }
    }
    sending = false;
    atlas.app.dataset.saved = "yes";
    show();
  }

  function change(next) {
    list = next;
    atlas.app.dataset.saved = "no";
    show();
    store();
  }

  function isOutside([lng, lat]) {
    const [west, south, east, north] = atlas.scene.bounds;
    const outside = lng < west || lng > east || lat < south || lat > north;
    if (outside) say("That is outside the rasters: put the point where the map shows data.");
    return outside;
  }

  function add(id, lngLat) {
    if (!isOutside(lngLat)) change([...list, { id, lngLat }]);
  }
  function move(place, lngLat) {
    if (isOutside(lngLat)) show();
    else change(list.map((one, number) => (number === place ? { ...one, lngLat } : one)));
  }
  function remove(place) { change(list.filter((_, number) => number !== place)); }

  /* The number of the point under a place of the screen, or -1. */
  function at({ x, y }, pane) {
    if (!pane.ready) return -1;
    const [found] = pane.map.queryRenderedFeatures([[x - 4, y - 4], [x + 4, y + 4]],
      { layers: ["points-rim"] });
    return found ? found.properties.number : -1;
  }

  function draw(moved = null) {
    const { features } = collection();
    if (moved) features[moved.place].geometry.coordinates = moved.lngLat;
    for (const pane of atlas.panes()) pane.setShapes("points", features);
  }

  /* Points of other areas that teach together count too. */
  function state(count, others) {
    const all = count + others, beside = others ? `, ${others} in other areas` : "";
    if (all < fewest) return `${fewest - all} more needed${beside}`;
    return (all < enough ? `few, ${enough} serve well` : "enough") + beside;
  }

  function row({ id, name, colour }) {
    const count = list.filter((one) => one.id === id).length;
    const others = elsewhere[id] || 0;
    const swatch = element("i", { "aria-hidden": "true" });
    swatch.style.background = colour;
    const choose = () => {
      if (window.innerWidth < NARROW_PIXELS) byId("close-panel").click();
      picker.choose(picker.chosen === id ? null : id);
    };
    return element("button", { type: "button", class: "pick", "data-class": id, onclick: choose,
      "aria-pressed": String(picker.chosen === id), "data-enough": count + others < fewest ? "no" : "yes" },
    element("span", {}, swatch, element("b", {}, name),
      element("span", { class: "count" }, String(count)), element("small", {}, state(count, others))));
  }

  /* Asked twice: nothing brings removed points back. */
  function removeAll(event) {
    if (event.target.dataset.sure) { picker.drop(); change([]); return; }
    event.target.dataset.sure = "yes";
    event.target.textContent = `Really remove all ${list.length}?`;
  }

  function show(moved = null) {
    draw(moved);
    if (moved) return;
    byId("work").replaceChildren(
      element("p", { class: "help" }, "1. Choose a class. 2. Click on the map where you are "
        + "sure of it. Click a point to move or remove it; with no class chosen, a click shows the "
        + "values of the bands."),
      element("div", { role: "group", "aria-label": "Class of the next points" },
        ...classes.map(row)),
      ...(list.length ? [element("div", { class: "deeds" },
        element("a", { href: target.download, download: "" }, "Download as GeoPackage"),
        button("Go through them", () => picker.next()),
        button("Remove all", removeAll))] : []));
  }

  byId("open-panel").textContent = "Points";
  byId("panel").querySelector("h2").textContent = target.title;
  show();
  try {
    list = read(await ask(target.url));
    stored = list;
    atlas.app.dataset.saved = "yes";
  } catch (fault) {
    say(fault.message);
  }
  show();
}
