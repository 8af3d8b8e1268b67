"""Report pages made from synthetic results by the report's program, and a headless Chromium to open them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import made_results
import pytest

from danq.evaluation.curves import MOST_POINTS


@dataclass(frozen=True)
class Opened:
    """A page in the browser, its network requests, and its console messages and errors."""

    page: object
    requests: list[str]
    complaints: list[str]


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> made_results.Made:
    return made_results.make(tmp_path_factory.mktemp("small"), made_results.small_targets())


@pytest.fixture(scope="session")
def big(tmp_path_factory) -> made_results.Made:
    """As large as the published set: 919 targets, two models of 320 filters, curves with the most points allowed."""
    folder = tmp_path_factory.mktemp("big")
    return made_results.make(folder, made_results.published_like_targets(), n_filters=320, points=MOST_POINTS)


@pytest.fixture(scope="session")
def browser():
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    chromium = shutil.which("chromium")
    if not (sync_playwright and chromium):
        reason = f"{'chromium' if sync_playwright else 'the Python package playwright'} is not installed"
        # CI has installed what is needed: there a test that does not run is a failure.
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def opening(browser) -> Callable:
    """Opens a page: `with opening(made, width=390) as opened`; any network request or error message is a failure."""

    @contextmanager
    def opening(made: made_results.Made, width: int = 1280, **more) -> Iterator[Opened]:
        page = browser.new_page(viewport={"width": width, "height": 900}, **more)
        opened = Opened(page, [], [])
        page.on("request", lambda request: opened.requests.append(request.url))
        page.on("console", lambda message: opened.complaints.append(message.text))
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        page.goto(made.page.as_uri())
        yield opened
        assert opened.requests == [made.page.as_uri()]
        assert opened.complaints == []
        page.close()

    return opening


@pytest.fixture
def screenshot(tmp_path) -> Callable:
    """Saves a screenshot to the folder that DANQ_SCREENSHOTS names, if it is set."""
    folder = Path(os.environ.get("DANQ_SCREENSHOTS", tmp_path))

    def screenshot(page, name: str, **more) -> None:
        page.screenshot(path=folder / f"{name}.png", animations="disabled", **more)

    return screenshot
