"""Stack + members -> strips of probability, spread and agreement, within bounded memory."""
