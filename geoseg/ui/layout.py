"""The frame around every page: heading, look, the hint where something is needed first."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import streamlit as st

from geoseg.ui.keys import Address, Page
from geoseg.ui.words import TERMS

ICON = str(Path(__file__).parent / "static" / "icon.png")
LOOK = """
<style>
[data-testid="stMainBlockContainer"] { max-width: 1320px; padding: 3.9rem 2rem 3rem; }
[data-testid="stDecoration"], [data-testid="stAppDeployButton"] { display: none; }
[data-testid="stMain"] h1 { font-size: 1.7rem; padding: 0.2rem 0 0; }
[data-testid="stMain"] h2, [data-testid="stMain"] h3 { font-size: 1.25rem; padding: 0.6rem 0 0.4rem; }
iframe { border: 0; display: block; }
[data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; }
@media (max-width: 900px) {
  [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; }
}
</style>
"""


def apply_look() -> None:
    """Set the page's width, spacing and the look shared by all pages."""
    st.html(LOOK)


def head(title: str, lead: str) -> None:
    """Show the page's title and one sentence on what it is for."""
    st.title(title, anchor=False)
    st.markdown(f":gray[{lead}]")


@contextmanager
def head_with_choice(title: str, lead: str, shares: tuple[int, int] = (3, 2)) -> Iterator[None]:
    """Show title and lead on the left; what is drawn inside the `with` goes to their right.

    Args:
        title: Of the page.
        lead: One sentence on what it is for.
        shares: Of the width: title and choice.
    """
    left, right = st.columns(shares, vertical_alignment="center", gap="medium")
    with left:
        head(title, lead)
    with right:
        yield


def simulated_badge() -> None:
    """Say that the data are made up."""
    st.badge("Simulated data", icon=":material/science:", color="yellow", help=TERMS["simulated"])


def require(text: str, page: Page, label: str) -> NoReturn:
    """Say what is needed first, link the page that makes it, and stop here."""
    st.info(text, icon=":material/info:")
    st.page_link(page, label=label, icon=":material/arrow_forward:")
    st.stop()


def link(
    page: Page, label: str, address: Mapping[Address, str], icon: str = "arrow_forward"
) -> None:
    """Link another page, with the run or area it should open."""
    st.page_link(
        page,
        label=label,
        icon=f":material/{icon}:",
        query_params={str(name): value for name, value in address.items()},
    )


def remember(name: Address, value: str) -> None:
    """Put the open run or area into the address, so that the address opens it again."""
    if st.query_params.get(name) != value:
        st.query_params[name] = value
    st.session_state[f"last_{name}"] = value


def remembered(name: Address) -> str | None:
    """Return the run or area of the address, else the one this session looked at last."""
    return st.query_params.get(name) or st.session_state.get(f"last_{name}")


def choose_remembered(label: str, titles: Mapping[str, str], name: Address, about: str) -> str:
    """Let the user choose one of several by title; the address decides first, then the order.

    Args:
        label: Of the box.
        titles: Id -> title, the usual one first.
        name: Part of the address that holds the id.
        about: Help text.
    """
    ids, wanted = list(titles), remembered(name)
    first = ids.index(wanted) if wanted is not None and wanted in titles else 0
    chosen = st.selectbox(label, ids, index=first, format_func=titles.__getitem__, help=about)
    remember(name, chosen)
    return chosen
