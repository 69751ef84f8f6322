"""A user's mistake or a limit of the machine -> one sentence: found, expected, what to do."""


class GeosegError(Exception):
    """Root of every fault a user can mend; its text is shown as it is, without a traceback."""


class RasterError(GeosegError):
    """A file cannot be read as a georeferenced raster."""


class GridError(GeosegError):
    """Rasters, areas or a coordinate reference system do not fit together."""


class BandError(GeosegError):
    """A band that the setting or a member needs is missing or cannot be told apart."""


class SettingsError(GeosegError):
    """A choice lies outside what is possible."""


class ModelError(GeosegError):
    """A member's card or weights are missing, altered or do not fit the run."""


class ReferenceMapError(GeosegError):
    """The reference cannot be compared with the prediction."""


class ArchiveError(GeosegError):
    """A published archive cannot be fetched, opened or trusted."""


class TrainingError(GeosegError):
    """Training cannot start or go on."""


class ExportError(GeosegError):
    """A product cannot be written."""


class DiskError(ExportError):
    """The disk is full or the folder is not writable."""


class OutputError(ExportError):
    """What is to be written would take the place of an input or of a file that is not ours."""


class WorkspaceError(GeosegError):
    """A study area, run or product is not in the workspace."""


class TakenError(WorkspaceError):
    """There is something of that name or id already, and replacing it was not chosen."""


class RunCancelledError(GeosegError):
    """The user asked the run to stop; nothing half-written stays behind."""
