/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What `mixq reproduce` knows: a new table, curve or question is a row here. */
#include <string.h>

#include "reproduce/mixq-reproduce-architecture.h"
#include "reproduce/mixq-reproduce-paper.h"
#include "reproduce/mixq-reproduce-study.h"

#define PAPER "arXiv:2505.09361"
#define LOGS "logs in github.com/SamirMoustafa/MixQ, tasks_per_node/planetoid"

#define LOGS_ALL "logs in github.com/SamirMoustafa/MixQ"
#define GIN_SAYS                                                                                             \
  "Published: GIN with 5 layers and 64 hidden columns, widths 4 and 8, 10 folds (" LOGS_ALL                  \
  "/tasks_per_graph/tu_datasets)."
#define GIN_FOLDS 10
#define CSL_FOLDS 5

static const char *const both[] = { "cora", "citeseer", NULL };
static const char *const cora[] = { "cora", NULL };
static const char *const two[] = { "cora", "debian", NULL };

/* --- the paper ----------------------------------------------------------------------------------------------------- */

#define THREE_PRICES "-1e-8,0.1,1"

static const MixqPanel gcn_panels[] = { { "gcn", THREE_PRICES, THREE_PRICES, FALSE, MIXQ_AXIS_LINEAR } };
static const MixqPaper gcn = {
  .published = mixq_published_gcn,
  .ours = "",
  .caveat = "The published BitOPs of CiteSeer at lambda -1e-8 and 1 are means, from the published "
            "reduction; all others are medians.",
  .panels = gcn_panels,
  .n_panels = G_N_ELEMENTS (gcn_panels)
};

static const MixqPanel degree_quant_panels[] = { { "gcn-degree-quant", THREE_PRICES, THREE_PRICES, FALSE,
                                                   MIXQ_AXIS_LINEAR } };
static const MixqPaper degree_quant = {
  .published = mixq_published_degree_quant,
  .ours = "--scheme=degree-quant",
  .caveat = "Not like for like: the published model has a skip connection from its first layer, which ours "
            "has not, and "
            "--reference stands here without Degree-Quant, which is no part of it; its z says how far the "
            "plain method is from "
            "the published row.",
  .panels = degree_quant_panels,
  .n_panels = G_N_ELEMENTS (degree_quant_panels),
};

static const MixqPanel ablation_panels[] = { { "lambda-ablation",
                                               "-0.1,-0.095,-0.09,-0.085,-0.08,-0.075,-0.07,-0.065,-0.06,-0."
                                               "055,-0.05,-0.045,-0.04,-0.035,-0.03,-0.025,-0.02,-0.015,"
                                               "-0.01,0,0.005,0.01,0.015,0.02,0.025,0.03,0.035,0.04,0.045,0."
                                               "05,0.055,0.06,0.065,0.07,0.075,0.08,0.085,0.09,0.095,0.1",
                                               "-0.1,-0.05,0,0.05,0.1", TRUE, MIXQ_AXIS_LINEAR } };
static const MixqPaper ablation = { .curve_files = "ablation-%s.csv",
                                    .ours = "",
                                    .panels = ablation_panels,
                                    .n_panels = G_N_ELEMENTS (ablation_panels) };

static const MixqPanel curve_panels[] = {
  { "lambda-curve-linear", "-0.1,-0.05,0,0.05,0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1", "-0.1,0,0.1,0.4,1",
    TRUE, MIXQ_AXIS_LINEAR },
  { "lambda-curve-log", "1e-8,1e-6,1e-4,1e-3,0.01,0.03,0.05,0.1,0.2,0.5,1", "1e-8,1e-3,0.03,0.1,1", TRUE,
    MIXQ_AXIS_LOG },
};
static const MixqPaper curve = { .published = mixq_published_gcn,
                                 .ours = "",
                                 .panels = curve_panels,
                                 .n_panels = G_N_ELEMENTS (curve_panels) };

/* --- open questions ------------------------------------------------------------------------------------------------ */

#define STUDY_LAMBDAS "0.1,0.2,0.5,2"
#define STUDY_LAMBDAS_QUICK "0.2,1"

