# Everything to one page.
rule report:
    input:
        tables=multiext(
            f"{RESULTS}/",
            *["auc.tsv", "comparison.tsv", "assays.tsv", "paired.tsv", "annotated.tsv", "recovered.tsv"],
            *["history.png", "assays.png", "calibration.png"],
        ),
        windows=multiext(f"{RESULTS}/windows/", "targets.tsv", "test.h5"),
        account=f"{RESULTS}/windows/account.tsv" if config["source"] != "bundle" else [],
        models=expand(
            "{results}/models/{model}/{file}",
            results=RESULTS,
            model=MODELS,
            file=[
                *["training/run.json", "evaluation/curves.tsv.gz"],
                *["motifs/motifs.tsv", "motifs/motifs.meme", "motifs/known.meme"],
            ],
        ),
        baselines=expand("{results}/models/{model}/evaluation/curves.tsv.gz", results=RESULTS, model=BASELINES),
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
        template=os.path.relpath(WORKFLOW / "report/page.html.j2"),
        parts=[
            os.path.relpath(WORKFLOW / f"report/{part}")
            for part in [
                "page.css",
                "page.js",
                "targets.js",
                "logo.js",
                "filters.js",
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
            windows=f"{RESULTS}/windows",
            models=MODELS,
            baselines=BASELINES or None,
            controls=CONTROLS or None,
            variants=list(VARIANTS) or None,
            variant_models=VARIANT_MODELS if VARIANTS else None,
            title=config["dataset"],
            logs=f"logs/{config['dataset']}",
        ),
        published="--published" if config["evaluate"]["published"] else "",
        influence="--influence" if config["motifs"]["influence"] > 0 else "",
    message:
        f"Write the report of {DATASET}"
    shell:
        "python {params.program:q} {params.options} {params.published} {params.influence}" " --output {output} 2> {log}"
