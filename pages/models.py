"""The networks of a zoo: ranked, judged side by side, each with its card."""

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.ui import cached, zoo_charts, zoo_choice, zoo_judging, zoo_table
from geoseg.ui.layout import head_with_choice, simulated_badge
from geoseg.ui.zoo_words import LEAD, NO_RANKING

try:
    with head_with_choice("Models", LEAD):
        zoo = zoo_choice.choose_zoo("Zoo")
    task, setting = zoo_choice.choose_setting(zoo)
    members = cached.members(task.name, setting.name, zoo.models)
    ranking = zoo_judging.choose_ranking(zoo, task, setting)
    every = zoo_choice.rankings_on_same_ground(zoo, task, setting, ranking)
    if any(member.card.simulated for member in members) or (ranking and ranking.simulated):
        simulated_badge()
    names = ["Ranking", "How many to average", "What matters", "Better ensembles", "Judge them"]
    table, sizes, effects, ensembles, judging = st.tabs(names)
    with table:
        shown = zoo_table.filtered(members)
        st.caption(f"{len(shown)} of {len(members)} networks. Choose a row to read its card.")
        chosen = zoo_table.choose_member(shown, members, ranking)
        if chosen:
            zoo_table.card(chosen, task)
    for tab, show in (
        (sizes, lambda found: zoo_charts.sizes(found, every)),
        (effects, zoo_charts.effects),
        (ensembles, zoo_charts.ensembles),
    ):
        with tab:
            if ranking is None:
                st.info(NO_RANKING)
                continue
            zoo_charts.facts(ranking)
            show(ranking)
    with judging:
        zoo_judging.form(zoo, task, setting, members)
except GeosegError as error:
    st.error(str(error), icon=":material/error:")
