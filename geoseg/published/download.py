"""A published file -> this machine: resumed where it broke off, checked against its publisher."""

import logging
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pooch
import requests
from pooch.downloaders import REQUESTS_HEADERS, ZenodoRepository

from geoseg.errors import ArchiveError, DiskError
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.published.registry import Archive, PublishedFile
from geoseg.published.shelf import check_copy, keep_checksum, sha256_of, writable

REPOSITORY = "https://zenodo.org"
TIMEOUT_S = 30
CHUNK_BYTES = 1 << 18
PARTIAL, RANGE_TOO_FAR = 206, 416
CHECKSUM = re.compile(r"md5:[0-9a-f]{32}|sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Listing:
    """One file as its repository lists it.

    Attributes:
        url: Where its bytes are.
        checksum: With its kind in front, "md5:...".
        size_bytes: None where the repository does not say.
    """

    url: str
    checksum: str
    size_bytes: int | None


def fetch(
    archive: Archive,
    file: PublishedFile,
    folder: Path,
    *,
    progress: Progress = silent,
    cancelled: Cancelled = never,
    repository: str = REPOSITORY,
) -> Path:
    """Return the zip in `folder`; it is downloaded where it is not there yet.

    A download that broke off leaves a hidden `.part` file, and the next call goes on from there.

    Args:
        archive: One of the registry.
        file: Which of its files.
        folder: Where the zip lies or will lie.
        progress: Hears of the megabytes.
        cancelled: Asked at every chunk.
        repository: Address of the repository, another one in tests.

    Raises:
        ArchiveError: The repository cannot be reached, or sends what it does not list.
        DiskError: The disk is full or the folder not writable.
        RunCancelledError: `cancelled` answered True.
    """
    path = folder / file.name
    if path.is_file():
        check_copy(path)
        return path
    with writable(folder):
        _log_quietly()
        try:
            listing = _listing(archive, file, repository)
            resume = Resume(folder, file.name, listing, progress, cancelled)
            pooch.retrieve(listing.url, listing.checksum, file.name, folder, downloader=resume)
        except requests.RequestException as error:
            raise unreachable(archive, file, folder, _reason(error)) from error
        except ValueError as error:  # pooch's word for another checksum; it removed the file
            raise ArchiveError(
                f"{file.name} came with another checksum than {archive.page} lists; "
                "it was removed, fetch it again"
            ) from error
        keep_checksum(path, sha256_of(path))
    return path


def unreachable(archive: Archive, file: PublishedFile, folder: Path, reason: str) -> ArchiveError:
    """Return the sentence for a machine without internet: what to fetch, where to put it."""
    return ArchiveError(
        f"{file.name} of doi:{archive.doi} cannot be fetched ({reason}); download it from "
        f"{archive.page} on another machine and put it, zipped or unpacked, into {folder} "
        "(or name its folder with --to DIR or GEOSEG_CACHE)"
    )


def _listing(archive: Archive, file: PublishedFile, repository: str) -> Listing:
    """Ask the repository for address, md5 and size of a file."""
    asked = ZenodoRepository(
        archive.doi, f"{repository}/records/{archive.record}", timeout=TIMEOUT_S
    )
    asked.base_api_url = f"{repository}/api/records"
    try:
        registry = SimpleNamespace(registry={})
        asked.populate_registry(registry)
        names = {entry.get("key", entry.get("filename")): entry
                 for entry in asked.api_response["files"]}  # fmt: skip
        size = names[file.name].get("size")
        if not CHECKSUM.fullmatch(registry.registry[file.name]):
            raise ValueError(file.name)
        return Listing(
            asked.download_url(file.name),
            registry.registry[file.name],
            size if isinstance(size, int) and size >= 0 else None,
        )
    except requests.RequestException:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ArchiveError(
            f"the repository of doi:{archive.doi} does not list {file.name} as expected; look at "
            f"{archive.page} and download it by hand"
        ) from error


class Resume:
    """A downloader for pooch that goes on where an earlier one broke off."""

    def __init__(
        self,
        folder: Path,
        name: str,
        listing: Listing,
        progress: Progress,
        cancelled: Cancelled,
    ) -> None:
        # The checksum in the name keeps the halves of two versions apart.
        self._part = folder / f".{name}.{listing.checksum[-8:]}.part"
        self._name, self._listing = name, listing
        self._progress, self._cancelled = progress, cancelled

    def __call__(
        self, url: str, output_file: str, _pooch: object, check_only: bool = False
    ) -> None:
        """Write the file to `output_file`, whole."""
        have = self._part.stat().st_size if self._part.exists() else 0
        size = self._listing.size_bytes
        if size is None or have != size:
            self._continue(url, have)
        if size is not None and self._part.stat().st_size < size:
            raise self._broke_off()
        shutil.move(self._part, output_file)

    def _broke_off(self) -> requests.ConnectionError:
        done_mb = self._part.stat().st_size / 1e6
        return requests.ConnectionError(
            f"it broke off after {done_mb:,.1f} MB, which are kept: fetch again to go on from there"
        )

    def _continue(self, url: str, have: int) -> None:
        headers = {**REQUESTS_HEADERS, "Range": f"bytes={have}-"} if have else REQUESTS_HEADERS
        with requests.get(url, stream=True, timeout=TIMEOUT_S, headers=headers) as response:
            if response.status_code == RANGE_TOO_FAR:
                self._part.unlink()
                raise requests.ConnectionError("the part on disk fits no more, fetch again")
            response.raise_for_status()
            start = have if _goes_on(response, have) else 0
            self._need_space(start)
            try:
                with self._part.open("ab" if start else "wb") as part:
                    self._copy(response, start, part.write)
            except requests.RequestException as error:
                raise self._broke_off() from error

    def _copy(self, response: requests.Response, start: int, write: Callable[[bytes], Any]) -> None:
        done, size = start, self._listing.size_bytes
        for chunk in response.iter_content(CHUNK_BYTES):
            stop_if(self._cancelled)
            done += len(chunk)
            if size is not None and done > size:
                raise ArchiveError(
                    f"{self._name} is larger than the {size} bytes its repository lists; "
                    "the download was stopped"
                )
            write(chunk)
            self._progress(Event(f"fetching {self._name}", done, size or done + 1))

    def _need_space(self, start: int) -> None:
        need = (self._listing.size_bytes or 0) - start
        free = shutil.disk_usage(self._part.parent).free
        if need > free:
            raise DiskError(
                f"{self._name} needs {need / 1e6:,.0f} MB more, {free / 1e6:,.0f} MB are free in "
                f"{self._part.parent}; make room or choose another folder with --to"
            )


def _goes_on(response: requests.Response, have: int) -> bool:
    """Tell whether the server sends what comes after the part we have."""
    place = response.headers.get("Content-Range", "")
    return response.status_code == PARTIAL and place.startswith(f"bytes {have}-")


def _reason(error: requests.RequestException) -> str:
    """Say in few words why nothing came."""
    if isinstance(error, requests.HTTPError) and error.response is not None:
        return f"the repository answered {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return "the repository did not answer in time"
    text = str(error)
    return text if text.startswith(("it broke off", "the part")) else "no connection to it"


def _log_quietly() -> None:
    """Keep pooch's own lines out of the command's output."""
    pooch.get_logger().setLevel(logging.ERROR)
