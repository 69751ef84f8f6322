"""/upload?area=ID: the small page that sends files in pieces, shown inside the Study area page."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from geoseg.web.access import PAGE_POLICY
from geoseg.web.upload_checks import ENDINGS
from geoseg.web.uploads import GIGABYTE, largest_bytes
from geoseg.workspace.areas import AREAS
from geoseg.workspace.files import checked

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Upload files</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/web.css">
<script src="/assets/upload.js" defer></script>
</head>
<body data-area="{area}">
<main>
<label class="drop" id="drop" for="files">
<strong>Drop your files here, or choose them</strong>
<span>GeoTIFF rasters (.tif); for the reference also outlines: GeoPackage, GeoJSON, KML,
FlatGeobuf, GML, GeoParquet, zipped shapefile.
Up to {most:g} GB a file. If the connection breaks, the upload goes on where it stopped.</span>
<input type="file" id="files" multiple accept="{endings}">
</label>
<ul id="list" aria-label="Files"></ul>
<p id="said" role="status" aria-live="polite"></p>
<noscript><p>This page needs JavaScript to send large files.</p></noscript>
</main>
</body>
</html>
"""


def upload_page(request: Request) -> Response:
    """Return the page for one study area.

    Raises:
        WorkspaceError: The area's id has no proper form.
    """
    area = request.query_params.get("area", "")
    checked(AREAS, area)
    page = PAGE.format(
        area=escape(area), most=largest_bytes() / GIGABYTE, endings=",".join(ENDINGS)
    )
    return HTMLResponse(
        page, headers={"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-cache"}
    )


def routes() -> list[BaseRoute]:
    """Return the page's route."""
    return [Route("/upload", upload_page)]