static const MixqVariant alpha_init_variants[] = {
  { "start", "zero", "", FALSE, FALSE },
  { "start", "reference", "--alpha-init=reference", FALSE, FALSE },
  { "start", "high", "--alpha-init=high", FALSE, FALSE },
};
static const MixqStudy alpha_init = {
  .variants = alpha_init_variants,
  .n_variants = G_N_ELEMENTS (alpha_init_variants),
  .lambdas = STUDY_LAMBDAS,
  .lambdas_quick = STUDY_LAMBDAS_QUICK,
  .claims = { MIXQ_MEASURE_DECIDED, MIXQ_MEASURE_SAME, MIXQ_MEASURE_AREA_BITOPS, MIXQ_MEASURE_REACH,
              MIXQ_N_MEASURES },
};

static const MixqVariant alpha_rate_variants[] = {
  { "rate", "default", "", FALSE, FALSE },
  { "rate", "0.005", "--lr-alpha=0.005", FALSE, FALSE },
  { "rate", "0.01", "--lr-alpha=0.01", FALSE, FALSE },
  { "rate", "0.02", "--lr-alpha=0.02", FALSE, FALSE },
  { "rate", "0.1", "--lr-alpha=0.1", FALSE, FALSE },
  { "rate", "0.2", "--lr-alpha=0.2", FALSE, FALSE },
  { "decay", "2e-4", "--alpha-decay=2e-4", FALSE, FALSE },
  { "decay", "0.01", "--alpha-decay=0.01", FALSE, FALSE },
  { "decay", "0.1", "--alpha-decay=0.1", FALSE, FALSE },
  { "bound", "1", "--alpha-bound=1", FALSE, FALSE },
  { "bound", "2", "--alpha-bound=2", FALSE, FALSE },
  { "bound", "none", "--alpha-bound=0", FALSE, FALSE },
  { "temperature", "0.5", "--temperature=0.5", FALSE, FALSE },
  { "temperature", "0.2", "--temperature=0.2", FALSE, FALSE },
  { "temperature", "0.1", "--temperature=0.1", FALSE, FALSE },
};
static const MixqStudy alpha_rate = {
  .variants = alpha_rate_variants,
  .n_variants = G_N_ELEMENTS (alpha_rate_variants),
  .lambdas = STUDY_LAMBDAS,
  .lambdas_quick = STUDY_LAMBDAS_QUICK,
  .claims = { MIXQ_MEASURE_AREA_BITOPS, MIXQ_MEASURE_DECIDED, MIXQ_N_MEASURES },
};

static const MixqVariant penalty_variants[] = {
  { "penalty", "normalised", "", FALSE, FALSE },
  { "penalty", "paper", "--penalty=paper", FALSE, TRUE },
  { "penalty", "reference", "--penalty=reference", FALSE, TRUE },
};
static const MixqStudy penalty_forms = {
  .variants = penalty_variants,
  .n_variants = G_N_ELEMENTS (penalty_variants),
  .lambdas = STUDY_LAMBDAS,
  .lambdas_quick = STUDY_LAMBDAS_QUICK,
  .claims = { MIXQ_MEASURE_AREA_BITOPS, MIXQ_MEASURE_AREA_BYTES, MIXQ_MEASURE_REACH, MIXQ_N_MEASURES },
};

static const MixqVariant axis_variants[] = {
  { "axis", "bitops", "", FALSE, FALSE },
  { "axis", "executed", "--cost=executed", FALSE, TRUE },
  { "axis", "product", "--cost=product", FALSE, TRUE, MIXQ_MEASURE_AREA_PRODUCT },
  { "axis", "bytes", "--cost=bytes", FALSE, TRUE, MIXQ_MEASURE_AREA_BYTES },
};
static const MixqStudy cost_axes = {
  .variants = axis_variants,
  .n_variants = G_N_ELEMENTS (axis_variants),
  .lambdas = STUDY_LAMBDAS,
  .lambdas_quick = STUDY_LAMBDAS_QUICK,
  .claims = { MIXQ_MEASURE_AREA_BITOPS, MIXQ_MEASURE_AREA_PRODUCT, MIXQ_MEASURE_AREA_BYTES, MIXQ_N_MEASURES },
};

