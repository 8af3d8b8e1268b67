"""Makes the demo's pictures in docs/pictures from results/demo: `make pictures`.

Most are pictures that rules of the workflow draw; those of the report are taken by a headless Chromium. All are reduced
to few colours. The pictures of docs/tutorial.md are copies of what `snakemake prototypes` draws.
"""

import argparse
import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parent / "pictures"
WIDTH = 1240  # pixels, at most
DRAWN = {
    "assays": "assays.png",
    "curves": "curves/001_*.png",
    "history": "history.png",
    "calibration": "calibration.png",
    "region": "regions/*.png",
    "effects": "variants/planted/effects.png",
    "variant": "models/danq/variants/planted/pictures/1_*.png",
    "influence": "models/danq/explain/influence.png",
    "attribution": "models/danq/explain/pictures/integrated_gradients/*_REST_1.png",
    "logos": "models/danq/motifs/logos.png",
}
ROWS = {"logos": 0.39}  # share of the height that is kept, from the top: four motifs


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", nargs="?", type=Path, default=Path("results/demo"), help="finished demo")
    results = parser.parse_args().results
    for name, pattern in DRAWN.items():
        picture = Image.open(min(results.glob(pattern)))
        save(picture.crop((0, 0, picture.width, round(picture.height * ROWS.get(name, 1)))), name)
    for name, picture in screenshots(results / "report.html"):
        save(picture, name)


def save(picture, name):
    """Write a picture in at most 256 colours and at most `WIDTH` pixels wide."""
    if picture.width > WIDTH:
        picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.Resampling.LANCZOS)
    path = PICTURES / f"{name}.png"
    picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def screenshots(report):
    """Yield name and picture of parts of the report."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": 740})
        page.goto(report.resolve().as_uri(), timeout=300_000)
        yield "report", shot(page)
        page.locator("#explained-target").select_option(index=1)  # REST
        page.locator("#explained-entry").select_option(label="danq, integrated gradients")
        page.locator("#contributions").evaluate("heading => window.scrollTo(0, heading.offsetTop - 10)")
        yield "report_bases", shot(page)
        browser.close()


def shot(page):
    return Image.open(io.BytesIO(page.screenshot(animations="disabled")))


if __name__ == "__main__":
    main()
