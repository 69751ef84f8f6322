"""Own tasks as a page shows them: their bands and classes, sent to and taken from colleagues."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.models.zoo import list_members
from geoseg.published.packing import ENDING
from geoseg.tasks.own import OwnTask, own_tasks
from geoseg.ui import cached
from geoseg.ui.keys import Address, Page
from geoseg.ui.layout import link
from geoseg.ui.task_words import REFERENCE, SEND, TAKE
from geoseg.workspace.tasks import Received, delete_task, get_task, pack_task, receive
from geoseg.workspace.zoos import Zoo, list_zoos

LARGEST_MB = 500
"""Larger files go by the command line, which holds nothing of them in memory."""
MEGABYTE = 1e6
ALONE = ""
"""In place of a zoo: the task is sent without one."""


def show() -> None:
    """Show every own task of the workspace."""
    names = list(own_tasks())
    if names:
        st.subheader("Your tasks", anchor=False)
    for name in names:
        _card(get_task(name))


def take_form() -> None:
    """Let the user take a colleague's file.

    Raises:
        GeosegError: The file is not to be trusted; nothing of it stays.
    """
    given = st.file_uploader("File of a task and its zoo", ["zip"], help=TAKE, key="pack_file",
                             max_upload_size=LARGEST_MB)  # fmt: skip
    name = st.text_input("Call the task otherwise (optional)", key="pack_name",
                         help="Where you have another task of that name.")  # fmt: skip
    if given is None or not st.button("Take it", icon=":material/download:"):
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(given.name).name
        path.write_bytes(given.getbuffer())
        found = receive(path, name.strip())
    cached.forget_members()
    _say(found)


def _say(found: Received) -> None:
    new = "is in the menus now" if found.is_new else "was here already"
    st.success(f"The task {found.task} {new}.", icon=":material/check_circle:")
    if found.zoo:
        link(Page.PREDICT, f"Predict with {found.zoo.title}", {Address.ZOO: found.zoo.id})


def _card(task: OwnTask) -> None:
    with st.container(border=True):
        st.markdown(f"**{task.title}** :gray[({task.name})]")
        bands = ", ".join(f"{b.name} ({b.unit})" if b.unit else b.name for b in task.bands)
        squares = "".join(
            f'<span style="background:{one.colour};display:inline-block;width:0.8em;height:0.8em;'
            f'margin:0 0.3em 0 0.9em"></span>{place} {_safe(one.name)}'
            for place, one in enumerate(task.classes)
        )
        st.markdown(f"Bands: {bands}")
        st.html(f"<div>Classes:{squares}</div>")
        st.caption(REFERENCE)
        with st.container(horizontal=True):
            link(Page.STUDY_AREA, "Bring rasters", {})
            link(Page.TRAIN, "Train", {})
            with st.popover("Send", icon=":material/send:"):
                _send(task)
            with st.popover("Delete", icon=":material/delete:"):
                _delete(task)


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _send(task: OwnTask) -> None:
    st.markdown(SEND)
    zoos: dict[str, Zoo] = {zoo.id: zoo for zoo in list_zoos(task.name) if not zoo.is_shipped}
    zoo_id = st.selectbox(
        "Zoo", [*zoos, ALONE], key=f"send_{task.name}",
        format_func=lambda key: zoos[key].title if key in zoos else "The task alone",
    )  # fmt: skip
    size = 0.0
    if zoo_id in zoos:
        members = list_members(zoos[zoo_id].folder, task.name)
        size = sum(one.weights.stat().st_size for one in members) / MEGABYTE
    if size > LARGEST_MB:
        st.info(f"{size:,.0f} MB are much for a browser: geoseg tasks pack {task.name} --zoo {zoo_id} "
                f"--out {task.name}{ENDING}")  # fmt: skip
        return
    st.download_button(
        "Save the file", _packer(task.name, zoo_id), f"{task.name}{ENDING}", "application/zip",
        icon=":material/save:", on_click="ignore", key=f"pack_{task.name}",
    )  # fmt: skip


def _packer(name: str, zoo_id: str) -> Callable[[], bytes]:
    """Return what packs the file when it is asked for."""

    def packed() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            return pack_task(name, zoo_id, Path(folder) / f"{name}{ENDING}").read_bytes()

    return packed


def _delete(task: OwnTask) -> None:
    st.markdown("The task leaves the menus. Delete its study areas and zoos first.")
    if st.button("Delete for good", key=f"delete_{task.name}"):
        try:
            delete_task(task.name)
        except GeosegError as error:
            st.error(str(error))
        else:
            st.rerun()
