/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/mixq-random.h"
#include "model/mixq-model.h"
#include "net/mixq-inputs.h"

G_BEGIN_DECLS

/**
 * MixqPlanKind: what a training step reads.
 * @MIXQ_PLAN_WHOLE: everything: one step an epoch
 * @MIXQ_PLAN_GRAPHS: some graphs of a collection
 * @MIXQ_PLAN_SAMPLED: some nodes and a sampled neighbourhood of theirs
 */
typedef enum {
  MIXQ_PLAN_WHOLE,
  MIXQ_PLAN_GRAPHS,
  MIXQ_PLAN_SAMPLED,
} MixqPlanKind;

#define MIXQ_PLAN_MAX_FANOUT 8

/**
 * MixqPlanOptions: what a person chooses. All 0: everything is chosen.
 * @batch: training items a step; 0: 128 graphs or 512 nodes, fewer where memory asks for it. Of graphs at least 2
 * @n_fanout, @fanout: neighbours drawn a node, hop by hop; hops behind the last one draw as many as that. @n_fanout 0: 25
 *   and then 10, fewer where memory asks for it
 * @memory_mib: what training may take; 0: 60 % of what the machine has to spare now
 * @sample: sample neighbours also where that is not needed; no effect on graph tasks
 * @keep_order: rows are of nodes as the data set numbers them
 */
typedef struct
{
  guint batch;
  guint n_fanout, fanout[MIXQ_PLAN_MAX_FANOUT];
  double memory_mib;
  gboolean sample, keep_order;
} MixqPlanOptions;

/**
 * MixqPlan:
 *
 * How a data set is walked. Training: mixq_plan_begin_epoch(), then each batch. Evaluation: all chunks, in which every item
 * of the data set is exactly once and every neighbour is seen. One thread at a time.
 */
typedef struct _MixqPlan MixqPlan;

/**
 * mixq_plan_new:
 * @whole: all of a data set
 * @model: of that data set
 * @options: (nullable)
 *
 * Graph tasks are read in batches of graphs. A task on nodes is read whole where the estimate for that fits into memory,
 * else sampled. Reads /proc/meminfo unless memory_mib is given. Cost: O(1), or where sampled O(nodes) and some batches,
 * which are drawn to see how large they are.
 */
MixqPlan *mixq_plan_new (MixqInputs *whole, const MixqModel *model, const MixqPlanOptions *options);
void mixq_plan_free (MixqPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MixqPlan, mixq_plan_free)

MixqPlanKind mixq_plan_get_kind (const MixqPlan *self);
/** mixq_plan_get_batch: training items a step; for MIXQ_PLAN_WHOLE all of them. */
guint mixq_plan_get_batch (const MixqPlan *self);
/** mixq_plan_peek_fanout: (transfer none): @n_hops neighbours drawn a node; %NULL and 0 unless sampled. */
const guint *mixq_plan_peek_fanout (const MixqPlan *self, guint *n_hops);
/** mixq_plan_describe: (transfer full): a sentence for a person: what was chosen, why, and the estimate in MiB. */
char *mixq_plan_describe (const MixqPlan *self);

/**
 * mixq_plan_begin_epoch:
 *
 * Shuffles the training items, and all that the batches will draw follows from @random too. A last batch of one item joins
 * the one before. MIXQ_PLAN_WHOLE leaves @random as it is.
 *
 * Returns: batches of the epoch: 1 for MIXQ_PLAN_WHOLE; 0 for the others where no item is for training.
 */
guint mixq_plan_begin_epoch (MixqPlan *self, MixqRandom *random);
/**
 * mixq_plan_batch:
 *
 * Returns: (transfer full): batch @i of the epoch, the same each time. For MIXQ_PLAN_WHOLE all nodes, numbered by community
 * where a matrix of the model's width does not fit into the caches. Cost: O(what is in it).
 */
MixqInputs *mixq_plan_batch (MixqPlan *self, guint i);

/** mixq_plan_n_chunks: graphs in order, some 8192 nodes a chunk; 1 for tasks on nodes: the whole. */
guint mixq_plan_n_chunks (const MixqPlan *self);
/** mixq_plan_chunk: (transfer none): made at first use and kept; all chunks together hold a copy of the data set. */
MixqInputs *mixq_plan_chunk (MixqPlan *self, guint i);
/**
 * mixq_plan_calibration: (transfer none): what first ranges are taken from: the whole; for graphs up to 256 training graphs
 * evenly spread; where sampled a sample around up to 4096 training nodes evenly spread. Made at first use and kept.
 */
MixqInputs *mixq_plan_calibration (MixqPlan *self);

/**
 * mixq_plan_estimate_mib:
 * @n_nodes, @n_edges: of what a step reads; edges directed, without loops
 *
 * MiB that training of @model takes beside the data set. Counts a value and a gradient of every dense value and, where its
 * codes are quantized, what it was before; two rows of scratch as wide as the widest; 36 bytes a feature that is read sparse
 * (its transpose and three copies of its number), 8 where they are made dense; 20 bytes an edge for every unit that reads
 * neighbours (transpose, quantized weight), 8 more a head of attention, and 16 once (operator, scratch). Graphs are as many
 * to the nodes as in the whole. Not weights, nor what a search keeps of them.
 */
double mixq_plan_estimate_mib (const MixqModel *model, gsize n_nodes, gsize n_edges);

G_END_DECLS
