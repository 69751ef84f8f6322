"""Pixels of tiles, values at a point, and what is refused."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from rasterio.transform import from_origin

from geoseg.evaluation.counts import confusion_map
from geoseg.figures.styles import CONFUSION_COLOURS, DIFFERENCE_COLOURS, style
from geoseg.tasks import LANDSLIDES
from geoseg.web.layers import (
    point_url,
    register,
    register_live_confusion,
    register_rgb,
    tile_url,
)
from geoseg.web.rasters import TILE_PIXELS, tile_box

Z = 10
X, Y = 537, 358
LEFT, BOTTOM, RIGHT, TOP = tile_box(Z, X, Y)
SIDE_M = (RIGHT - LEFT) / TILE_PIXELS
TILE = {"crs": "EPSG:3857", "transform": from_origin(LEFT, TOP, SIDE_M, SIDE_M)}
"""A raster whose pixels are those of one tile."""


def pixels(client, url: str, z=Z, x=X, y=Y) -> np.ndarray:
    answer = client.get(url.format(z=z, x=x, y=y))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    picture = np.array(Image.open(BytesIO(answer.content)).convert("RGBA"))
    assert picture.shape == (256, 256, 4)
    return picture


def quarters(*values, dtype) -> np.ndarray:
    tile = np.empty((256, 256), dtype)
    tile[:128, :128], tile[:128, 128:], tile[128:, :128], tile[128:, 128:] = values
    return tile


def middle_of(picture: np.ndarray) -> list[tuple[int, ...]]:
    return [tuple(int(v) for v in picture[r, c]) for r in (64, 192) for c in (64, 192)]


def rgb(colour: str) -> tuple[int, int, int]:
    return tuple(bytes.fromhex(colour[1:]))


def test_classes_wear_the_colours_of_their_task(client, write):
    path = write("c.tif", quarters(0, 1, 255, 1, dtype=np.uint8), nodata=255, **TILE)
    seen = middle_of(pixels(client, tile_url(register(path, "classes", task="landslides"))))
    feature = (*rgb(LANDSLIDES.classes[1].colour), 255)
    assert [colour[3] for colour in seen] == [0, 255, 0, 255]
    assert seen[1] == seen[3] == feature


def test_the_error_map_is_green_red_blue_grey(client, write):
    path = write("c.tif", quarters(1, 2, 3, 4, dtype=np.uint8), nodata=255, **TILE)
    seen = middle_of(pixels(client, tile_url(register(path, "confusion"))))
    assert [colour[:3] for colour in seen] == [rgb(CONFUSION_COLOURS[v]) for v in (1, 2, 3, 4)]


def test_a_signed_difference_is_orange_and_purple_and_clear_where_alike(client, write):
    path = write("d.tif", quarters(1, -1, 0, -128, dtype=np.int8), nodata=-128, **TILE)
    seen = middle_of(pixels(client, tile_url(register(path, "difference"))))
    assert [colour[:3] for colour in seen[:2]] == [rgb(DIFFERENCE_COLOURS[v]) for v in (1, -1)]
    assert [colour[3] for colour in seen] == [255, 255, 0, 0]


def test_probability_runs_along_the_ramp_and_no_data_is_clear(client, write):
    path = write("p.tif", quarters(0.0, 0.5, 1.0, np.nan, dtype=np.float32), **TILE)
    seen = middle_of(pixels(client, tile_url(register(path, "probability"))))
    table = style("probability").table()
    assert seen == [table[0], table[128], table[255], (0, 0, 0, 0)]


def test_the_threshold_decides_what_is_drawn_without_a_new_run(client, write):
    path = write("p.tif", quarters(0.1, 0.4, 0.6, np.nan, dtype=np.float32), **TILE)
    layer = register(path, "probability", task="landslides")
    drawn = {
        t: [c[3] > 0 for c in middle_of(pixels(client, tile_url(layer, threshold=t)))]
        for t in (0.05, 0.4, 0.5, 0.7)
    }
    assert drawn[0.05] == [True, True, True, False]
    assert drawn[0.4] == [False, True, True, False]
    assert drawn[0.5] == [False, False, True, False]
    assert drawn[0.7] == [False, False, False, False]


def test_right_and_wrong_follow_the_threshold(client, write):
    probability = write("p.tif", quarters(0.2, 0.6, 0.4, np.nan, dtype=np.float32), **TILE)
    reference = write("r.tif", quarters(0, 1, 1, 1, dtype=np.uint8), nodata=255, **TILE)
    layer = register_live_confusion(probability, reference)
    table = style("confusion").table()
    for threshold, codes in ((0.1, (2, 1, 1)), (0.5, (4, 1, 3)), (0.7, (4, 3, 3))):
        seen = middle_of(pixels(client, tile_url(layer, threshold=threshold)))
        assert seen == [*(table[code] for code in codes), (0, 0, 0, 0)]
    missing = client.get(tile_url(layer).format(z=Z, x=X, y=Y))
    assert missing.status_code == 400
    assert "name one" in missing.json()["detail"]


def test_right_and_wrong_at_the_runs_threshold_is_what_was_counted(client, write):
    rng = np.random.default_rng(0)
    probability = rng.random((256, 256)).astype(np.float32)
    probability[:9] = np.nan
    reference = rng.choice(np.array([0, 1, 255], np.uint8), (256, 256))
    classes = np.where(np.isnan(probability), 255, probability >= 0.5).astype(np.uint8)
    counted = confusion_map(classes, reference)
    layer = register_live_confusion(
        write("p.tif", probability, **TILE), write("r.tif", reference, nodata=255, **TILE)
    )
    fixed = register(write("c.tif", counted, nodata=255, **TILE), "confusion")
    live = pixels(client, tile_url(layer, threshold=0.5))
    assert (live == pixels(client, tile_url(fixed))).all()


def test_a_click_names_right_and_wrong_at_the_threshold(client, write):
    probability = write("p.tif", np.full((256, 256), 0.6, np.float32), **TILE)
    reference = write("r.tif", np.zeros((256, 256), np.uint8), nodata=255, **TILE)
    url = point_url([register_live_confusion(probability, reference)]) + "&lon=8.9&lat=47.3"
    low, high = (client.get(f"{url}&threshold={t}").json()["values"][0] for t in (0.5, 0.7))
    assert low["label"] == "false alarm: found, not in the reference"
    assert high["label"] == "rightly left out"
    assert "threshold" in client.get(f"{url}&threshold=2").json()["detail"]


def test_min_max_and_a_named_ramp_change_the_colours(client, write):
    path = write("b.tif", quarters(0, 10, 20, 30, dtype=np.float32), **TILE)
    layer = register(path, "band")
    plain = middle_of(pixels(client, tile_url(layer)))
    cut = middle_of(pixels(client, tile_url(layer, min=10, max=20)))
    grey = middle_of(pixels(client, tile_url(layer, colormap="greys", min=0, max=30)))
    assert plain != cut
    assert cut[0] == cut[1]
    assert cut[2] == cut[3]
    assert grey[0] == (255, 255, 255, 255)
    assert grey[3][:3] == (0, 0, 0)


def test_three_files_make_one_picture(client, write):
    ramp = np.tile(np.linspace(0, 100, 256, dtype=np.float32), (256, 1))
    red, green = write("r.tif", ramp, **TILE), write("g.tif", ramp[:, ::-1].copy(), **TILE)
    picture = pixels(client, tile_url(register_rgb([(red, 1), (green, 1), (red, 1)])))
    left, right = picture[128, 10], picture[128, 245]
    assert max(left[0], right[1]) < 20
    assert min(left[1], right[0]) > 230
    assert (picture[..., 0] == picture[..., 2]).all()


def test_bands_may_be_chosen_again(client, write):
    stack = np.stack([np.full((256, 256), v, np.float32) for v in (0, 5, 10)])
    layer = register(write("s.tif", stack, **TILE), "band")
    low, high = (
        middle_of(pixels(client, tile_url(layer, bands=band, min=0, max=10)))[0] for band in (1, 3)
    )
    table = style("band").table()
    assert (low, high) == (table[0], table[255])


def test_hillshade_lights_the_slope_that_faces_north_west(client, write):
    rows, cols = np.indices((256, 256), dtype=np.float32)
    hill = (2000 - 8 * np.hypot(rows - 128, cols - 128)).astype(np.float32)
    picture = pixels(client, tile_url(register(write("e.tif", hill, **TILE), "hillshade")))
    assert picture[64, 64, 0] > picture[192, 192, 0] + 50
    assert picture[128, 250, 3] == 255


def test_flat_ground_is_evenly_lit_across_the_seam_of_two_tiles(client, write):
    plain = np.full((256, 512), 300, np.float32)
    url = tile_url(register(write("e.tif", plain, **TILE), "hillshade"))
    left, right = pixels(client, url), pixels(client, url, x=X + 1)
    assert len(np.unique(np.concatenate([left[2:-2, 2:], right[2:-2, :-2]]), axis=0)) <= 256
    assert left[128, 255, 0] == right[128, 0, 0] == left[128, 100, 0]


def test_outside_the_raster_a_tile_is_clear(client, write):
    url = tile_url(register(write("p.tif", np.ones((8, 8), np.float32), **TILE), "probability"))
    for z, x, y in ((Z, X + 5, Y), (Z, X, Y - 1), (24, 0, 0)):
        assert not pixels(client, url, z, x, y)[..., 3].any()


def test_a_raster_in_utm_lands_where_it_belongs(client, write):
    from rasterio.warp import transform

    values = np.zeros((400, 400), np.uint8)
    values[200, 200] = 1
    values[190:211, 190:211] = 1
    path = write(
        "u.tif", values, crs="EPSG:32632", nodata=255,
        transform=from_origin(500_000, 5_200_000, 30, 30),
    )  # fmt: skip
    layer = register(path, "reference")
    xs, ys = transform("EPSG:32632", "EPSG:4326", [500_000 + 200.5 * 30], [5_200_000 - 200.5 * 30])
    point = client.get(f"/tiles/{layer}/point?lon={xs[0]}&lat={ys[0]}").json()
    assert point["values"][0]["value"] == 1
    assert point["values"][0]["label"] == "in the reference"
    mx, my = transform("EPSG:32632", "EPSG:3857", [506_015], [5_193_985])
    box = tile_box(12, 0, 0)
    side = box[2] - box[0]
    x, y = (mx[0] - box[0]) / side, (box[3] - my[0]) / side
    picture = pixels(client, tile_url(layer), 12, int(x), int(y))
    assert picture[int(y % 1 * 256), int(x % 1 * 256), 3] == 255


def test_values_of_all_layers_under_a_click(client, write):
    probability = register(write("p.tif", np.full((256, 256), 0.75, np.float32), **TILE),
                           "probability", "Probability")  # fmt: skip
    classes = register(write("c.tif", np.ones((256, 256), np.uint8), nodata=255, **TILE),
                       "classes", task="landslides")  # fmt: skip
    url = point_url([probability, classes])
    values = client.get(f"{url}&lon=8.9&lat=47.3").json()["values"]
    assert [value["value"] for value in values] == [0.75, 1]
    assert values[1]["label"] == LANDSLIDES.classes[1].name
    far = client.get(f"{url}&lon=100&lat=47.3").json()["values"]
    assert [value["value"] for value in far] == [None, None]


def test_info_is_tilejson_with_a_legend(client, write):
    layer = register(write("p.tif", np.ones((256, 256), np.float32), **TILE), "probability", "P")
    info = client.get(f"/tiles/{layer}/info?threshold=0.3").json()
    assert info["tilejson"] == "3.0.0"
    assert "threshold=0.3" in info["tiles"][0]
    assert info["tiles"][0].startswith(f"http://testserver/tiles/{layer}/{{z}}/{{x}}/{{y}}.png")
    west, south, east, north = info["bounds"]
    assert west < 8.9 < east
    assert south < 47.3 < north
    assert info["range"] == [[0.0, 1.0]]
    assert info["maxzoom"] == Z + 3
    assert info["legend"][0]["colour"].startswith("#")


def test_browsers_keep_a_tile_until_its_file_changes(client, write):
    url = tile_url(register(write("p.tif", np.ones((9, 9), np.float32), **TILE), "probability"))
    first = client.get(url.format(z=Z, x=X, y=Y))
    assert "immutable" in first.headers["cache-control"]
    again = client.get(url.format(z=Z, x=X, y=Y), headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    write("p.tif", np.zeros((9, 9), np.float32), **TILE)
    later = client.get(url.format(z=Z, x=X, y=Y), headers={"If-None-Match": first.headers["etag"]})
    assert later.status_code == 200
    assert later.headers["cache-control"] == "private, no-cache"
    assert later.content != first.content


def test_a_large_file_without_overviews_gets_a_small_copy_for_far_views(client, write, home):
    values = np.zeros((64, 5000), np.float32)
    values[:, 2500:] = 1
    url = tile_url(register(write("wide.tif", values, **TILE), "probability"))
    picture = pixels(client, url, 5, (X + 15) >> 5, Y >> 5)
    assert picture[..., 3].any()
    assert len(list((home / "previews").glob("*.tif"))) == 1
    near = pixels(client, url, Z, X + 2500 // 256 + 1, Y)
    assert near[10, 128, 3] == 255


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("threshold=2", "threshold"),
        ("threshold=x", "threshold"),
        ("colormap=../../secret", "colormap"),
        ("colormap=nosuchramp", "no colour map"),
        ("min=5&max=1", "min must be smaller"),
        ("min=nan", "min"),
        ("min=2", "min must be smaller"),
        ("bands=1", "leave `bands` out"),
        ("bands=a", "bands"),
        ("url=http://localhost/x.tif", "url"),
    ],
)
def test_a_bad_parameter_gets_a_sentence(client, write, query, word):
    layer = register(write("p.tif", np.ones((256, 256), np.float32), **TILE), "probability")
    answer = client.get(f"/tiles/{layer}/{Z}/{X}/{Y}.png?{query}")
    assert answer.status_code == 400
    assert word in answer.json()["detail"]


@pytest.mark.parametrize("place", ["30/0/0", "3/8/0", "3/0/8", "25/1/1"])
def test_a_tile_that_cannot_exist_gets_a_sentence(client, write, place):
    layer = register(write("p.tif", np.ones((4, 4), np.float32)), "probability")
    answer = client.get(f"/tiles/{layer}/{place}.png")
    assert answer.status_code == 400
    assert "there is no tile" in answer.json()["detail"]


@pytest.mark.parametrize("point", ["lon=x&lat=1", "lon=500&lat=0", "lat=1", "lon=1&lat=91"])
def test_a_point_off_the_earth_gets_a_sentence(client, write, point):
    layer = register(write("p.tif", np.ones((4, 4), np.float32)), "probability")
    answer = client.get(f"/tiles/{layer}/point?{point}")
    assert answer.status_code == 400
    assert "degrees" in answer.json()["detail"]


@pytest.mark.parametrize("layer_id", ["nosuch", "x" * 24, "..%2f..%2fsecret", "%2e%2e"])
def test_unknown_layers_are_404_or_refused(client, home, layer_id):
    for rest in ("1/0/0.png", "info", "point?lon=1&lat=1"):
        assert client.get(f"/tiles/{layer_id}/{rest}").status_code in (400, 404)


def test_a_layer_whose_file_is_no_geotiff_gets_a_sentence(client, home):
    (home / "a.tif").write_text("<VRTDataset rasterXSize='1' rasterYSize='1'/>")
    layer = register(home / "a.tif", "band")
    answer = client.get(f"/tiles/{layer}/{Z}/{X}/{Y}.png")
    assert answer.status_code == 400
    assert "GeoTIFF" in answer.json()["detail"]
