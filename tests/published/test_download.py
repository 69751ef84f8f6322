"""A repository on this machine stands in for the real one: whole, broken off, false, away."""

import hashlib
import http.server
import json
import threading

import pytest

from geoseg.errors import ArchiveError, DiskError, RunCancelledError
from geoseg.published.download import fetch
from geoseg.published.registry import GLOBAL_LANDSLIDES, find_archive
from geoseg.published.shelf import checksum_file, find_copy, shelf

FILE = GLOBAL_LANDSLIDES.file("dataset")
CONTENT = bytes(range(256)) * 4000
RECORD = GLOBAL_LANDSLIDES.record


class Repository(http.server.BaseHTTPRequestHandler):
    """Answers as the repository's listing and file server do."""

    def do_GET(self):  # the base class wants this name
        self.server.asked.append((self.path, self.headers.get("Range")))
        if self.path == f"/api/records/{RECORD}":
            self._send(200, json.dumps(self.server.listing).encode())
        elif self.path == f"/api/records/{RECORD}/files/{FILE.name}/content":
            self._send_content()
        else:
            self._send(404, b"{}")

    def _send_content(self):
        asked, content = self.headers.get("Range"), self.server.content
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if asked and self.server.knows_ranges:
            headers = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
            self._send(206, content[start:], headers)
        else:
            self._send(200, content)

    def _send(self, status, body, headers=()):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        stop = self.server.breaks_after
        whole = status == 404 or stop is None or self.path.endswith(RECORD)
        self.wfile.write(body if whole else body[:stop])

    def log_message(self, *_):
        pass


@pytest.fixture
def repository():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Repository) as server:
        server.asked, server.content = [], CONTENT
        server.knows_ranges, server.breaks_after = True, None
        address = f"http://127.0.0.1:{server.server_port}"
        server.listing = {
            "id": int(RECORD),
            "files": [{
                "key": FILE.name, "size": len(CONTENT),
                "checksum": f"md5:{hashlib.md5(CONTENT).hexdigest()}",
                "links": {"self": f"{address}/api/records/{RECORD}/files/{FILE.name}/content"},
            }],
        }  # fmt: skip
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        server.address = address
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def bring(repository, tmp_path):
    def bring(**choices):
        return fetch(
            GLOBAL_LANDSLIDES, FILE, tmp_path / "shelf", repository=repository.address, **choices
        )

    return bring


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_fetched_checked_and_its_sha256_kept(bring, repository):
    steps = []
    path = bring(progress=steps.append)
    assert path.read_bytes() == CONTENT
    digest = hashlib.sha256(CONTENT).hexdigest()
    assert checksum_file(path).read_text() == f"{digest}  {FILE.name}\n"
    assert files(path.parent) == [FILE.name, f"{FILE.name}.sha256"]
    assert steps[-1].done == steps[-1].total == len(CONTENT)
    asked = len(repository.asked)
    assert bring() == path
    assert len(repository.asked) == asked  # the second time nothing is asked


def test_a_download_that_broke_off_goes_on_where_it_stopped(bring, repository, tmp_path):
    repository.breaks_after = 600_000
    with pytest.raises(ArchiveError, match=r"broke off after 0\.\d MB, which are kept"):
        bring()
    (part,) = files(tmp_path / "shelf")
    assert part.startswith(".")
    have = (tmp_path / "shelf" / part).stat().st_size
    assert 0 < have <= 600_000
    repository.breaks_after = None
    path = bring()
    assert repository.asked[-1][1] == f"bytes={have}-"
    assert path.read_bytes() == CONTENT
    assert part not in files(path.parent)


def test_a_server_that_knows_no_ranges_sends_all_again(bring, repository):
    repository.breaks_after = 600_000
    with pytest.raises(ArchiveError, match="broke off"):
        bring()
    repository.breaks_after, repository.knows_ranges = None, False
    assert bring().read_bytes() == CONTENT


