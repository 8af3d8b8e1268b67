"""Words in the names of peak files: assays, histone marks, cell types, and what says nothing about the target."""

from __future__ import annotations

import re

HISTONE = re.compile(
    r"H(?:1|2A|2B|3|4)[KRST]\d+(?:me[123]?|ac|cr|bu|bhb|la|su|ub\d*|ph|pr)[as]?(?![a-z0-9])|H2A\.?[ZXV]\w?|H2AFZ|H3\.3|Htz1",
    re.I,
)
# Assays whose target is open chromatin: the name of the target is that of the assay.
OPEN = {
    "ATAC": re.compile(r"(?:sc|Omni|Fast)?-?ATAC(?:-?seq)?\d?", re.I),
    "DNase": re.compile(r"DNase(?:I|1)?(?:-?(?:seq|HS))?|DHS", re.I),
    "FAIRE": re.compile(r"FAIRE(?:-?seq)?", re.I),
}
# Cell types and tissues, by the spelling that is written.
CELLS = {
    spelling: re.compile(pattern, re.I)
    for spelling, pattern in {
        "HeLa-S3": r"HeLa[-_]?S3",
        "H1-hESC": r"H1[-_]?hESC",
        "H7-hESC": r"H7[-_]?hESC",
        "GM{}": r"GM[-_]?(?P<number>\d{5})",
        "HepG2": r"Hep[-_]?G2",
        "K562": r"K[-_]?562",
        "MCF-7": r"MCF[-_]?7",
        "MCF10A": r"MCF[-_]?10A",
        "HEK293T": r"HEK[-_]?293T",
        "HEK293": r"HEK[-_]?293",
        "HCT-116": r"HCT[-_]?116",
        "SK-N-SH": r"SK[-_]?N[-_]?SH",
        "SK-N-MC": r"SK[-_]?N[-_]?MC",
        "T-47D": r"T[-_]?47D",
        "IMR90": r"IMR[-_]?90",
        "A549": r"A[-_]?549",
        "Caco-2": r"Caco[-_]?2",
        "HL-60": r"HL[-_]?60",
        "PANC-1": r"PANC[-_]?1",
        "SH-SY5Y": r"SH[-_]?SY5Y",
        "NIH3T3": r"NIH[-_]?3T3",
        "Kc167": r"Kc167",
        **{
            name: name
            for name in (
                *(
                    "HeLa",
                    "HUVEC",
                    "NHEK",
                    "NHLF",
                    "HSMM",
                    "HMEC",
                    "Jurkat",
                    "LNCaP",
                    "U2OS",
                    "U87",
                    "WI-38",
                    "Ishikawa",
                ),
                *(
                    "ECC-1",
                    "NB4",
                    "THP1",
                    "RPE1",
                    "RAW264.7",
                    "CH12",
                    "MEL",
                    "mESC",
                    "hESC",
                    "ESC",
                    "iPSC",
                    "E14",
                    "S2",
                ),
                *(
                    "H1",
                    "H9",
                    "BJ",
                    "liver",
                    "heart",
                    "brain",
                    "lung",
                    "kidney",
                    "spleen",
                    "thymus",
                    "muscle",
                    "testis",
                ),
                *("ovary", "skin", "colon", "stomach", "pancreas", "cortex", "cerebellum", "hippocampus", "forebrain"),
                *(
                    "midbrain",
                    "hindbrain",
                    "limb",
                    "placenta",
                    "adrenal",
                    "embryo",
                    "leaf",
                    "root",
                    "seedling",
                    "flower",
                ),
                *(
                    "Monocytes",
                    "Bcell",
                    "Tcell",
                    "CD4",
                    "CD8",
                    "CD14",
                    "CD19",
                    "CD20",
                    "CD34",
                    "NK",
                    "PBMC",
                    "macrophage",
                ),
            )
        },
    }.items()
}
REPLICATE = re.compile(r"(?:bio|tech|iso)?rep(?:licate)?[-_.]?(?P<number>\d+)", re.I)
ACCESSION = re.compile(r"(?:GSM|GSE|SRX|SRR|ERX|ERR|DRX|DRR|ENCSR)\d[A-Za-z0-9]*", re.I)
ENCODE_FILE = re.compile(r"ENCFF\d{3}[A-Z]{3}")
# Thresholds, which have a point inside.
THRESHOLD = re.compile(r"(?:idr|fdr|q|p)[-_.]?0\.\d+", re.I)
# Words that say how a file was made.
NOISE = re.compile(
    r"peaks?|pks?|summits?|macs\d?|narrow|broad|idr[\d.]*|b?filt(?:ered)?|sort(?:ed)?|optimal|conservative|pooled|final|"
    r"clean|ml?b|mrp|cln|treat|uniq(?:ue)?|nodup|dedup|rmdup|bam|bowtie\d?|bwa|hmmratac|genrich|homer|seacr|sicer|spp|"
    r"stringent|relaxed|thresholded|replicated|pseudorep(?:licated)?|chip|chip-?seq|chip-?exo|chip-?nexus|seq|exo|ip|"
    r"cut-?(?:and|n|&)-?(?:run|tag)|cnr|cnt|bed\d*|hotspots?|fdr[\d.]*|qval|pval|v\d+|nr|signal|merged|consensus|"
    r"hg\d+|hs1|mm\d+|grc[hm]\d+(?:p\d+)?|t2t|chm13|sacer\d|saccer\d|dm\d|ce\d\d|danrer\d+|rn\d|tair\d+|remap\d*|"
    r"chipatlas|uniform|unipk|pr\d?|vs|and|the|of|final|all|file|data|0|\d{2,}",
    re.I,
)
# Factors without a matrix in JASPAR.
MORE_FACTORS = (
    *("POL2", "POLR2A", "EP300", "P300", "RAD21", "SMC1", "SMC1A", "SMC3", "STAG1", "STAG2", "BRD4", "BRD2", "EZH2"),
    *("SUZ12", "HDAC1", "HDAC2", "HDAC6", "CHD1", "CHD2", "KDM5B", "KDM1A", "RCOR1", "SIN3A", "TAF1", "TBP", "MED1"),
    *("SMARCA4", "PHF8", "PML", "RBBP5", "ZNF263", "NIPBL", "CREBBP", "SETDB1", "TRIM28", "NRSF", "CMYC", "GR", "TR4"),
    *("C-MYC", "C-FOS", "C-JUN", "PU.1"),
)
