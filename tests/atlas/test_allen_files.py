import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest

from bregma.atlas import AtlasNotFound, download_allen, load_atlas
from bregma.atlas.allen import AllenFile, list_allen
from bregma.atlas.orientation import ccf_shape
from bregma.store import Engine, Retry

nrrd = pytest.importorskip("nrrd")


class Web:
    """Connections that answer by a function."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.http = httpx.Client(transport=httpx.MockTransport(answer))


def engine_of(answer: Callable[[httpx.Request], httpx.Response]) -> Engine:
    return Engine(Web(answer), retry=Retry(attempts=2, first=2, sleep=lambda _: None), silent=True)


def away(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("name or service not known")


def serve(content: bytes, seen: list[str] | None = None) -> Engine:
    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url).startswith("https://download.alleninstitute.org/")
        start = int(request.headers.get("Range", "bytes=0-")[6:-1])
        if seen is not None:
            seen.append(request.headers.get("Range", "all"))
        headers = {"Content-Range": f"bytes {start}-/{len(content)}"}
        return httpx.Response(206 if start else 200, headers=headers, content=content[start:])

    return engine_of(answer)


@pytest.fixture(scope="module")
def content() -> bytes:
    ids = np.zeros(ccf_shape(100), dtype=np.uint32)
    ids[60, 40, 20] = 549
    file = io.BytesIO()
    nrrd.write(file, ids, {"space directions": np.eye(3) * 100.0, "space dimension": 3})
    return file.getvalue()


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.endswith(".lock"))


def test_a_download_is_kept(tmp_path: Path, content: bytes) -> None:
    atlas = load_atlas(resolution_um=100, cache_dir=tmp_path, engine=serve(content))
    assert atlas.mask("TH").sum() == 1
    assert files(tmp_path) == ["annotation_100.nrrd"]
    assert load_atlas(resolution_um=100, cache_dir=tmp_path, engine=engine_of(away)).mask("TH").sum() == 1


def test_a_download_goes_on_where_an_earlier_one_broke_off(tmp_path: Path, content: bytes) -> None:
    def cut(request: httpx.Request) -> httpx.Response:
        def stream():  # type: ignore[no-untyped-def]
            yield content[:1000]
            raise httpx.ReadError("connection reset")

        if request.headers.get("Range"):
            raise httpx.ConnectError("gone")
        return httpx.Response(200, headers={"Content-Length": str(len(content))}, content=stream())

    with pytest.raises(AtlasNotFound, match="1000 bytes are kept"):
        download_allen(resolution_um=100, cache_dir=tmp_path, engine=engine_of(cut))
    seen: list[str] = []
    path = download_allen(resolution_um=100, cache_dir=tmp_path, engine=serve(content, seen))
    assert seen == ["bytes=1000-"]
    assert path.read_bytes() == content


def test_what_was_resumed_wrongly_is_fetched_once_more(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".incoming.annotation_100.nrrd.unknown.part").write_bytes(b"x" * 1000)
    seen: list[str] = []
    path = download_allen(resolution_um=100, cache_dir=tmp_path, engine=serve(content, seen))
    assert seen == ["bytes=1000-", "all"]
    assert path.read_bytes() == content


def test_without_network_the_error_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(AtlasNotFound, match=r"annotation_50\.nrrd.*not known.*--atlas PATH.*phantom"):
        load_atlas(cache_dir=tmp_path, engine=engine_of(away))
    assert files(tmp_path) == []


@pytest.mark.parametrize("damage", [lambda content: content[:-40], lambda content: b"<html>log in</html>"])
def test_a_damaged_download_is_not_kept(tmp_path: Path, content: bytes, damage: Callable[[bytes], bytes]) -> None:
    with pytest.raises(AtlasNotFound, match=r"broke off.*(too early|end-of-stream|log-in page)"):
        load_atlas(resolution_um=100, cache_dir=tmp_path, engine=serve(damage(content)))
    assert files(tmp_path) == []


def test_a_server_that_leads_away_from_https_is_not_followed(tmp_path: Path, content: bytes) -> None:
    def lead(request: httpx.Request) -> httpx.Response:
        assert request.url.scheme == "https"
        return httpx.Response(302, headers={"Location": "http://elsewhere.example/annotation_100.nrrd"})

    with pytest.raises(AtlasNotFound, match="leads from https to http://elsewhere"):
        download_allen(resolution_um=100, cache_dir=tmp_path, engine=engine_of(lead))
    assert files(tmp_path) == []


def test_a_resolution_may_be_any_whole_number() -> None:
    assert AllenFile("annotation", np.float64(50.0)).url.endswith("annotation_50.nrrd")  # type: ignore[arg-type]


def test_a_file_with_another_sha256_is_not_kept(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(AtlasNotFound, match=r"sha256 .* instead of c620cbcc"):
        download_allen(resolution_um=25, cache_dir=tmp_path, engine=serve(content))


def test_a_file_of_another_resolution_is_not_kept(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(AtlasNotFound, match=r"shape \(132, 80, 114\) instead of \(264, 160, 228\)"):
        download_allen(resolution_um=50, cache_dir=tmp_path, engine=serve(content))


def test_the_list_says_what_is_here(tmp_path: Path, content: bytes) -> None:
    path = download_allen(resolution_um=100, cache_dir=tmp_path, engine=serve(content))
    here = [(file, found) for file, found in list_allen(tmp_path) if found]
    assert here == [(AllenFile("annotation", 100), path)]
    assert len(list_allen(tmp_path)) == 8


def test_every_file_has_its_own_address() -> None:
    urls = {file.url for file, _ in list_allen()}
    assert len(urls) == 8
    assert all(url.startswith("https://") for url in urls)
    assert AllenFile("template", 10).url.endswith("/average_template/average_template_10.nrrd")


def test_of_several_who_ask_at_once_one_fetches(tmp_path: Path, content: bytes) -> None:
    seen: list[str] = []
    engine = serve(content, seen)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(download_allen, resolution_um=100, cache_dir=tmp_path, engine=engine) for _ in range(4)]
    assert {each.result() for each in asked} == {tmp_path / "annotation_100.nrrd"}
    assert seen == ["all"]