def test_a_file_with_another_checksum_is_removed(bring, repository, tmp_path):
    repository.content = CONTENT[:-1] + b"!"
    with pytest.raises(ArchiveError, match="came with another checksum"):
        bring()
    assert files(tmp_path / "shelf") == []
    repository.content = CONTENT
    assert bring().read_bytes() == CONTENT


def test_a_file_that_does_not_end_is_stopped(bring, repository):
    repository.content = CONTENT * 2
    with pytest.raises(ArchiveError, match="larger than the 1024000 bytes"):
        bring()


def test_a_file_that_was_altered_afterwards_is_refused(bring):
    path = bring()
    path.write_bytes(CONTENT[:-1] + b"?")
    with pytest.raises(ArchiveError, match="altered or damaged"):
        bring()


def test_a_file_put_there_by_hand_is_taken_and_remembered(bring, repository, tmp_path):
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / FILE.name).write_bytes(b"by hand")
    assert bring().read_bytes() == b"by hand"
    assert repository.asked == []
    (tmp_path / "shelf" / FILE.name).write_bytes(b"another hand")
    with pytest.raises(ArchiveError, match="altered or damaged"):
        bring()


@pytest.mark.parametrize(
    "listing",
    [
        {"status": 404},
        {"files": []},
        {"files": [{"key": FILE.name, "size": 3}]},
        {"files": [{"key": FILE.name, "checksum": "md5:../../x", "links": {"self": "http://x"}}]},
        {"files": "none"},
        [],
    ],
)
def test_a_strange_listing_is_refused(bring, repository, listing):
    repository.listing = listing
    with pytest.raises(ArchiveError, match="does not list"):
        bring()


def test_without_internet_the_sentence_says_what_to_do(tmp_path):
    with pytest.raises(ArchiveError, match="no connection") as caught:
        fetch(GLOBAL_LANDSLIDES, FILE, tmp_path / "shelf", repository="http://127.0.0.1:9")
    sentence = str(caught.value)
    for words in ("10.5281/zenodo.13471162", FILE.name, str(tmp_path / "shelf"), "--to"):
        assert words in sentence
    assert files(tmp_path / "shelf") == []


def test_an_error_of_the_server_is_told_by_its_number(bring, repository):
    repository.listing["files"][0]["links"]["self"] += "?gone"
    with pytest.raises(ArchiveError, match="the repository answered 404"):
        bring()


def test_cancelling_keeps_the_part_for_the_next_time(bring):
    with pytest.raises(RunCancelledError):
        bring(cancelled=lambda: True)
    assert bring().read_bytes() == CONTENT


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DiskError, match="cannot be written"):
        fetch(GLOBAL_LANDSLIDES, FILE, tmp_path / "file" / "shelf")


def test_the_shelf_is_in_the_cache_unless_another_folder_is_named(cache, tmp_path):
    assert shelf(GLOBAL_LANDSLIDES) == cache / "published" / "global-landslides"
    assert shelf(GLOBAL_LANDSLIDES, tmp_path) == tmp_path


def test_copies_are_found_zipped_and_unpacked_however_they_were_put(tmp_path):
    models = GLOBAL_LANDSLIDES.file("models")
    assert find_copy(FILE, tmp_path) is None
    (tmp_path / FILE.name).write_bytes(b"12")
    assert find_copy(FILE, tmp_path).size_bytes == 2
    (tmp_path / "global_dataset" / "global_dataset" / "train_val" / "input").mkdir(parents=True)
    assert find_copy(FILE, tmp_path).path == tmp_path / "global_dataset" / "global_dataset"
    (tmp_path / "all_ch_ensemble").mkdir()
    assert find_copy(models, tmp_path).path == tmp_path
    assert find_copy(models, tmp_path).unpacked


def test_an_unknown_archive_is_answered_with_the_known_ones():
    with pytest.raises(ArchiveError, match="choose one of global-landslides"):
        find_archive("moon")
