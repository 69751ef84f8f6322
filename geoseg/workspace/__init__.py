"""Study areas and run folders on the server's disk."""

from geoseg.pipeline.products import Product
from geoseg.workspace.areas import (
    Area,
    add_area,
    data_folders,
    delete_area,
    get_area,
    list_areas,
    list_folder_rasters,
    new_upload_folder,
    require_offered,
    save_area,
)
from geoseg.workspace.files import new_id, root
from geoseg.workspace.runs import (
    RunState,
    cancel_requested,
    change_state,
    create_run,
    delete_run,
    list_runs,
    log_line,
    product,
    products,
    read_record,
    read_request,
    read_state,
    request_cancel,
    run_folder,
    write_state,
)


def ensure_demo_area() -> Area:
    """Return the demo area, made when missing; the simulator loads only when it is needed."""
    from geoseg.workspace.demo import ensure_demo_area as ensure

    return ensure()


__all__ = [
    "Area",
    "Product",
    "RunState",
    "add_area",
    "cancel_requested",
    "change_state",
    "create_run",
    "data_folders",
    "delete_area",
    "delete_run",
    "ensure_demo_area",
    "get_area",
    "list_areas",
    "list_folder_rasters",
    "list_runs",
    "log_line",
    "new_id",
    "new_upload_folder",
    "product",
    "products",
    "read_record",
    "read_request",
    "read_state",
    "request_cancel",
    "require_offered",
    "root",
    "run_folder",
    "save_area",
    "write_state",
]
