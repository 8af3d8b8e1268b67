# From a genome and peak files to trained models, AUC tables, motifs and a report.
# The stages stand in workflow/rules/, one file each, in the order of the data.
from snakemake.utils import min_version

min_version("9.20")


# A config file given on the command line stands alone; the demo's is not mixed into it.
if not workflow.overwrite_configfiles:

    configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/fetch.smk"
include: "workflow/rules/simulate.smk"
include: f"workflow/rules/{'import_bundle' if config['source'] == 'bundle' else 'prepare'}.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/predict.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/motifs.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/prototypes.smk"


# On a cluster these run where Snakemake does: there is the network, and seconds are not worth a place in the queue.
localrules:
    fetch,
    compare,
    draw_histories,
    draw_assays,
    draw_influence,
    compare_motifs,
    draw_models,
    draw_calibration,


onstart:
    check_writable(RESULTS)
    cancel_orphans()


rule all:
    default_target: True
    input:
        f"{RESULTS}/report.html",
        multiext(f"{RESULTS}/", "curves", "models"),
        expand("{results}/{model}/logos", results=RESULTS, model=MODELS),


rule windows:
    input:
        f"{RESULTS}/windows/targets.tsv",


rule models:
    input:
        expand("{results}/{model}/model.weights.h5", results=RESULTS, model=MODELS),


rule predictions:
    input:
        expand("{results}/{model}/predictions.h5", results=RESULTS, model=MODELS),


rule evaluation:
    input:
        multiext(f"{RESULTS}/", "auc.tsv", "comparison.tsv", "assays.tsv", "assays.png", "curves"),
        multiext(f"{RESULTS}/", "paired.tsv", "models", "calibration.png"),
        rules.compare_published.output if config["evaluate"]["published"] else [],


rule logos:
    input:
        expand("{results}/{model}/logos", results=RESULTS, model=MODELS),
        multiext(f"{RESULTS}/", "annotated.tsv", "recovered.tsv"),


rule prototypes:
    input:
        expand(
            "{examples}/{file}",
            examples=EXAMPLES,
            file=[
                *(f"mdet_{layer}.txt" for layer in ("conv1d", "simplernn")),
                *(f"mdisc_{layer}.png" for layer in ("conv1d", "simplernn")),
                "vgrad_rnn.tsv",
                "prevalence.png",
            ],
        ),
