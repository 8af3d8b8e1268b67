# Everything to one page. Of a model with several runs, it shows the training and the motifs of the first.
SHOWN_RUNS = [
    f"{PREDICTORS[name].title}={run}"
    for name, run in zip(SHOWN, runs.firsts(config).values(), strict=True)
    if name != run
]


rule report:
    input:
        tables=multiext(
            f"{RESULTS}/",
            *["auc.tsv", "comparison.tsv", "assays.tsv", "paired.tsv", "annotated.tsv", "recovered.tsv"],
            *["history.png", "assays.png", "calibration.png"],
        ),
        windows=multiext(FIRST_WINDOWS, "targets.tsv", "test.h5"),
        folds=[f"{RESULTS}/folds.tsv", *expand(f"{WINDOWS}test.h5", fold=FOLDS)] if FOLDS else [],
        replicates=[f"{RESULTS}/{file}" for file in REPLICATE_FILES],
        account=f"{FIRST_WINDOWS}account.tsv" if config["source"] != "bundle" else [],
        background=f"{FIRST_WINDOWS}background.tsv" if BACKGROUND else [],
        models=expand(
            "{results}/models/{model}/{file}",
            results=RESULTS,
            model=runs.firsts(config).values(),
            file=["training/run.json", "motifs/motifs.tsv", "motifs/motifs.meme", "motifs/known.meme"],
        ),
        curves=expand("{results}/models/{model}/evaluation/curves.tsv.gz", results=RESULTS, model=COMPARED),
        controls=expand("{results}/controls/{control}/control.tsv", results=RESULTS, control=CONTROLS),
        influence=(
            expand(
                "{results}/models/{model}/explain/influence.{kind}", results=RESULTS, model=MODELS, kind=["tsv", "png"]
            )
            if config["motifs"]["influence"] > 0
            else []
        ),
        published=(
            multiext(f"{RESULTS}/published", ".tsv", "_wins.tsv", ".png") if config["evaluate"]["published"] else []
        ),
        added=multiext(f"{RESULTS}/", "added.tsv", "baseline_wins.tsv") if BASELINES else [],
        variants=(
            expand(
                "{results}/models/{model}/variants/{variants}/{file}",
                results=RESULTS,
                model=VARIANT_MODELS,
                variants=VARIANTS,
                file=["effects.h5", "skipped.tsv"],
            )
            + expand("{results}/variants/{variants}/effects.png", results=RESULTS, variants=VARIANTS)
        ),
        attributions=expand(
            "{results}/models/{model}/explain/attributions/{method}.h5",
            results=RESULTS,
            model=EXPLAIN_MODELS,
            method=EXPLAIN["methods"],
        ),
        searches=expand("{results}/search/{search}/{file}", results=RESULTS, search=SEARCHES, file=SEARCH_FILES),
        marks=[on_disk(path) for path in EXPLAIN["marks"].values()] if EXPLAIN["methods"] else [],
        hits=expand(
            "{results}/models/{model}/explain/hits/{method}/{file}",
            results=RESULTS,
            model=EXPLAIN_MODELS,
            method=HIT_METHODS,
            file=["hits.tsv.gz", "carried.tsv", "pairs.tsv"],
        ),
        embedding=expand(
            "{results}/models/{model}/explain/{file}", results=RESULTS, model=EMBED_MODELS, file=EMBED_FILES
        ),
        patterns=[path for path in PATTERN_FILES if path.endswith((".h5", ".tsv", "known.meme"))],
        template=os.path.relpath(WORKFLOW / "report/page.html.j2"),
        parts=[
            os.path.relpath(WORKFLOW / f"report/{part}")
            for part in [
                "page.css",
                "page.js",
                "targets.js",
                "logo.js",
                "filters.js",
                *["contributions.js"] * bool(EXPLAIN["methods"]),
                *["patterns.js"] * bool(PATTERN_SEARCHES),
                *["variants.js"] * bool(VARIANTS),
            ]
        ],
    output:
        f"{RESULTS}/report.html",
    log:
        f"logs/{config['dataset']}/report.log",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("report"),
        code=code_of("report"),
        options=options(
            results=RESULTS,
            windows=(
                os.path.dirname(FIRST_WINDOWS)
                if not FOLDS
                else [os.path.dirname(WINDOWS.format(fold=fold)) for fold in FOLDS]
            ),
            models=[PREDICTORS[name].title for name in SHOWN],
            runs=SHOWN_RUNS or None,
            baselines=BASELINES or None,
            controls=CONTROLS or None,
            variants=list(VARIANTS) or None,
            variant_models=VARIANT_MODELS if VARIANTS else None,
            explain=EXPLAIN["methods"] or None,
            explain_models=EXPLAIN_MODELS if EXPLAIN["methods"] else None,
            searches=list(SEARCHES) or None,
            embed=EMBED_MODELS or None,
            patterns=list(PATTERN_SEARCHES) or None,
            title=config["dataset"],
            logs=f"logs/{config['dataset']}",
        ),
        marks=lambda wildcards, input: options(
            explain_marks=[f"{name}={path}" for name, path in zip(EXPLAIN["marks"], input.marks)] or None
        ),
        replicates="--replicates" if REPLICATES else "",
        published="--published" if config["evaluate"]["published"] else "",
        influence="--influence" if config["motifs"]["influence"] > 0 else "",
        hits="--hits" if HIT_METHODS else "",
        pairs="--embed-pairs" if EMBED_MODELS and config["embed"]["pairs"] else "",
    message:
        f"Write the report of {DATASET}"
    shell:
        "python {params.program:q} {params.options} {params.marks} {params.replicates} {params.published} {params.influence}"
        " {params.hits} {params.pairs} --output {output} 2> {log}"
