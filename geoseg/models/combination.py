"""A zoo + the choices of a run -> its members with weights, temperature, threshold; needs no torch.

What was fitted on validation scenes lies in `<zoo>/<task>/<setting>/ensembles.json`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from geoseg.errors import ModelError, SettingsError
from geoseg.models import zoo
from geoseg.models.zoo import ZooMember, choose_members, list_members
from geoseg.settings import RunSettings, Settings, Threshold

FILE = "ensembles.json"
HOW_TO_FIT = "fit them with: geoseg models rank"
FAR_OFF = 0.1
"""From this calibration error on a probability is not to be read as a chance."""


class Fit(Settings):
    """One combination as validation scenes want it.

    Attributes:
        combination: How the members become one map.
        size: The first so many members of the ranking were candidates.
        members: Those that take part; empty means all candidates, in the ranking's order.
        weights: Their weights, summing to 1; empty means all alike.
        temperature: Above 1 makes the probability more cautious, below 1 surer.
        threshold: Of highest validation F1, for the probability as it is.
        threshold_calibrated: The same for the calibrated probability.
        calibration_error: Mean gap between said and true share on the ground that judged; None
            where it was not measured.
        calibration_error_calibrated: The same of the calibrated probability.
    """

    combination: Literal["mean", "greedy", "weighted"]
    size: int = Field(ge=1)
    members: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()
    temperature: float = Field(default=1.0, gt=0)
    threshold: Threshold = 0.5
    threshold_calibrated: Threshold = 0.5
    calibration_error: float | None = Field(default=None, ge=0, le=1)
    calibration_error_calibrated: float | None = Field(default=None, ge=0, le=1)

    def doubts(self, *, calibrated: bool) -> tuple[str, ...]:
        """Say, where it is so, that the probability is not to be taken at its word."""
        plain, corrected = self.calibration_error, self.calibration_error_calibrated
        error = corrected if calibrated else plain
        if error is None or error < FAR_OFF:
            return ()
        words = (
            f"the probability of {self.words()}{' is calibrated and still' if calibrated else ' is'} "
            f"far from the truth: where it was judged, said and true share lie {error:.3f} apart on "
            "average (calibration error); which pixels are mapped was judged by F1, but do not read "
            "the probability as a chance"
        )
        if not calibrated and corrected is not None:
            words += (
                f"; calibrated it lies {corrected:.3f} apart: choose the calibrated probability"
            )
        return (words,)

    def words(self) -> str:
        """Name the combination to a person."""
        if self.combination == "mean":
            return (
                f"the mean of the best {self.size}" if self.size > 1 else "the single best network"
            )
        named = {"greedy": "the greedy choice among", "weighted": "the weights for"}
        return f"{named[self.combination]} the best {self.size}"

    @model_validator(mode="after")
    def _every_member_has_its_weight(self) -> Self:
        if len(self.weights) != len(self.members):
            raise ValueError(f"{len(self.members)} members need as many weights")
        if self.weights and (min(self.weights) <= 0 or abs(sum(self.weights) - 1) > 1e-3):  # noqa: PLR2004
            raise ValueError("weights must be above 0 and sum to 1")
        return self


class Ensembles(Settings):
    """Everything fitted for one task and setting of a zoo."""

    version: Literal[1] = 1
    task: str
    setting: str
    fitted_on: str
    """Plain words: which validation scenes."""
    simulated: bool
    members: dict[str, str]
    """Name -> sha256 of the ranked members, best first, as they were when this was fitted."""
    fits: tuple[Fit, ...]

    def sizes(self, combination: str) -> list[int]:
        """Return the numbers of candidates for which a combination was fitted."""
        return sorted(fit.size for fit in self.fits if fit.combination == combination)


@dataclass(frozen=True)
class Combination:
    """What a run asks and how it puts the answers together.

    Attributes:
        members: Those that are asked.
        weights: Of each; only their proportions count.
        temperature: Applied to the final probability; 1 changes nothing.
        threshold: Probability from which a pixel is the feature.
        fitted_on: Words on the validation scenes, where anything was fitted.
        warnings: Plain sentences on what the probability is worth.
    """

    members: tuple[ZooMember, ...]
    weights: tuple[float, ...]
    threshold: float
    temperature: float = 1.0
    fitted_on: str = ""
    warnings: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Return what run.json tells, beside the settings."""
        total = sum(self.weights)
        names = [member.card.name for member in self.members]
        shares = [round(weight / total, 6) for weight in self.weights]
        return {
            "weights": dict(zip(names, shares, strict=True)),
            "temperature": self.temperature,
            "threshold": self.threshold,
            "fitted_on": self.fitted_on,
        }