static const MixqVariant range_variants[] = {
  { "recalibration", "mse, every 2 epochs", "", FALSE, FALSE },
  { "recalibration", "once", "--recalibrate=0", FALSE, FALSE },
  { "recalibration", "every 10", "--recalibrate=10", FALSE, FALSE },
  { "recalibration", "learned (lsq)", "--scheme=lsq", TRUE, FALSE },
  { "ranges", "min-max", "--ranges=min-max", TRUE, FALSE },
  { "ranges", "ema", "--ranges=ema", TRUE, FALSE },
  { "ranges", "percentile", "--ranges=percentile", TRUE, FALSE },
};
static const MixqStudy search_ranges = {
  .variants = range_variants,
  .n_variants = G_N_ELEMENTS (range_variants),
  .lambdas = STUDY_LAMBDAS,
  .lambdas_quick = STUDY_LAMBDAS_QUICK,
  .claims = { MIXQ_MEASURE_RELAXED, MIXQ_MEASURE_AREA_BITOPS, MIXQ_N_MEASURES },
};

/* --- the other architectures --------------------------------------------------------------------------------------- */

#define GIN_FAIR "Errica et al., A fair comparison of graph neural networks (ICLR 2020)"
#define GIN_PAPER                                                                                            \
  "Xu et al., How powerful are graph neural networks (ICLR 2019), the best epoch of the mean over folds"

static const MixqArchitectureSet sage_sets[] = {
  { "cora", 0.789, 0.789,
    "78.9 ± 0.8 (Feng et al., GRAND, NeurIPS 2020, table 1); the published all-8 models, whose activations "
    "are not quantized, have 77.9.",
    4 * 1952241104.0, NULL },
  { "citeseer", 0.674, 0.674, "67.4 ± 0.7 (the same); the published all-8 models have 65.3.",
    4 * 4869214190.0, NULL },
};
static const MixqArchitecture sage = {
  .sets = sage_sets,
  .n_sets = G_N_ELEMENTS (sage_sets),
  .points = mixq_points_sage,
  .options = "--epochs 100,50,60",
  .lambdas = "0.1,0.5,2",
  .lambdas_quick = "0.5",
  .uniform = "8,4",
  .heavy = "4,2",
  .quirks =
      "their \"quantized\" accuracy is measured with weights quantized and activations not; ours is that "
      "of integers. Their layers sum over neighbours, ours take the mean, as GraphSAGE does. Their BitOPs "
      "are "
      "means over sampled batches with the first layer counted half, so only shares are comparable; "
      "float32 in that count is taken as four times its all-8 models.",
};

static const MixqArchitectureSet tag_sets[] = {
  { "cora", 0.812, 0.833,
    "83.3 ± 0.7 (Du et al., arXiv:1710.10370); 81.2, from 80.4 to 82.3, in DGL's repetition.", 67924941952.0,
    NULL },
  { "citeseer", 0.714, 0.715, "71.4 ± 0.5 (the same); 71.5 in DGL's repetition.", 211392074688.0, NULL },
};
static const MixqArchitecture tag = {
  .sets = tag_sets,
  .n_sets = G_N_ELEMENTS (tag_sets),
  .points = mixq_points_tag,
  .options = "--epochs 100,50,60",
  .lambdas = "0.1,0.5,2",
  .lambdas_quick = "0.5",
  .uniform = "8,4",
  .heavy = "4,2",
  .quirks =
      "their search has four maps a layer, their final model three; BitOPs are counted in the search, and "
      "float32 here is counted with four. The sum over hops is not quantized in theirs; it is in ours.",
};

#define GIN_QUIRKS                                                                                           \
  "their sets are \"cleaned\" of graphs that are isomorphic to others, ours are the full ones; their "       \
  "layers do "                                                                                               \
  "not add the node itself; QAT starts from random weights; BitOPs are of one shuffled batch of 128 "        \
  "graphs, "                                                                                                 \
  "ours of all graphs, so only shares are comparable. Widths are 4 and 8 in both."
#define GIN_MODEL "--model gin"

