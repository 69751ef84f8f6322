"""Raw layers -> predictors computed from them, each with its source."""