def choose_combination(models: Path | None, settings: RunSettings) -> Combination:
    """Return the members a run asks, and everything fitted that it wants.

    Raises:
        ModelError: No member fits, or what the run wants was never fitted or for other members.
        SettingsError: Members chosen by name shall be combined by what was fitted for others.
    """
    everyone = list_members(models, settings.task, settings.setting)
    if settings.combination == "mean":
        members = tuple(choose_members(everyone, settings))
        plain = Combination(members, (1.0,) * len(members), settings.threshold)
        if not (settings.calibrated or settings.threshold_by == "validation"):
            return replace(plain, warnings=_doubts_of_mean(models, settings, everyone))
    _refuse_names(settings)
    fitted = read_ensembles(models, settings.task, settings.setting)
    fit = _find(fitted, settings)
    _refuse_stale(fitted, fit, everyone)
    by_name = {member.card.name: member for member in everyone}
    names = fit.members or tuple(fitted.members)[: fit.size]
    weights = fit.weights or (1.0,) * len(names)
    chosen = Combination(
        tuple(by_name[name] for name in names), weights, settings.threshold,
        fitted_on=fitted.fitted_on, warnings=fit.doubts(calibrated=settings.calibrated),
    )  # fmt: skip
    return _with_fits(chosen, fit, settings)


def ensembles_path(models: Path | None, task: str, setting: str) -> Path:
    """Return where the fits of a zoo's setting lie."""
    return (zoo.PRETRAINED if models is None else models) / task / setting / FILE


def read_ensembles(models: Path | None, task: str, setting: str) -> Ensembles:
    """Read what was fitted for a setting.

    Raises:
        ModelError: Nothing was, or the file is damaged.
    """
    path = ensembles_path(models, task, setting)
    try:
        return Ensembles.from_json(path.read_bytes())
    except FileNotFoundError:
        raise ModelError(
            f"no combination was fitted for task {task}, setting {setting}: there is no {path}; "
            f"{HOW_TO_FIT}, or take combination mean, threshold 0.5, without calibration"
        ) from None
    except SettingsError as error:
        raise ModelError(f"{path} is damaged ({error}); {HOW_TO_FIT}") from error


def find_ensembles(models: Path | None, task: str, setting: str) -> Ensembles | None:
    """Return what was fitted for a setting; None where nothing was."""
    path = ensembles_path(models, task, setting)
    return read_ensembles(models, task, setting) if path.is_file() else None


def find_fit(fitted: Ensembles, combination: str, size: int) -> Fit | None:
    """Return what was fitted for a combination of the best `size`; None where nothing was."""
    return next(
        (fit for fit in fitted.fits if (fit.combination, fit.size) == (combination, size)), None
    )


def _doubts_of_mean(
    models: Path | None, settings: RunSettings, everyone: Sequence[ZooMember]
) -> tuple[str, ...]:
    """Say what the probability of a plain mean is worth, where it was judged and still is that."""
    if settings.members:
        return ()
    try:
        fitted = find_ensembles(models, settings.task, settings.setting)
        fit = find_fit(fitted, "mean", settings.ensemble_size) if fitted else None
        if fitted is None or fit is None:
            return ()
        _refuse_stale(fitted, fit, everyone)
    except ModelError:
        return ()
    return fit.doubts(calibrated=False)


def _refuse_names(settings: RunSettings) -> None:
    if settings.members:
        raise SettingsError(
            "combinations, calibration and thresholds were fitted for the best K members, not for "
            f"those named ({', '.join(settings.members)}); name none, or take combination mean, "
            "a threshold as a number and no calibration"
        )


def _find(fitted: Ensembles, settings: RunSettings) -> Fit:
    fit = find_fit(fitted, settings.combination, settings.ensemble_size)
    if fit is not None:
        return fit
    sizes = ", ".join(str(size) for size in fitted.sizes(settings.combination)) or "none"
    raise ModelError(
        f"combination {settings.combination} was not fitted for ensemble size "
        f"{settings.ensemble_size}; choose one of {sizes}, or fit it with: geoseg models rank "
        f"--ensemble-sizes {settings.ensemble_size}"
    )


def _refuse_stale(fitted: Ensembles, fit: Fit, everyone: Sequence[ZooMember]) -> None:
    """Refuse a fit whose members are no longer what and where they were."""
    ranking = tuple(fitted.members)[: fit.size]
    now = {member.card.name: member.card.sha256 for member in everyone}
    changed = [name for name in ranking if now.get(name) != fitted.members[name]]
    moved = not fit.members and tuple(now)[: fit.size] != ranking
    if changed or moved:
        what = f"{', '.join(changed)} changed" if changed else "the ranking changed"
        raise ModelError(
            f"what was fitted for setting {fitted.setting} belongs to other networks ({what} "
            f"since); {HOW_TO_FIT}"
        )


def _with_fits(chosen: Combination, fit: Fit, settings: RunSettings) -> Combination:
    if settings.calibrated:
        chosen = replace(chosen, temperature=fit.temperature)
    if settings.threshold_by == "validation":
        found = fit.threshold_calibrated if settings.calibrated else fit.threshold
        chosen = replace(chosen, threshold=found)
    return chosen
