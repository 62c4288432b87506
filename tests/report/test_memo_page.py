"""The page in a real browser: every figure drawn, nothing asked of the network, nothing wider than a phone."""

import functools
import http.server
import shutil
import threading

import pytest

from opsim.cli.main import main
from opsim.report.folder import write
from opsim.study.claim import claimed

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

playwright = pytest.importorskip(
    "playwright.sync_api", reason="needs playwright: pip install -e '.[browser]'"
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def place(result, tmp_path_factory):
    """A folder with the memo in both languages, and one with faults planted in it."""
    made = tmp_path_factory.mktemp("page")
    with claimed(made / "run"):
        write(result, made / "run", "en")
    for language in ("en", "zh"):
        line = ["memo", str(made / "run"), str(made / f"{language}.html"), "--lang", language, "--quiet"]
        assert main(line) == 0
    page = (made / "en.html").read_text(encoding="utf-8")
    broken = page.replace("data:image/png;base64,iVBOR", "nowhere.png?", 1)
    broken = broken.replace(
        "<body>", '<body><div style="width:900px">wide</div><script>console.error("x")</script>'
    )
    (made / "faults.html").write_text(broken, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def address(place):
    """The folder behind a web address, so that a request for anything else would be seen to fail."""
    handler = functools.partial(Quiet, directory=str(place))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Says nothing of what it serves."""

    def log_message(self, *_):
        """Nothing."""


def visit(browser, address, name, width):
    """(console messages, requests beyond the page itself, widths of figures, how far it overflows)."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/{name}.html", wait_until="load")
    figures = page.evaluate("[...document.images].map(image => image.complete ? image.naturalWidth : 0)")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    beyond = [url for url in asked if not url.startswith("data:") and not url.endswith(f"/{name}.html")]
    return said, beyond, figures, overflow


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_whole_and_fits(browser, address, language, width):
    said, beyond, figures, overflow = visit(browser, address, language, width)
    assert said == []
    assert beyond == []
    assert len(figures) == 3
    assert all(each > 1000 for each in figures)
    assert overflow == 0


def test_faults_would_be_seen(browser, address):
    said, beyond, figures, overflow = visit(browser, address, "faults", 390)
    assert "x" in said
    assert len(beyond) == 1
    assert sorted(figures)[0] == 0
    assert overflow > 400
