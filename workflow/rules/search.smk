# Windows to a search for better settings: trials, rungs of successive halving, and the best recipe.
SEARCH = f"{RESULTS}/search/{{search}}"


wildcard_constraints:
    search="|".join(SEARCHES),
    trial="t[0-9a-f]{8}",
    rung=r"\d+",


rule search_trials:
    output:
        f"{SEARCH}/trials.tsv",
    log:
        f"logs/{config['dataset']}/search_trials/{{search}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("search_trials"),
        code=code_of("search_trials"),
        options=searched(lambda search: options(**search.table_options())),
    message:
        f"List the trials of the search {{wildcards.search}} on {DATASET}"
    shell:
        "python {params.program:q} {params.options} --output {output} 2> {log}"


# Trains nothing: sizes that do not fit the windows end the run before a training. It depends on nothing that the trials
# do not depend on, and not on their number, so that more trials leave the old ones as they are.
rule search_networks:
    input:
        train=f"{FIRST_WINDOWS}train.h5",
    output:
        f"{SEARCH}/networks.tsv",
    log:
        f"logs/{config['dataset']}/search_networks/{{search}}.log",
    conda:
        "../envs/danq.yaml"
    params:
        program=program("search_networks"),
        code=code_of_trial("search_trial"),
        options=searched(lambda search: options(**search.network_options())),
    message:
        f"Build the networks of the search {{wildcards.search}} on {DATASET}"
    shell:
        "python {params.program:q} --windows {input.train} {params.options} --output {output} 2> {log}"


rule search_trial:
    input:
        train=f"{FIRST_WINDOWS}train.h5",
        valid=f"{FIRST_WINDOWS}valid.h5",
        networks=f"{SEARCH}/networks.tsv",
    output:
        history=f"{SEARCH}/trials/{{trial}}/rung{{rung}}/history.tsv",
        record=f"{SEARCH}/trials/{{trial}}/rung{{rung}}/trial.json",
    log:
        f"logs/{config['dataset']}/search_trial/{{search}}/{{trial}}/rung{{rung}}.log",
    conda:
        "../envs/danq.yaml"
    threads: 8
    resources:
        gpu=gpus_here(),
        scratch="",
    params:
        program=program("search_trial"),
        code=code_of_trial("search_trial"),
        data=subpath(input.train, parent=True),
        # Holds the state of the training, too: it survives a job that is killed, and the next attempt resumes from it.
        folder=subpath(output.record, parent=True),
        options=lambda wildcards: options(
            **SEARCHES[wildcards.search].trial_options(wildcards.trial, int(wildcards.rung))
        ),
    message:
        f"Train {{wildcards.trial}} of the search {{wildcards.search}} on {DATASET}, rung {{wildcards.rung}}"
    shell:
        # exec: the signal before the time limit must reach the program.
        "exec python {params.program:q} --name {wildcards.trial} --data {params.data} {params.options}"
        ' --gpus {resources.gpu} --threads {threads} --scratch="{resources.scratch}" --output {params.folder} 2> {log}'


checkpoint search_rung:
    input:
        trials_of,
    output:
        f"{SEARCH}/rungs/{{rung}}.tsv",
    log:
        f"logs/{config['dataset']}/search_rung/{{search}}/{{rung}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("search_rung"),
        code=code_of("search_rung"),
        folders=lambda wildcards, input: " ".join(os.path.dirname(path) for path in input),
        options=lambda wildcards: options(
            promoted=SEARCHES[wildcards.search].promoted(int(wildcards.rung)),
            monitored=SEARCHES[wildcards.search].monitor,
        ),
    message:
        f"Rank the trials of the search {{wildcards.search}} on {DATASET}, rung {{wildcards.rung}}"
    shell:
        "python {params.program:q} {params.folders} {params.options} --output {output} 2> {log}"


rule search_results:
    input:
        trials=f"{SEARCH}/trials.tsv",
        rungs=lambda wildcards: [
            f"{SEARCH}/rungs/{rung}.tsv".format(search=wildcards.search)
            for rung in range(len(SEARCHES[wildcards.search].rungs))
        ],
    output:
        results=report(
            f"{SEARCH}/results.tsv",
            caption="../report/search.rst",
            category="2 Training",
            labels={"search": "{search}"},
        ),
        importance=f"{SEARCH}/importance.tsv",
        best=f"{SEARCH}/best.yaml",
    log:
        f"logs/{config['dataset']}/search_results/{{search}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("search_results"),
        code=code_of("search_results"),
        options=searched(lambda search: options(dataset=DATASET, **search.result_options())),
    message:
        f"Write the results of the search {{wildcards.search}} on {DATASET}"
    shell:
        "python {params.program:q} --trials {input.trials} --rungs {input.rungs} {params.options}"
        " --results {output.results} --importance {output.importance} --best {output.best} 2> {log}"


rule draw_trials:
    input:
        results=f"{SEARCH}/results.tsv",
        importance=f"{SEARCH}/importance.tsv",
    output:
        trials=report(
            f"{SEARCH}/trials.png",
            caption="../report/trials.rst",
            category="2 Training",
            labels={"search": "{search}"},
        ),
        importance=report(
            f"{SEARCH}/importance.png",
            caption="../report/importance.rst",
            category="2 Training",
            labels={"search": "{search}"},
        ),
    log:
        f"logs/{config['dataset']}/draw_trials/{{search}}.log",
    localrule: True
    conda:
        "../envs/danq.yaml"
    params:
        program=program("draw_trials"),
        code=code_of("draw_trials"),
        options=searched(lambda search: options(**search.picture_options())),
    message:
        f"Draw the trials of the search {{wildcards.search}} on {DATASET}"
    shell:
        "python {params.program:q} {input.results} {input.importance} {params.options} --parallel {output.trials}"
        " --bars {output.importance} 2> {log}"