static const MixqArchitectureSet gin_sets[] = {
  { "PROTEINS", 0.705, 0.733,
    "73.3 ± 4.0 (" GIN_FAIR "); 70.5 ± 4.2 in the published logs; 76.2 ± 2.8 (" GIN_PAPER ").", 7.6258e9,
    NULL },
  { "IMDB-BINARY", 0.712, 0.753,
    "71.2 ± 3.9 (" GIN_FAIR "); 75.3 ± 4.0 in the published logs; 75.1 ± 5.1 (" GIN_PAPER ").", 5.4754e9,
    NULL },
  { "MUTAG", 0.84, 0.894, "89.4 ± 5.6 (" GIN_PAPER "); 84 to 88 where the test fold chooses nothing.", 0,
    NULL },
  { "DD", 0.739, 0.753, "75.3 ± 2.9 (" GIN_FAIR "); 73.9 ± 3.3 in the published logs.", 55.414e9, NULL },
  { "REDDIT-BINARY", 0.899, 0.924, "89.9 ± 1.9 (" GIN_FAIR "); 92.4 ± 2.5 (" GIN_PAPER ").", 0, NULL },
};
static const MixqArchitecture gin = {
  .sets = gin_sets,
  .n_sets = G_N_ELEMENTS (gin_sets),
  .points = mixq_points_gin,
  .options = "--bits 4,8 --epochs 40,20,25",
  .lambdas = "0.1,1",
  .lambdas_quick = "1",
  .uniform = "8",
  .heavy = NULL,
  .quirks = GIN_QUIRKS,
};
/* Its searched models lose more, so that fixed widths are tried beside them. */
static const MixqArchitecture gin_degrees = {
  .sets = gin_sets,
  .n_sets = G_N_ELEMENTS (gin_sets),
  .points = mixq_points_gin,
  .options = "--bits 4,8 --epochs 40,20,25",
  .lambdas = "0.1,1",
  .lambdas_quick = "1",
  .uniform = "8",
  .heavy = "4",
  .quirks = GIN_QUIRKS,
};
/* Small enough for more of both. */
static const MixqArchitecture gin_small = {
  .sets = gin_sets,
  .n_sets = G_N_ELEMENTS (gin_sets),
  .points = mixq_points_gin,
  .options = "--bits 4,8 --epochs 60,30,40",
  .lambdas = "0.1,1",
  .lambdas_quick = "1",
  .uniform = "8,4",
  .heavy = NULL,
  .quirks = GIN_QUIRKS,
};
static const char *const gin_proteins[] = { "PROTEINS", NULL };
static const char *const gin_imdb[] = { "IMDB-BINARY", NULL };
static const char *const gin_mutag[] = { "MUTAG", NULL };
static const char *const gin_long[] = { "DD", "REDDIT-BINARY", NULL };

static const MixqArchitectureSet csl_sets[] = {
  { "csl", 0.994, 1,
    "99.4 ± 1.3 in the published logs; 100 (Dwivedi et al., Benchmarking GNNs, JMLR 2023), "
    "both with eigenvectors as features.",
    0, NULL },
};
static const MixqArchitecture csl = {
  .sets = csl_sets,
  .n_sets = G_N_ELEMENTS (csl_sets),
  .points = mixq_points_csl,
  .options = "--bits 1,2,4,8 --batch 8 --lr 0.0005 --lr-qat 0.001 --weight-decay 0 --weight-decay-qat 0 "
             "--lr-every 0 "
             "--epochs 500,60,60",
  .lambdas = "0.02,0.1,0.5",
  .lambdas_quick = "0.1",
  .uniform = "8,4,2",
  .heavy = "4",
  .quirks =
      "the last two maps of their head compute with float32 in the quantized model, and the test that keeps "
      "the best model compares a loss with an accuracy; no BitOPs are published, so ours stands beside "
      "theirs by "
      "mean width.",
};
static const char *const csl_set[] = { "csl", NULL };

/* --- the registry -------------------------------------------------------------------------------------------------- */

