"""The report in a browser: mouse, keyboard, phone, print, and without JavaScript or network."""

from __future__ import annotations

import re

import made_results
import numpy as np
import pandas as pd
import pytest

from danq.evaluation.measures import MEASURES
from danq.explain.attributions import Attributions
from danq.motifs.meme import read_meme

# What a test waits for is given as a function: a string would be evaluated, which the page's own policy forbids.
ROWS = "#target-table tbody tr"
CARDS = "#gallery .card"


def column(page, number: int) -> list[str]:
    """Return the texts of one column (from 1) of the table of targets, without the intervals."""
    script = "cells => cells.map(cell => cell.firstChild ? cell.firstChild.textContent : '')"
    return page.locator(f"{ROWS} td:nth-child({number})").evaluate_all(script)


def fits(page) -> bool:
    """Return whether the page is not wider than the window; boxes that scroll may contain wider content."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_html_in_names_is_shown_as_text(small, opening):
    titles = [target.title for target in made_results.small_targets()]
    with opening(small) as opened:
        page = opened.page
        names = column(page, 2)
        assert names == [title.split("|", 1)[1] for title in titles]
        page.locator("#target-text").fill("<!--")
        assert column(page, 1) == ["11"]
        page.locator("#target-text").fill("")
        for row, title in enumerate(titles):
            page.locator(ROWS).nth(row).click()
            assert page.locator("#dialog-title").text_content() == f"{row + 1}  {title}"
            page.keyboard.press("Escape")
        assert page.evaluate("window.executed") is None
        assert "train.log: no 29 & <b>" in page.locator(".warning").text_content()


def test_warnings_are_counted_and_truncated(small, opening):
    with opening(small) as opened:
        said = re.sub(r"\s+", " ", opened.page.locator(".warning").text_content())
        assert opened.page.locator(".warning details li").count() == 20
    assert "Every train window is negative for 5 MAX, 10" in said
    assert "The test windows of 4 K562|DNase (4) are positive in fewer than 10 separate places" in said
    assert "25 warnings in the logs" in said
    assert "and 5 more" in said
    assert "another library" not in said


def test_the_page_opens_with_what_the_network_adds(tmp_path, opening):
    made = made_results.make(tmp_path, made_results.small_targets(), baselines=("motif", "kmer"))
    with opening(made) as opened:
        page = opened.page
        assert page.locator("main h2").first.text_content() == "What the best model adds over the best baseline"
        said = re.sub(r"\s+", " ", page.locator(".added").text_content())
        assert "Mean AUROC of 12 targets: danq 0.851, kmer 0.795: a difference of +0.056 (+0.041 to +0.071)" in said
        assert "K562|DNase" in page.locator("details:has-text('Targets where a baseline')").first.text_content()


def test_rows_that_rest_on_few_places_are_grey_and_bold_is_significant(small, opening):
    paired = pd.read_csv(small.folder / "paired.tsv", sep="\t")
    with opening(small) as opened:
        grey = opened.page.locator("#target-table tr.few")
        assert grey.locator("td").first.text_content() == "4"
        assert "fewer than 10 separate places" in grey.get_attribute("title")
        bold = opened.page.locator("#target-table td.best").count()
        assert bold == (paired["qvalue"] < 0.05).sum()
        assert "in these trainings" in opened.page.locator("main").text_content()
        assert "danq was trained with class_weighting: sqrt" in re.sub(
            r"\s+", " ", opened.page.locator("main").text_content()
        )


def test_dots_are_targets_and_hovering_names_them(small, opening):
    with opening(small) as opened:
        page = opened.page
        assert page.locator("#scatter-auroc .point").count() == 11
        auc = pd.read_csv(small.folder / "comparison.tsv", sep="\t")
        won = int((auc["auroc_danq"] > auc["auroc_deepsea"]).sum())
        caption = page.locator("#scatter figcaption").first.text_content()
        assert caption == f"AUROC: danq higher for {won} of 11 targets, deepsea for {11 - won}"
        page.locator("#scatter-auroc").scroll_into_view_if_needed()
        dot = page.locator("#scatter-auroc .scatterlayer .trace").nth(0).locator(".point").nth(2)
        box = dot.bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.move(*middle)
        page.locator("#scatter-auroc .hovertext").wait_for()
        hover = page.locator("#scatter-auroc .hovertext").text_content()
        page.mouse.click(*middle)
        title = page.locator("#dialog-title").text_content()
        assert re.sub(r"\s+", "", title) in re.sub(r"\s+", "", hover)
        assert page.evaluate("window.executed") is None


def test_charts_stay_here_and_can_be_saved(small, opening):
    with opening(small) as opened:
        page = opened.page
        titles = page.locator("#scatter-auroc .modebar-btn").evaluate_all("all => all.map(one => one.dataset.title)")
        assert titles == ["Download plot as a PNG", "Zoom", "Pan", "Zoom in", "Zoom out", "Reset axes"]
        page.locator("#scatter-auroc").hover()
        with page.expect_download() as download:
            page.locator("#scatter-auroc .modebar-btn").first.click()
        assert download.value.path().stat().st_size > 5_000
        opened.requests[:] = [address for address in opened.requests if not address.startswith(("data:", "blob:"))]
        policy = page.evaluate(
            """new Promise(done => {
                addEventListener("securitypolicyviolation", event => done(event.effectiveDirective));
                fetch("https://example.org/").catch(() => null);
            })"""
        )
        assert policy == "connect-src"
        opened.complaints.clear()  # the browser's, of that very request


def test_the_table_sorts(small, opening):
    with opening(small) as opened:
        page = opened.page
        heading = page.locator("#target-table th").nth(7)
        assert "AUROC danq" in heading.text_content()
        heading.click()
        page.locator("#target-table th[aria-sort=ascending]").wait_for()
        rising = [float(text) for text in column(page, 8) if text != "NA"]
        assert rising == sorted(rising)
        heading.locator("[role=button]").focus()
        page.keyboard.press("Enter")
        page.locator("#target-table th[aria-sort=descending]").wait_for()
        falling = [float(text) for text in column(page, 8) if text != "NA"]
        assert falling == rising[::-1]


def test_the_table_filters(small, opening):
    with opening(small) as opened:
        page = opened.page
        page.locator("#target-assay").select_option("histone")
        assert column(page, 2) == ["H3K4me3"]
        page.locator("#target-assay").select_option("TF")
        page.locator("#target-cell").select_option("K562")
        assert column(page, 1) == ["2", "6", "8", "10", "12"]
        page.locator("#target-text").fill("quoted")
        assert column(page, 2) == ["\"quoted\" & 'so'"]
        page.locator("#target-text").fill("nothing has this name")
        assert "No target found." in page.locator("#target-table").text_content()


def shown_measures(page) -> list[str]:
    """Headings of the shown columns of measures in the table of targets."""
    return page.locator("#target-table th[class*=measure-]").all_text_contents()


def test_measures_that_do_not_fit_start_hidden_and_can_be_shown(small, opening):
    boxes = "#target-measures input"
    with opening(small, 390) as opened:
        page = opened.page
        areas = [f"{title} {model}" for title in ("AUROC", "AUPRC") for model in ("danq", "deepsea")]
        assert shown_measures(page) == areas
        page.locator(boxes).nth(2).check()
        assert shown_measures(page) == [*areas, "recall at 50 % FDR danq", "recall at 50 % FDR deepsea"]
        page.locator(boxes).nth(0).uncheck()
        assert shown_measures(page)[0] == "AUPRC danq"


def test_every_measure_is_on_the_page(small, opening):
    auc = pd.read_csv(small.folder / "auc.tsv", sep="\t").set_index(["model", "index"])
    with opening(small) as opened:
        page = opened.page
        for measure in MEASURES:
            assert f"median {measure.title}" in page.locator("main").text_content()
            assert page.locator(f"#scatter-{measure.key} .point").count() == 11
        page.locator(ROWS).nth(1).click()
        table = page.locator("#dialog table").first.inner_text()
        for measure in MEASURES:
            assert measure.title in table
            assert f"{auc.loc[('danq', 2), measure.key]:.3f}" in table
            assert f"{measure.guess(auc.loc[('danq', 2), 'prevalence']):.3f}" in table


@pytest.mark.parametrize("key", ["Enter", "Space", None])
def test_a_target_opens_and_the_focus_returns(small, opening, key):
    auc = pd.read_csv(small.folder / "auc.tsv", sep="\t").set_index(["model", "index"])
    with opening(small) as opened:
        page, row = opened.page, opened.page.locator(ROWS).nth(1)
        if key:
            row.focus()
            page.keyboard.press(key)
        else:
            row.click()
        dialog = page.locator("#dialog")
        assert dialog.is_visible()
        said = dialog.text_content()
        for model in ("danq", "deepsea"):
            for name in ("auroc", "auroc_low", "auroc_high", "auprc", "auprc_low", "auprc_high"):
                assert f"{auc.loc[(model, 2), name]:.3f}" in said
        page.locator("#dialog .chart .scatterlayer .trace").nth(3).wait_for()
        assert page.locator("#dialog .chart .scatterlayer .trace").count() == 4  # two charts, two models
        page.keyboard.press("Escape")
        assert not dialog.is_visible()
        assert row.evaluate("row => row === document.activeElement")


def test_curves_are_those_of_the_table(small, opening):
    curves = pd.read_csv(small.folder / "models/danq/evaluation/curves.tsv.gz", sep="\t")
    rows = curves[(curves["index"] == 2) & (curves["curve"] == "pr")]
    with opening(small) as opened:
        opened.page.locator(ROWS).nth(1).click()
        opened.page.locator("#dialog .chart .scatterlayer .trace").nth(3).wait_for()
        trace = opened.page.locator("#dialog .chart").nth(1).evaluate("chart => [chart.data[0].x, chart.data[0].y]")
    assert np.abs(np.array(trace) - rows[["x", "y"]].to_numpy().T).max() < 1e-5


def test_a_target_of_one_class_has_no_curves(small, opening):
    with opening(small) as opened:
        opened.page.locator(ROWS).nth(11).click()
        assert "No curves" in opened.page.locator("#dialog").text_content()
        assert opened.page.locator("#dialog .chart").count() == 0


def numbers(page) -> list[int]:
    """Return the filters in the gallery, in the order shown."""
    return [int(text.removeprefix("filter ")) for text in page.locator(f"{CARDS} .facts b").all_text_contents()]


def test_the_gallery_sorts_and_filters(small, opening):
    table = pd.read_csv(small.folder / "models/danq/motifs/motifs.tsv", sep="\t").set_index("filter")
    influence = pd.read_csv(small.folder / "models/danq/explain/influence.tsv", sep="\t").set_index("filter")
    live = table[table["information"].notna()]
    strength = np.sqrt((influence.loc[live.index] ** 2).mean(axis=1))
    with opening(small) as opened:
        page = opened.page
        assert numbers(page) == strength.sort_values(ascending=False).index.tolist()
        page.locator("#filter-order").select_option("information")
        assert numbers(page) == live["information"].sort_values(ascending=False).index.tolist()
        page.locator("#filter-order").select_option("agreement")
        agreement = live["agreement"].fillna(-np.inf).loc[numbers(page)]
        assert agreement.is_monotonic_decreasing
        assert agreement.iloc[0] == 0.8
        page.locator("#filter-order").select_option("sites")
        assert numbers(page) == live["sites"].sort_values(ascending=False).index.tolist()
        page.locator("#filter-order").select_option("filter")
        assert numbers(page) == live.index.tolist()
        page.locator("#filter-known").check()
        assert numbers(page) == live.index[live["known"].notna()].tolist()
        page.locator("#filter-text").fill("factor13")
        assert numbers(page) == [13]
        page.locator("#filter-known").uncheck()
        page.locator("#filter-text").fill(live.loc[4, "consensus"].lower())
        assert numbers(page) == [4]
        assert "2 of 20 filters without a motif" in page.locator("main").text_content()


def letters(logo, track: str = "") -> list[list]:
    """Return the letters of a logo or of one of its tracks: letter, x, y, height."""
    return logo.evaluate(
        """(logo, track) => [...logo.querySelectorAll(`${track} use`)].map(letter => [
            letter.getAttribute("href").slice(-1), +letter.getAttribute("x"), +letter.getAttribute("y"),
            +letter.getAttribute("height")])""",
        track and f".{track}",
    )


@pytest.mark.parametrize("number", [1, 13, 15, 17, 19])
def test_logos_have_the_motifs_heights_and_the_match_is_aligned(small, opening, number):
    own = {motif.name: motif for motif in read_meme(small.folder / "models/danq/motifs/motifs.meme")}[
        f"filter_{number:03d}"
    ]
    row = pd.read_csv(small.folder / "models/danq/motifs/motifs.tsv", sep="\t").set_index("filter").loc[number]
    known = {motif.name: motif for motif in read_meme(small.folder / "models/danq/motifs/known.meme")}[row["known"]]
    if row["orientation"] == "-":
        known = known.reverse_complement()
    with opening(small) as opened:
        opened.page.locator("#filter-order").select_option("filter")
        logo = opened.page.locator(CARDS).nth(numbers(opened.page).index(number)).locator("svg.logo")
        bit, place = (float(logo.get_attribute(f"data-{name}")) for name in ("bit", "column"))
        drawn = {track: letters(logo, track) for track in ("own", "match")}
        boxes = logo.evaluate("logo => [...logo.querySelectorAll('use')].map(one => one.getBBox().height)")
    assert all(boxes)  # the letters' outlines are found
    left = 22.3 + place * max(0, -int(row["offset"]))  # of the filter's first column
    for track, motif, first in (("own", own, 0), ("match", known, int(row["offset"]))):
        bits = np.zeros((len(motif.probabilities), 4))
        for letter, x, _, height in drawn[track]:
            bits[round((x - left) / place) - first, "ACGT".index(letter)] = height / bit
        assert np.abs(bits - motif.bits()).max() < 0.006
        for x in {x for _, x, _, _ in drawn[track]}:  # the larger letter stands on the smaller
            stack = sorted(((y, height) for _, at, y, height in drawn[track] if at == x), reverse=True)
            assert [height for _, height in stack] == sorted(height for _, height in stack)


def test_a_filter_opens_and_leads_to_its_targets(small, opening):
    influence = pd.read_csv(small.folder / "models/danq/explain/influence.tsv", sep="\t").set_index("filter")
    with opening(small) as opened:
        page = opened.page
        page.locator("#filter-order").select_option("filter")
        first = page.locator(CARDS).first
        first.focus()
        page.keyboard.press("Enter")
        assert page.locator("#dialog-title").text_content() == "danq, filter 1"
        assert page.locator("#dialog svg.large .match use").count() > 10
        most = page.locator("#dialog .columns table").first.locator("button").first
        strongest = influence.loc[1].idxmax()
        assert re.sub(" +", " ", most.text_content()) == strongest
        most.click()
        assert re.sub(" +", " ", page.locator("#dialog-title").text_content()) == strongest
        page.keyboard.press("Escape")
        assert first.evaluate("card => card === document.activeElement")


def test_the_gallery_switches_to_the_other_model(small, opening):
    with opening(small) as opened:
        opened.page.locator("#filter-model").select_option("1")
        opened.page.locator(CARDS).first.click()
        assert opened.page.locator("#dialog-title").text_content().startswith("deepsea, filter ")


def test_a_report_of_the_published_size(big, opening, screenshot):
    assert big.page.stat().st_size < 15_000_000
    with opening(big) as opened:
        page = opened.page
        assert page.locator(ROWS).count() == 25
        assert page.locator(CARDS).count() == 48
        assert page.locator("#scatter-auroc .point").count() == 918
        assert "1 to 25 of 919 targets" in page.locator(".dt-info").text_content()
        page.locator("#target-text").fill("factor7")
        page.locator("#target-assay").select_option("histone")
        assert 0 < page.locator(ROWS).count() < 25
        page.locator(ROWS).first.click()
        page.locator("#dialog .chart .scatterlayer .trace").nth(3).wait_for()
        page.keyboard.press("Escape")
        page.locator("#more").click()
        assert page.locator(CARDS).count() == 96
        assert "Published medians" in page.locator("main").text_content()
        screenshot(page, "big-1280", full_page=True)


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_cut_off(small, opening, screenshot, width):
    with opening(small, width) as opened:
        page = opened.page
        assert fits(page)
        screenshot(page, f"page-{width}", full_page=True)
        for name, place in (("target", page.locator(ROWS).nth(6)), ("filter", page.locator(CARDS).nth(3))):
            place.click()
            page.wait_for_function("() => !document.querySelector('#dialog .chart:not(:has(.main-svg))')")
            assert fits(page)
            assert page.evaluate("dialog.scrollWidth <= dialog.clientWidth")
            screenshot(page, f"{name}-{width}")
            page.keyboard.press("Escape")


def test_every_picture_and_control_has_a_name(small, opening):
    with opening(small) as opened:
        unnamed = opened.page.evaluate(
            """[...document.querySelectorAll("img, [role=img], [role=region]")]
            .filter(one => !(one.alt || one.getAttribute("aria-label"))).length"""
        )
        loose = opened.page.evaluate(
            "[...document.querySelectorAll('input, select')].filter(one => !one.labels.length).length"
        )
    assert unnamed == 0
    assert loose == 0


def test_tables_are_shown_without_javascript(small, opening):
    with opening(small, java_script_enabled=False) as opened:
        page = opened.page
        text = page.locator("#target-table").inner_text()
        for target in made_results.small_targets():
            assert target.name in text
        assert "higher AUROC" in page.locator("main").inner_text()
        assert not page.locator("#target-controls").is_visible()
        assert not page.locator("#filters").is_visible()
        assert "drawn by a script" in page.locator("main").inner_text()


def test_print_shows_all_targets_and_no_controls(big, opening):
    with opening(big, 794) as opened:  # A4
        page = opened.page
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.locator(ROWS).count() == 919
        for name in ("nav", ".controls", ".dt-paging", "#more"):
            assert not page.locator(name).first.is_visible()
        assert page.locator(f"{CARDS} svg").first.is_visible()
        page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator(ROWS).count() == 25
        assert page.locator("#scatter-auroc .main-svg").first.bounding_box()["width"] > 600  # as wide as the page again


@pytest.mark.parametrize("models", [("danq",), ("danq", "deepsea", "danq_wide")])
def test_one_or_three_models_without_optional_results(tmp_path, opening, models):
    made = made_results.make(tmp_path, made_results.small_targets(), models, influence=False, matches=False)
    with opening(made) as opened:
        page = opened.page
        assert page.locator("#models").count() == (len(models) > 1)
        assert len(shown_measures(page)) == (len(MEASURES) if len(models) == 1 else 2 * len(models))
        assert page.locator("#filter-order option").count() == 4  # none by influence
        page.locator(CARDS).first.click()
        assert "no known match" in page.locator("#dialog").text_content()
        page.keyboard.press("Escape")
        page.locator(ROWS).first.click()
        page.keyboard.press("Escape")
        assert "Expected factors" not in page.locator("main").text_content()
        if len(models) > 2:
            page.locator("#pair").select_option("2")
            assert "deepsea higher" in page.locator("#scatter figcaption").first.text_content()
            assert "danq_wide for" in page.locator("#scatter figcaption").first.text_content()


def test_baselines_are_marked_and_have_curves_but_no_filters(tmp_path, opening):
    made = made_results.make(tmp_path, made_results.small_targets(), baselines=("motif", "kmer"), control=True)
    with opening(made) as opened:
        page = opened.page
        assert "2 baselines: motif, kmer" in re.sub(r"\s+", " ", page.locator("header.top").text_content())
        assert "with shuffled labels (danq, 5,000 training windows), mean AUROC 0.512 (0.400\u20130.600)" in (
            page.locator("#control-shuffled_labels").text_content()
        )
        headings = page.locator("#target-table thead").text_content()
        assert "AUROC kmer (baseline)" in headings
        assert page.locator("#filter-model option").all_text_contents() == ["danq", "deepsea"]
        auc = pd.read_csv(made.folder / "auc.tsv", sep="\t")
        means = auc[auc["architecture"] == "baseline"].groupby("model")["auroc"].mean()
        best = f"{means.idxmax()} (baseline)"
        shown = page.locator("#pair option").all_text_contents()
        assert shown == ["danq and deepsea", f"danq and {best}", f"deepsea and {best}"]
        page.locator(ROWS).first.click()
        page.locator("#dialog-content .chart .legendtext").first.wait_for()
        legend = page.locator("#dialog-content .chart .legendtext").all_text_contents()
        assert len([text for text in legend if "(baseline)" in text]) == 4  # two baselines, two kinds of curves
        assert "minus motif (baseline)" in page.locator("#dialog-content").text_content() or "kmer" in best


def test_variants_are_counted_drawn_sorted_and_filtered(tmp_path, opening):
    made = made_results.make(tmp_path, made_results.small_targets(), variants=True)
    with opening(made) as opened:
        page = opened.page
        counts = page.locator("#variant-counts tbody tr").first.text_content()
        assert "3: * (deleted by another variant) (first: chr1:5:A>*)" in counts
        assert page.locator("img[alt*='variants gwas along the genome']").evaluate("one => one.naturalWidth") > 100
        rows = "#variant-table tbody tr"
        assert "of 200 alleles" in page.locator("#variant-table_info").text_content()
        page.locator("#variant-table th").nth(11).click()
        page.locator("#variant-table th[aria-sort=ascending]").wait_for()
        texts = page.locator(f"{rows} td:nth-child(12)").all_text_contents()
        rising = [float(text.replace("\N{MINUS SIGN}", "-")) for text in texts]
        assert rising == sorted(rising)
        page.locator("#variant-text").fill("deepsea chr2")
        shown = page.locator(f"{rows} td:nth-child(3)").all_text_contents()
        assert set(shown) == {"deepsea"}
        assert page.evaluate("window.executed") is None


def marks_in_row(row):
    """Of each kind of marked places: its label, and the columns and the tooltip of each bar."""
    return row.evaluate(
        """row => [...row.querySelectorAll("g.marks")].map(kind => [kind.querySelector("text").textContent,
            [...kind.querySelectorAll("rect")].map(bar => [Math.round((+bar.getAttribute("x") - 22) / 10),
                Math.round(+bar.getAttribute("width") / 10), bar.textContent])])"""
    )


def expected_marks(folder, start, number, length):
    """The same from the BED files, for the row of 100 bases of a window on chr1."""
    kinds = []
    first, last = start + 100 * number, start + min(100 * number + 100, length)
    for name in ("peaks", "motif_hits_of_all_factors"):
        bars = []
        for line in (folder / f"{name}.bed").read_text().splitlines():
            contig, begin, end, *title = line.split("\t")
            left, right = max(int(begin), first), min(int(end), last)
            if contig in ("chr1", "1") and left < right:
                text = " ".join([name, *title])
                shown = max(int(begin), start) + 1, min(int(end), start + length)
                bars.append([left - first, right - left, f"{text}: {shown[0]:,} to {shown[1]:,}"])
        kinds.append([name if len(name) <= 14 else f"{name[:13]}\N{HORIZONTAL ELLIPSIS}", bars])
    return kinds


def test_contributions_are_drawn_for_the_chosen_window(tmp_path, opening, screenshot):
    targets, methods = made_results.small_targets(), ("gradient", "mutagenesis")
    made = made_results.make(tmp_path, targets, explain=methods, embed=True, hits=True)
    found = Attributions(made.folder / "models/deepsea/explain/attributions/mutagenesis.h5")
    with opening(made) as opened:
        page = opened.page
        page.locator("#explained-rows svg").first.wait_for()
        assert [*page.locator("#explained-target option").all_text_contents()] == [
            f"{target.index}  {target.title}" for target in found.targets
        ]
        page.locator("#explained-target").select_option("1")
        page.locator("#explained-entry").select_option(label="deepsea, mutagenesis")
        page.locator("#explained-window").select_option("2")
        target = found.targets[1]
        chosen = found.ranked(target)[2]
        bases, _, contributions = (values[0] for values in found.of(target, [chosen]))
        heights, (contigs, starts) = contributions.sum(axis=1), found.places()
        row = found.windows(target)[chosen]
        shown = page.locator("#explained-window option").nth(2).text_content()
        assert shown == f"3  {contigs[row]}:{starts[row] + 1:,}"
        assert page.locator("#explained-facts").text_content() == f"predicted {found.predictions(target)[chosen]:.3f}"
        rows = page.locator("#explained-rows svg")
        assert rows.count() == 3
        unit = 46 / (heights.max() - heights.min())  # of the drawing, for a logit
        base = 6 + heights.max() * unit
        for number in range(3):
            drawn = {round((x - 22.3) / 10): (letter, y, size) for letter, x, y, size in letters(rows.nth(number))}
            for i in range(100 * number, min(100 * number + 100, found.length)):
                size = abs(heights[i]) * unit
                if not bases[i].any():
                    assert i - 100 * number not in drawn
                elif size > 0.4:
                    letter, y, height = drawn[i - 100 * number]
                    assert letter == "ACGT"[bases[i].argmax()]
                    assert abs(height - size) < 0.1
                    assert abs(y - (base - size if heights[i] > 0 else base)) < 0.2
            assert marks_in_row(rows.nth(number)) == [
                *expected_marks(made.folder, starts[row], number, found.length),
                ["motif hits", []],  # this target has none
            ]
        assert fits(page)
        page.locator("#explained").scroll_into_view_if_needed()
        screenshot(page, "contributions-1280")
        first, last = targets[0].title, targets[-1].title
        page.locator("#explained-target").select_option("0")
        page.locator("#explained-window").select_option("0")
        kinds = [kind for i in range(rows.count()) for kind in marks_in_row(rows.nth(i)) if kind[0] == "motif hits"]
        bars = [bar[:2] for _, found in kinds for bar in found]
        assert bars == [[20, 7], [95, 5], [0, 7]]  # the second hit goes on in the next row
        assert f"{made_results.NASTY[0]} \N{RIGHTWARDS ARROW}" in kinds[0][1][0][2]
        assert "\N{LEFTWARDS ARROW} CTCF" in kinds[0][1][1][2]
        table = page.locator("#carried-motifs tbody tr")
        assert table.count() == 8
        cells = table.first.locator("td").all_text_contents()
        assert cells == ["danq", "gradient", first, "5", "CTCF", "M2", "3", "4", "+2.50", "25.0%", "2.0%"]
        table = page.locator("#motif-pairs tbody tr")
        assert table.count() == 8
        assert table.nth(0).locator("td").all_text_contents()[5:] == [
            *("3", "1.8", "1.0e-01", "1.0e+00", "7 bp left, other strand", "8", "9", "1.5", "0.005"),
        ]
        inserted = [row.locator("td").all_text_contents() for row in page.locator("#inserted-motifs tbody tr").all()]
        assert [row[:2] + row[3:4] + row[6:7] for row in inserted] == [
            [model, insert, raised, effect]
            for model in ("danq", "deepsea")
            for insert, raised, effect in ((made_results.NASTY[0], first, "+5.00"), ("site", last, "+16.00"))
        ]
        shown = page.locator("img[alt*='inserted motifs']")
        assert [shown.nth(i).evaluate("one => one.naturalWidth") > 100 for i in range(shown.count())] == [True] * 4
        for i in range(5):  # one has a hostile name
            page.locator("#explained-window").select_option(str(i))
        assert page.evaluate("window.executed") is None
    with opening(made, 390) as opened:
        opened.page.locator("#explained-rows svg").first.wait_for()
        assert fits(opened.page)


def test_patterns_are_drawn_with_the_motif_that_they_match(tmp_path, opening, screenshot):
    made = made_results.make(
        tmp_path, made_results.small_targets(), ("danq",), explain=("gradient",), searched=("CTCF", "TF")
    )
    with opening(made) as opened:
        page = opened.page
        counts = page.locator("#pattern-counts tbody tr")
        assert counts.locator("td:nth-child(2)").all_text_contents() == ["CTCF", "TF"]
        row = [text.strip() for text in counts.first.locator("td").all_text_contents()]
        assert row == ["danq", "CTCF", "2", "20", "5 (unknown bases)", "1", "1", "1", "0"]
        assert page.locator("#pattern-entry option").all_text_contents() == ["danq, CTCF", "danq, TF"]
        page.locator("#pattern-entry").select_option("1")
        assert page.locator("#pattern-facts").text_content() == "2 of 2 shown"
        first, second = (page.locator("#pattern-cards .card").nth(i) for i in range(2))
        assert "positive" in first.text_content()
        assert re.search(r"MA1, E = \d", first.text_content())
        assert "no known match" in second.text_content()
        for card, word, above in ((first, "GATTACAGCA", True), (second, "CCGTTAACGG", False)):
            drawn = [one for one in letters(card.locator("svg.contributed")) if one[3] > 10]
            assert "".join(letter for letter, *_ in sorted(drawn, key=lambda one: one[1])) == word
            line = float(card.locator("svg.contributed line").first.get_attribute("y1"))
            edges = [y + height if above else y for _, _, y, height in drawn]
            assert all(abs(edge - line) < 1 for edge in edges)
            bases = letters(card.locator("svg.logo").nth(1), "own")
            assert {round(one[1], 1) for one in drawn} <= {round(one[1], 1) for one in bases}  # one above the other
        assert fits(page)
        page.locator("#patterns").scroll_into_view_if_needed()
        screenshot(page, "patterns-1280")
        assert page.evaluate("window.executed") is None
    with opening(made, 390) as opened:
        opened.page.locator("#pattern-cards svg").first.wait_for()
        assert fits(opened.page)
