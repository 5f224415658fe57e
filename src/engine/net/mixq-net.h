/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kernels/mixq-kernels.h"
#include "model/mixq-model.h"
#include "net/mixq-inputs.h"
#include "quant/mixq-node-widths.h"
#include "quant/mixq-quantizer.h"
#include "quant/mixq-range.h"
#include "quant/mixq-scheme.h"

G_BEGIN_DECLS

typedef struct _MixqNodeState MixqNodeState;

/**
 * MixqSlot: the live state of one slot of a network.
 *
 * With several active choices the slot is a mixture (search); with one it is plain fake quantization (QAT, a
 * pinned slot); with none it is the identity (float32). Training in every mode is one code path.
 */
typedef struct
{
  const MixqSlotInfo *info;
  guint n_choices;
  guint8 bits[MIXQ_MAX_CHOICES];
  MixqQuantizer quantizer[MIXQ_MAX_CHOICES];
  guint n_active;
  guint8 active[MIXQ_MAX_CHOICES];   /* indices into the choices, ascending */
  float *alpha;                      /* (borrowed) n_choices logits, in MixqNet.alpha */
  float temperature;                 /* T */
  float p[MIXQ_MAX_CHOICES];         /* softmax over the active logits / T, 0 elsewhere */
  double dot[MIXQ_MAX_CHOICES];      /* <g, Q_k (x)> of the last backward */
  MixqRange *seen[MIXQ_MAX_CHOICES]; /* (owned) (nullable) n: ranges that follow the data */
  guint32 *free_rows,
      *kept_rows; /* (owned) (nullable) rows of the last training pass: quantized, protected */
  gsize n_free, n_kept;
  MixqNodeState *nodes; /* (owned) (nullable) what single nodes learn: net/mixq-nodes.h */
  gboolean before_relu; /* a ReLU follows: negative values need no codes */
  gboolean calibrate;   /* set ranges from the data of the next forward */
  double
      *step_sum[MIXQ_MAX_CHOICES]; /* (nullable) n: learned-step gradients of the last backward, without p */
  /*
   * (nullable) gradient and Adam moments of learned ranges, per choice, 2 n each: [scale | zero] under the published
   * rule, [log scale | unused] where steps are learned
   */
  float *range_grad[MIXQ_MAX_CHOICES];
  float *range_m[MIXQ_MAX_CHOICES];
  float *range_v[MIXQ_MAX_CHOICES];
} MixqSlot;

/** MixqWeight: a weight matrix, in x out, with its Adam moments; n_copies > 1 only under the published rule. */
typedef struct
{
  gsize rows, cols;
  guint n_copies;
  float *w[MIXQ_MAX_CHOICES];
  float *g[MIXQ_MAX_CHOICES];
  float *m[MIXQ_MAX_CHOICES];
  float *v[MIXQ_MAX_CHOICES];
  float *q; /* (nullable) what the forward pass multiplies by: the mixture of quantized copies */
} MixqWeight;

/**
 * MixqVector: what a unit learns beside a matrix, never quantized: the bias of a linear (n = columns), gamma and beta of a
 * batch norm (n = 2 columns), the eps of a propagate (n = 1).
 * @state: (nullable) batch norm: running mean and variance, then mean and 1 / deviation of the last training pass: 4 columns
 */
typedef struct
{
  gsize n, n_state;
  float *w, *g, *m, *v;
  float *state;
} MixqVector;

/** MixqNetRules: how this network quantizes. The defaults are all 0; the published code is all TRUE. */
typedef struct
{
  gboolean per_column;        /* activations per column, weights per input feature, min-max ranges */
  gboolean learn_ranges;      /* scale and zero-point move by the mean-of-rows rule (section 3) */
  gboolean weight_copies;     /* one weight matrix a width (section 15) */
  gboolean float_adjacency;   /* the adjacency is not quantized in the forward pass */
  gboolean overwrite_weights; /* QAT writes the quantized weight back into the master (5.2) */
  MixqRanges ranges;          /* not read where per_column says how */
  gboolean learn_steps;       /* scales are trained: the learned-step gradient, Adam on their logarithms */
  gboolean protect_nodes;     /* in training some rows pass products and aggregates unquantized */
  gboolean per_node;          /* aggregates have a learned step and width for every node; implies fine */
  gboolean fine; /* features have a scale a node, products one a column, where integer sums allow it */
  MixqNodeWidths node_widths; /* how aggregates spread their width over the nodes */
} MixqNetRules;