static const MixqReproduction reproductions[] = {
  { "gcn", "GCN at three prices",
    "Published: GCN with 2 layers and 128 hidden columns, widths 2, 4, 8, at lambda -1e-8, 0.1 and 1 (" PAPER
    ", table 1; " LOGS "/experimental_logs).",
    both, &gcn, mixq_paper_ask, mixq_paper_tell },
  { "gcn-degree-quant", "GCN with Degree-Quant at three prices",
    "Published: the widths of the plain search, then QAT with Degree-Quant, at lambda -1e-8, 0.1 and 1 "
    "(" PAPER ", tables 2 and 6; " LOGS "/experimental_plus_DQ_logs).",
    both, &degree_quant, mixq_paper_ask, mixq_paper_tell },
  { "lambda-ablation", "The lambda ablation",
    "Published: accuracy and BitOPs at 40 prices from -0.1 to 0.1, 10 runs each (" PAPER ", figure 6; " LOGS
    "/ablation_study).",
    cora, &ablation, mixq_paper_ask, mixq_paper_tell },
  { "lambda-curve", "The curve over lambda, -0.1 to 1 and 1e-8 to 1",
    "The published ablation ends at 0.1; here its curve goes on to 1, and down to 1e-8 (published figures at "
    "0.1 and 1: " PAPER ", table 1).",
    cora, &curve, mixq_paper_ask, mixq_paper_tell },
  { "alpha-init", "Where alpha starts",
    "Left open by the paper: it starts the votes from softmax (softmax (widths)), which favours the widest. "
    "Do other starts end "
    "elsewhere, or later?",
    cora, &alpha_init, mixq_study_ask, mixq_study_tell },
  { "alpha-rate", "How fast alpha moves",
    "Left open by the paper: the votes share the weights' optimizer and decay. Here their rate, decay, bound "
    "and temperature are "
    "changed, one at a time.",
    cora, &alpha_rate, mixq_study_ask, mixq_study_tell },
  { "penalty-forms", "What lambda multiplies",
    "Left open by the paper: its penalty is a size in KiB, its code divides that by 8192 once more and "
    "charges an adjacency as the "
    "layer's input. Does the form matter?",
    cora, &penalty_forms, mixq_study_ask, mixq_study_tell },
  { "cost-axes", "What is paid for",
    "Left open by the paper: it charges size and reports BitOPs. Does charging an axis win on that axis?",
    cora, &cost_axes, mixq_study_ask, mixq_study_tell },
  { "relaxed-gap", "Relaxed and discrete accuracy along the search",
    "Left open by the paper: how far the mixture that is searched is from the model that is made of it.",
    cora, NULL, mixq_gap_ask, mixq_gap_tell },
  { "lambda-sensitivity", "How sensitive the outcome is to lambda",
    "Left open by the paper: how finely lambda has to be set, and whether a value carries over to other "
    "data.",
    two, NULL, mixq_sensitivity_ask, mixq_sensitivity_tell },
  { "search-ranges", "Ranges of the quantizers",
    "Left open by the paper: it calibrates once on random weights. Here ranges are taken anew more or less "
    "often, learned, or found in other ways, in search and QAT alike.",
    cora, &search_ranges, mixq_study_ask, mixq_study_tell },
  { "sage", "GraphSAGE at three prices",
    "Published: GraphSAGE with 2 layers and 128 hidden columns, widths 2, 4, 8, 3 runs (" LOGS_ALL
    "/rebuttal_phase).",
    both, &sage, mixq_architecture_ask, mixq_architecture_tell, "--model sage --aggregator mean" },
  { "tag", "TAG at three prices",
    "Published: TAG with 2 layers of 3 hops and 128 hidden columns, widths 2, 4, 8, 10 runs (" LOGS_ALL
    "/sage_and_tagconv_extention).",
    both, &tag, mixq_architecture_ask, mixq_architecture_tell, "--model tag" },
  { "gin-proteins", "GIN on PROTEINS", GIN_SAYS, gin_proteins, &gin, mixq_architecture_ask,
    mixq_architecture_tell, GIN_MODEL, GIN_FOLDS },
  { "gin-imdb", "GIN on IMDB-BINARY", GIN_SAYS, gin_imdb, &gin_degrees, mixq_architecture_ask,
    mixq_architecture_tell, GIN_MODEL, GIN_FOLDS },
  { "gin-mutag", "GIN on MUTAG",
    "Not published for MixQ; the literature's usual small set, by the protocol of the others.", gin_mutag,
    &gin_small, mixq_architecture_ask, mixq_architecture_tell, GIN_MODEL, GIN_FOLDS },
  { "gin-long", "GIN on DD and REDDIT-BINARY (hours)", GIN_SAYS, gin_long, &gin, mixq_architecture_ask,
    mixq_architecture_tell, GIN_MODEL, GIN_FOLDS },
  { "csl", "GCN with residuals on circular skip links",
    "Published: 4 GCN layers with batch norm and residuals, 150 columns, eigenvectors as features, widths 1, "
    "2, 4, "
    "10 runs of 5 splits (" LOGS_ALL "/tasks_per_graph/synthetic).",
    csl_set, &csl, mixq_architecture_ask, mixq_architecture_tell, "--model gcn", CSL_FOLDS,
    "csl/csl_folds.tsv" },
};

const MixqReproduction *
mixq_reproductions (gsize *n)
{
  *n = G_N_ELEMENTS (reproductions);
  return reproductions;
}

const MixqReproduction *
mixq_reproduction_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reproductions); i++)
    if (strcmp (reproductions[i].name, name) == 0)
      return &reproductions[i];
  return NULL;
}
