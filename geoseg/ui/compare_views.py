"""The views of the page Compare: a table, and the switch between them."""

from dataclasses import dataclass
from importlib import import_module

import streamlit as st

from geoseg.ui import scores
from geoseg.ui.compare_choice import Chosen
from geoseg.ui.keys import Address, Key
from geoseg.ui.layout import remember, remembered


@dataclass(frozen=True)
class View:
    """One view: its name in the address, its title, its icon, and the question it answers."""

    name: str
    title: str
    icon: str
    question: str

    @property
    def module(self) -> str:
        """Return the module that draws it."""
        return f"geoseg.ui.compare_{self.name}"


VIEWS = (
    View("map", "Map", "map", "Where is the map right, and where does it differ?"),
    View("scores", "Scores", "speed", "How good is the map, in numbers?"),
    View("where", "Where", "grid_on", "In which parts of the area is it good, in which not?"),
    View("objects", "Objects", "category", "How many features were found, missed, made up?"),
    View("sure", "How sure", "help", "Where is the map unsure, and how large is the area?"),
    View("why", "Why", "lightbulb", "Which bands made the networks say so?"),
    View("traps", "Known traps", "flag", "Which finds are likely false alarms?"),
)


WHOLE_MAP = {"where", "objects", "sure"}
"""Views whose numbers do not tell taught ground from unseen."""


def choose_view() -> View:
    """Show the switch; the address decides first, then what this session looked at last."""
    views = {view.name: view for view in VIEWS}
    wanted, shown = remembered(Address.VIEW), st.session_state.get(f"last_{Address.VIEW}")
    if Key.VIEW not in st.session_state or (wanted in views and wanted != shown):
        st.session_state[Key.VIEW] = wanted if wanted in views else next(iter(views))
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.segmented_control(
            "View",
            list(views),
            required=True,
            format_func=lambda name: f":material/{views[name].icon}: {views[name].title}",
            key=Key.VIEW,
            label_visibility="collapsed",
        )
        view = views[chosen or next(iter(views))]
        st.caption(view.question)
    remember(Address.VIEW, view.name)
    return view


def draw(view: View, chosen: Chosen) -> None:
    """Draw one view; only its module is loaded."""
    if view.name in WHOLE_MAP:
        scores.say_whole_map(chosen.run_id)
    import_module(view.module).show(chosen)