/** mixq_net_rules_init: the rules of a scheme with @ranges. */
void mixq_net_rules_init (MixqNetRules *self, MixqScheme scheme, MixqRanges ranges);

/** MixqPass: one forward pass's manner. */
typedef struct
{
  gboolean training; /* dropout acts */
  gboolean all_rows; /* else only the rows from which a loss node is reached */
} MixqPass;

/**
 * MixqNet:
 *
 * A network with weights, slots and buffers: everything mutable of one training run. One thread at a time.
 */
typedef struct
{
  MixqModel *model;
  MixqInputs *data;     /* all of the data set: what constant ranges are taken from */
  MixqInputs *inputs;   /* what it is bound to: @data, or a part of it */
  gboolean loss_on_all; /* the loss reaches every item, else those of the training part */
  gboolean quantized;   /* it has slots with choices */
  gboolean can_train;   /* frontier and transposes belong to @inputs */
  const MixqKernels *kernels;
  MixqNetRules rules;

  guint n_slots;
  MixqSlot *slots;
  float *alpha, *alpha_g, *alpha_m, *alpha_v; /* n_slots x MIXQ_MAX_CHOICES */

  MixqWeight *weights; /* one a unit; rows 0 where the unit has none */
  MixqVector *vectors; /* one a unit; n 0 where the unit has none */

  struct
  {
    gsize nodes, graphs, entries, edges;
  } capacity; /* of the buffers: rows, non-zeros of the features, entries of the largest operator */
  gboolean
      lean; /* bound for evaluation of all the data alone: no gradients, values end with their last reader */
  GPtrArray
      *blocks; /* (owned) of float *: the memory that value, grad, pre, ... point into: net/mixq-buffers.h */
  gsize buffer_bytes; /* of all of it, scratch apart */
  float **
      value; /* [value id] (nullable), rows x cols; NULL where it is the input, changed in place or not at all */
  float **read; /* [value id]: where readers find it: value, or the input's where a unit changes nothing */
  float **
      grad; /* [value id] (nullable): NULL where nothing before it learns; valid from last reader to writer */
  float *
      *pre; /* [value id] (nullable): before the output slot; NULL where lean: then it is value, in place */
  guint8 *n_readers; /* [value id]: units that read it; what one unit reads it may change in place */
  int *last_reader;  /* [value id]: the unit with the largest number that reads it */
  gboolean *wants;   /* [value id]: something before it has use for its gradient */
  gboolean
      *zero_first; /* [value id]: its readers do not write the gradient of every row, or there are several */
  gboolean *constant; /* [value id]: the same in every pass of a binding: net/mixq-constant.h */
  gboolean *done;     /* [value id]: of these, computed already */
  int gathers_first;  /* propagate unit that reads a map of constants and comes before it; -1: none */
  float *gathered;    /* (nullable) what that unit makes of the constants */
  float *grad_part;   /* what one of several readers adds to a gradient */
  MixqRows *frontier; /* [value id]: rows from which a loss node is reached */
  guint32 **frontier_index;
  gsize estimate_rows;     /* what net/mixq-estimate.h reads at least; G_MAXSIZE: no estimates */
  guint32 *estimate_index; /* (nullable) those rows */

  float *feature_value;  /* quantized features (nnz) or NULL: inputs->features->value is used */
  float *feature_grad;   /* nnz, zero outside the frontier */
  float *feature_offset; /* F: value of a quantized zero, or NULL: exactly 0 */
  MixqCsr *features_t;   /* F x n, entries of frontier rows only */
  gsize *features_t_perm;
  float *features_t_value;

  float **edge_value; /* [unit] (nullable) quantized adjacency, or attention */
  float *
      *attention; /* [unit] (nullable) attend: edge_value before slot and dropout, where backward needs it */
  float **
      score; /* [unit] (nullable) attend: three matrices of nodes x 2 heads: scores, as quantized, their gradient */
  MixqCsr **edges_t; /* [unit]: transposed adjacency restricted to frontier rows */
  gsize *
      *edges_t_perm; /* [unit] (nullable): which entry of the adjacency each one was; %NULL: the same one */
  float *edge_grad;  /* scratch, an entry of the largest operator */
  float *edge_t_value;

  float *scratch[2]; /* packed rows for dense products: mixq_net_scratch() */
  gsize scratch_room[2];
  float keep; /* 1 - dropout, of attention */
  guint64 dropout_key;
  const MixqAdam
      *adam; /* (nullable) (borrowed): set, backward steps each weight while its gradient is in the cache */
  float *protect_rank, *protect_draw; /* (owned) (nullable) n: net/mixq-protect.h */
  gboolean protecting;                /* the last forward pass protected rows */
  guint n_prefix; /* units before the first dropout: shared by evaluation and the next training step */
} MixqNet;

