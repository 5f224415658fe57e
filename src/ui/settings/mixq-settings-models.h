/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "model/mixq-model.h"

G_BEGIN_DECLS

/** MixqModelOptionKind: what its row holds. */
typedef enum {
  MIXQ_MODEL_SWITCH,
  MIXQ_MODEL_CHOICE, /* of names */
  MIXQ_MODEL_NUMBER,
} MixqModelOptionKind;

/**
 * MixqModelOption: one thing to choose about a network beside its size. A table of them makes the rows of the settings.
 * @title: marked for translation
 * @low, @high: bounds of the value; a choice has @high + 1 names
 * @name: (nullable): of a value, translated; choices only
 * @explanation: of a value, translated
 * @applies: whether this architecture has it on this kind of data
 */
typedef struct
{
  const char *title;
  MixqModelOptionKind kind;
  guint low, high;
  const char *(*name) (guint value);
  const char *(*explanation) (guint value);
  gboolean (*applies) (const MixqModelSpec *spec, MixqTask task);
  guint (*get) (const MixqModelSpec *spec);
  void (*set) (MixqModelSpec *spec, guint value);
} MixqModelOption;

typedef enum {
  MIXQ_MODEL_OPTION_HOPS,
  MIXQ_MODEL_OPTION_HEADS,
  MIXQ_MODEL_OPTION_AGGREGATOR,
  MIXQ_MODEL_OPTION_POOL,
  MIXQ_MODEL_OPTION_EPS,
  MIXQ_MODEL_OPTION_NORM,
  MIXQ_MODEL_OPTION_RESIDUAL,
  MIXQ_N_MODEL_OPTIONS,
} MixqModelOptionId;

/** mixq_model_option: (transfer none). */
const MixqModelOption *mixq_model_option (MixqModelOptionId id);

/** mixq_arch_explanation: what it computes and when to use it: two sentences, translated. */
const char *mixq_arch_explanation (MixqArch arch);
/** mixq_arch_is_built: whether a network of it can be made. */
gboolean mixq_arch_is_built (MixqArch arch);
/** mixq_model_spec_dup_obstacle: (nullable) (transfer full): why no network can be made of @spec, translated. */
char *mixq_model_spec_dup_obstacle (const MixqModelSpec *spec);

G_END_DECLS
