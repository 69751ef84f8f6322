"""What the API takes and gives; users name study areas, settings and files, never server paths."""

from pydantic import BaseModel, Field

from geoseg.pipeline.products import Product
from geoseg.settings import RunSettings
from geoseg.web.layers import KINDS, register, tile_url
from geoseg.workspace import Area
from geoseg.workspace.zoos import SHIPPED, Zoo


class Health(BaseModel):
    """Whether the server can do its work."""

    status: str = Field(description='"ok", or what is missing in plain words')
    version: str
    worker: bool = Field(description="whether a process works on runs")
    queued: int
    running: int
    free_disk_bytes: int


class NewUpload(BaseModel):
    """The id of a study area to be."""

    area: str


class AreaOrder(BaseModel):
    """A study area to make of uploaded files."""

    area: str = Field(description="the id the files were uploaded under")
    title: str = Field(min_length=1, max_length=120)
    task: str = "landslides"
    rasters: list[str] = Field([], description="file names; empty takes every uploaded GeoTIFF")
    bands: dict[str, str] = Field(
        {}, description='band name -> "file name#band number", where matching is to be overruled'
    )
    reference: str | None = Field(
        None,
        description="file name of the reference; a layer of it, a band, onehot or a colour may "
        "stand behind it, e.g. inventory.gpkg:wetlands, labels.tif:2, picture.tif:#0080ff",
    )
    positive: list[int] = Field([], description="class ids of the reference that are the feature")
    replace: bool = Field(
        False, description="take the place of the uploaded area of that id; its runs stay with it"
    )


class AreaView(BaseModel):
    """A study area."""

    id: str
    title: str
    kind: str
    task: str
    rasters: list[str]
    bands: dict[str, str]
    reference: str | None
    positive: list[int]
    simulated: bool
    created: str

    @classmethod
    def of(cls, area: Area) -> "AreaView":
        """Leave the server's paths out."""
        return cls(
            **area.model_dump(exclude={"version", "rasters", "reference"}),
            rasters=[path.name for path in area.rasters],
            reference=area.reference.name if area.reference else None,
        )


class ZooView(BaseModel):
    """A collection of trained networks to choose from."""

    id: str
    title: str
    task: str = Field(description="empty for the shipped zoo, which serves several")
    setting: str
    trained_on: str
    simulated: bool
    warnings: list[str]
    created: str

    @classmethod
    def of(cls, zoo: Zoo) -> "ZooView":
        """Leave the server's path out."""
        return cls(**zoo.model_dump(exclude={"version"}))


class RunOrder(BaseModel):
    """A run to put in the queue."""

    area: str
    settings: RunSettings
    zoo: str = Field(SHIPPED, description="id of the zoo whose networks are asked")
    title: str = Field("", max_length=120)


class ProductView(BaseModel):
    """A file of a finished run."""

    name: str
    title: str
    bytes: int
    media_type: str
    url: str
    tiles: str | None = Field(description="XYZ address for QGIS or a web map, for maps only")

    @classmethod
    def of(cls, run_id: str, product: Product, task: str) -> "ProductView":
        """Add the addresses of download and map tiles."""
        kind = product.name.removesuffix(".tif")
        drawn = product.name.endswith(".tif") and kind in KINDS
        return cls(
            name=product.name,
            title=product.title,
            bytes=product.bytes,
            media_type=product.media_type,
            url=f"/api/v1/runs/{run_id}/products/{product.name}",
            tiles=tile_url(register(product.path, kind, product.title, task=task))
            if drawn
            else None,
        )