/**
 * mixq_net_new:
 * @n_choices: 0 for a float32 network
 * @choices: widths every slot may take
 * @fixed: (nullable) n_slots widths: then each slot has exactly this one choice and @choices is ignored
 * @loss_on_all: the loss reaches every node (distillation), else the training nodes
 */
MixqNet *mixq_net_new (MixqModel *model,
                       MixqInputs *inputs,
                       guint n_choices,
                       const guint8 *choices,
                       const guint8 *fixed,
                       gboolean loss_on_all,
                       const MixqNetRules *rules);
/**
 * mixq_net_bind:
 * @inputs: @self->data or a part of it; all that the net computes from now on is about it
 * @training: a backward pass will follow: builds frontier and transposes. Cost: O(edges), and memory as it grows. Without it
 *   all the data of a task on nodes take less memory: values share it, so that only the logits can be read after a pass
 */
void mixq_net_bind (MixqNet *self, MixqInputs *inputs, gboolean training);
/** mixq_net_n_rows: rows of value @v of what the net is bound to. */
gsize mixq_net_n_rows (const MixqNet *self, int v);
void mixq_net_free (MixqNet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqNet, mixq_net_free)

/** mixq_net_init_weights: uniform in +-1 / sqrt (fan_in), from the stream "init" of @seed. */
void mixq_net_init_weights (MixqNet *self, guint64 seed);
/** MixqParameters: all that a net has learned in float32: matrices, vectors, running statistics. Immutable once made. */
typedef struct
{
  guint n_units;
  float **weight; /* [unit] (nullable) in x out */
  float **vector; /* [unit] (nullable) n, then the running statistics */
} MixqParameters;
/** mixq_net_dup_parameters: (transfer full): of the first copy of every matrix. */
MixqParameters *mixq_net_dup_parameters (const MixqNet *self);
/** mixq_net_set_parameters: every copy of every matrix, and the rest. @parameters: of a net of the same model. */
void mixq_net_set_parameters (MixqNet *self, const MixqParameters *parameters);
MixqParameters *mixq_parameters_copy (const MixqParameters *self, const MixqModel *model);
void mixq_parameters_free (MixqParameters *self);
/** mixq_unit_vector_size: numbers of MixqVector.w of @unit; @n_state: (out): of its state that outlives a pass. */
gsize mixq_unit_vector_size (const MixqUnit *unit, gsize *n_state);
/** mixq_net_calibrate: marks every slot to take its ranges from the next forward pass. */
void mixq_net_calibrate (MixqNet *self);
/**
 * mixq_net_follow_ranges: where the rules say so, ranges of weights, products and aggregates move by a small step towards
 * what the last training pass showed of the rows that it quantized; those of the backward pass before are done with.
 */
