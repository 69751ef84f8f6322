"""Names of what the pages keep: in the address, so that it can be opened again, or in a session."""

from enum import StrEnum


class Address(StrEnum):
    """Parameters of a page's address."""

    RUN = "run"
    AREA = "area"
    STEP = "step"
    DRAFT = "draft"
    SOURCE = "source"
    TRAINING = "training"
    ZOO = "zoo"
    SETTING = "setting"
    RANKING = "ranking"
    DERIVATION = "derivation"
    OTHER = "other"
    VIEW = "view"
    LEARN = "learn"


class Key(StrEnum):
    """Small choices of one session; losing them loses no work."""

    DRAFTS = "drafts"
    SUBMITTED = "submitted"
    TOUR_RUN = "tour_run"
    VIEW = "chosen_view"
    CORRECT_FOCUS = "correct_focus"
    CORRECT_MANY = "correct_many"
    LEARN = "chosen_teacher"
    POINTS_VERSION = "points_version"


class Page(StrEnum):
    """Files of the pages beside the menu, as links name them."""

    START = "start.py"
    STUDY_AREA = "study_area.py"
    PREPARE = "prepare.py"
    PREDICT = "predict.py"
    COMPARE = "compare.py"
    CORRECT = "correct.py"
    RESULTS = "results.py"
    TRAIN = "train.py"
    MODELS = "models.py"
    RUNS = "runs.py"
    TASKS = "tasks.py"