void mixq_net_follow_ranges (MixqNet *self);
/** mixq_net_update_probabilities: softmax of the logits of the active choices of every slot. */
void mixq_net_update_probabilities (MixqNet *self);
/** mixq_net_set_temperature: T > 0 of every slot's softmax, and new probabilities. */
void mixq_net_set_temperature (MixqNet *self, float temperature);
/** mixq_net_pin: only @bits stays active (0: all choices). FALSE if @bits is no choice. */
gboolean mixq_net_pin (MixqNet *self, guint slot, guint8 bits);
/** mixq_net_selected: the width with the largest logit, lowest width first on ties; 32 for a float32 network. */
guint8 mixq_net_selected (const MixqNet *self, guint slot);

/** mixq_net_forward: units [from, to). */
void mixq_net_forward (MixqNet *self, guint from, guint to, MixqPass pass);
/**
 * mixq_net_backward: all units, from the gradient of the logits (rows of the frontier) to weights and slots. Once a forward
 * pass: gradients take the memory of values that are done with.
 */
void mixq_net_backward (MixqNet *self);

/** mixq_net_logits: items x classes, of the last forward pass. */
float *mixq_net_logits (MixqNet *self);
float *mixq_net_logits_grad (MixqNet *self);
gsize mixq_net_n_weights (const MixqNet *self);

/**
 * mixq_net_granularity_fits:
 *
 * Whether slot @s may have scales of @granularity: they may vary along every index that no integer sum runs over
 * (method spec 9.2 and 9.3). A weight's columns; rows of what linear maps read; columns of what is passed along edges;
 * either for the last output, which nothing sums. An adjacency has one scale.
 */
gboolean mixq_net_granularity_fits (const MixqModel *model, guint s, MixqGranularity granularity);

/* For the units: */
MixqRows mixq_net_rows (const MixqNet *self, int value, MixqPass pass);
gboolean mixq_slot_is_identity (const MixqSlot *slot);
void mixq_slot_mix (const MixqSlot *slot, MixqMix *mix);
MixqSlot *mixq_net_slot (MixqNet *self, int slot); /* (nullable): NULL for -1, an identity slot, float32 */
/**
 * MixqProduce: computes some rows of a unit's output into @y.
 *
 * mixq_net_produce: calls @produce for @rows and applies the output slot: in tiles that stay in the L1 cache, or in two
 * sweeps where the slot must first see all of the tensor to take its ranges; in larger blocks where the producer is better
 * at those (not @tiled).
 */
typedef void (*MixqProduce) (MixqNet *net, const MixqUnit *unit, MixqRows rows, gconstpointer data, float *y);
void mixq_net_produce (MixqNet *self,
                       const MixqUnit *unit,
                       MixqRows rows,
                       gboolean tiled,
                       MixqProduce produce,
                       gconstpointer data);
/**
 * mixq_net_grad_target: where a reader of value @v puts its part of the gradient; mixq_net_grad_done(): it has, on @rows.
 * %NULL where nothing wants it.
 */
float *mixq_net_grad_target (MixqNet *self, int v);
void mixq_net_grad_done (MixqNet *self, int v, MixqRows rows);
/** mixq_net_step_vector: one Adam step of a unit's vector from its gradient, within a backward pass that steps. */
void mixq_net_step_vector (MixqNet *self, guint unit);
/**
 * mixq_net_quantize: @value = @slot of @pre on @rows of a matrix of @d columns, nodes or graphs; takes ranges where they are due.
 * mixq_net_quantize_backward: the gradient @g through it, in place; also fills the slot's dots. @n_rows: of the whole matrix
 */
void
mixq_net_quantize (MixqNet *self, MixqSlot *slot, MixqRows rows, gsize d, const float *pre, float *value);
void mixq_net_quantize_backward (MixqNet *self,
                                 MixqSlot *slot,
                                 gsize n_rows,
                                 MixqRows rows,
                                 gsize d,
                                 const float *pre,
                                 float *g);
/** mixq_net_dropout_key: one key a unit and step: the mask is a pure function of (key, row, column), so backward draws it again. */
guint64 mixq_net_dropout_key (const MixqNet *self, guint unit);
/** mixq_net_output_grad: gradient before the output slot, in place; also fills the slot's dots. */
float *mixq_net_output_grad (MixqNet *self, const MixqUnit *unit, MixqRows rows);

G_END_DECLS
