/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences of the diagnoses. The app translates them; files and the command line have them as they stand here. */
#include <math.h>
#include <string.h>

#include "diagnose/mixq-diagnose.h"

#define N_(text) (text)

/*
 * Words in braces are figures of the diagnosis: {slot}, {value} of the remedy, {lambda}, {equivalent}, {rate}, {points},
 * {regained}, {percent}, {count}, {total}, {bits}.
 */
static const struct
{
  const char *name, *title, *cause, *remedy;
} texts[MIXQ_N_DIAGNOSES] = {
  /* Translators: keep the words in braces as they are, in any order; a number or the name of a part takes their place. */
  [MIXQ_DIAGNOSIS_DIVERGED] = { "diverged", N_ ("Training diverged"),
                                N_ ("At a learning rate of {rate} the loss or a weight left all bounds; the "
                                    "last "
                                    "good state is kept."),
                                N_ ("Start over with a learning rate of {value}.") },
  [MIXQ_DIAGNOSIS_NO_VALIDATION] = { "no-validation", N_ ("No validation nodes"),
                                     N_ ("Nothing tells a good epoch or model from a lucky one, so the last "
                                         "epoch of each phase is used."),
                                     N_ ("Choose a split with validation nodes, {value} or more.") },
  [MIXQ_DIAGNOSIS_SMALL_VALIDATION] = { "small-validation", N_ ("Validation is too small to choose by"),
                                        N_ ("The accuracy on {count} examples has a standard error of "
                                            "{points} "
                                            "points, "
                                            "more than most widths differ by."),
                                        N_ ("Choose a split with more for validation, {value} or more.") },
  [MIXQ_DIAGNOSIS_CLIPPED] = { "clipped", N_ ("Accuracy fell by {points} points"),
                               N_ ("In {slot} at {bits} bits {percent} % of the values lie beyond the range "
                                   "of "
                                   "codes and are clipped."),
                               N_ ("Take fresh ranges for {slot}, or give it more bits.") },
  [MIXQ_DIAGNOSIS_DEAD_RANGE] = { "dead-range", N_ ("Accuracy fell by {points} points"),
                                  N_ ("In {slot} at {bits} bits {percent} % of the range of codes is never "
                                      "reached, so different values become one."),
                                  N_ ("Take fresh ranges for {slot}, or give it more bits.") },
  [MIXQ_DIAGNOSIS_COARSE] = { "coarse", N_ ("Accuracy fell by {points} points"),
                              N_ ("Rounding {slot} to {bits} bits costs most, and without it {regained} "
                                  "points would come back."),
                              N_ ("Give {slot} more bits, or lower the price.") },
  [MIXQ_DIAGNOSIS_PINNED] = { "pinned", N_ ("The cost cannot fall"),
                              N_ ("Pinned parts hold back {percent} % of what could be saved, {slot} the "
                                  "most."),
                              N_ ("Unpin {slot}.") },
  [MIXQ_DIAGNOSIS_PENALTY] = { "penalty", N_ ("The cost does not fall"),
                               N_ ("Under this penalty, on this graph, a price of {lambda} has the force of "
                                   "{equivalent} under the normalised one."),
                               N_ ("Choose the normalised penalty, or a much larger price.") },
  [MIXQ_DIAGNOSIS_NO_SLOPE] = { "no-slope", N_ ("The cost cannot fall"),
                                N_ ("Integer inference takes the same time at every width on this machine, "
                                    "so "
                                    "a price on milliseconds has no force."),
                                N_ ("Choose another cost: BitOPs, executed, product or bytes.") },
  [MIXQ_DIAGNOSIS_REWARDED] = { "rewarded", N_ ("Alpha goes to the widest bits"),
                                N_ ("A price of {lambda} rewards bits in place of charging for them."),
                                N_ ("Raise the price above 0, to {value} for a start.") },
  [MIXQ_DIAGNOSIS_CHEAP] = { "cheap", N_ ("Alpha goes to the widest bits"),
                             N_ ("At a price of {lambda} {percent} % of the cost of {bits} bits everywhere "
                                 "is "
                                 "kept: bits cost less than they help."),
                             N_ ("Raise the price to {value}.") },
  [MIXQ_DIAGNOSIS_UNDECIDED] = { "undecided", N_ ("The widths are undecided"),
                                 N_ ("In {count} of {total} parts the two best widths are less than "
                                     "{percent} "
                                     "points of alpha apart, so chance decides."),
                                 N_ ("Search longer, or with a higher learning rate of alpha.") },
  [MIXQ_DIAGNOSIS_ARGMAX] = { "argmax", N_ ("The cost does not fall"),
                              N_ ("The mixture gave up {percent} % of the cost, but {bits} bits still have "
                                  "the "
                                  "largest alpha where it matters, and that is what is chosen."),
                              N_ ("Search longer, or raise the price to {value}.") },
};

const char *
mixq_diagnosis_name (MixqDiagnosisKind kind)
{
  return texts[kind].name;
}

/* "0.5", "2.3e-05" in the C locale for files; in the person's, with a true minus, otherwise. */
static char *
number (const char *format, double value, MixqTranslate translate)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *text = NULL;

  g_ascii_formatd (buffer, sizeof buffer, format, fabs (value));
  if (translate == NULL)
    return g_strconcat (value < 0 ? "-" : "", buffer, NULL);
  text = strchr (format, 'g') != NULL ? g_strdup_printf ("%.3g", fabs (value))
                                      : g_strdup_printf ("%.*f", format[2] - '0', fabs (value));
  return g_strconcat (value < 0 ? "\u2212" : "", text, NULL);
}

static char *
figure (const MixqDiagnosis *self,
        const char *word,
        const MixqModel *model,
        gboolean symbol,
        MixqTranslate translate)
{
  const struct
  {
    const char *word, *format;
    double value;
  } figures[] = {
    { "value", "%.3g", self->value },     { "lambda", "%.3g", self->lambda },
    { "rate", "%.3g", self->rate },       { "equivalent", "%.2g", self->equivalent },
    { "points", "%.1f", self->points },   { "regained", "%.1f", self->regained },
    { "percent", "%.0f", self->percent }, { "count", "%.0f", self->count },
    { "total", "%.0f", self->total },     { "bits", "%.0f", self->bits },
  };

  if (strcmp (word, "slot") == 0)
    return g_strdup (self->slot < 0 || model == NULL ? "?"
                     : symbol                        ? model->slots[self->slot].symbol
                                                     : model->slots[self->slot].name);
  for (guint i = 0; i < G_N_ELEMENTS (figures); i++)
    if (strcmp (word, figures[i].word) == 0)
      return number (figures[i].format, figures[i].value, translate);
  return g_strdup_printf ("{%s}", word); /* a translation's own braces */
}

static char *
expand (const MixqDiagnosis *self,
        const char *text,
        const MixqModel *model,
        gboolean symbol,
        MixqTranslate translate)
{
  GString *out = g_string_new (NULL);
  const char *at = translate != NULL ? translate (text) : text;

  for (const char *open; (open = strchr (at, '{')) != NULL;) {
    const char *close = strchr (open, '}');
    g_autofree char *word = NULL, *value = NULL;

    if (close == NULL)
      break;
    word = g_strndup (open + 1, (gsize) (close - open - 1));
    value = figure (self, word, model, symbol, translate);
    g_string_append_len (out, at, open - at);
    g_string_append (out, value);
    at = close + 1;
  }
  g_string_append (out, at);
  return g_string_free (out, FALSE);
}

char *
mixq_diagnosis_dup_title (const MixqDiagnosis *self, MixqTranslate translate)
{
  return expand (self, texts[self->kind].title, NULL, FALSE, translate);
}

char *
mixq_diagnosis_dup_cause (const MixqDiagnosis *self,
                          const MixqModel *model,
                          gboolean symbol,
                          MixqTranslate translate)
{
  return expand (self, texts[self->kind].cause, model, symbol, translate);
}

char *
mixq_diagnosis_dup_remedy (const MixqDiagnosis *self,
                           const MixqModel *model,
                           gboolean symbol,
                           MixqTranslate translate)
{
  return expand (self, texts[self->kind].remedy, model, symbol, translate);
}

/* A sentence as a part of a longer one. */
static char *
as_clause (char *sentence)
{
  gsize length = strlen (sentence);

  sentence[0] = g_ascii_tolower (sentence[0]);
  if (length > 0 && sentence[length - 1] == '.')
    sentence[length - 1] = '\0';
  return sentence;
}

char *
mixq_diagnosis_dup_line (const MixqDiagnosis *self, const MixqModel *model)
{
  g_autofree char *title = as_clause (mixq_diagnosis_dup_title (self, NULL));
  g_autofree char *cause = as_clause (mixq_diagnosis_dup_cause (self, model, FALSE, NULL));
  g_autofree char *remedy = as_clause (mixq_diagnosis_dup_remedy (self, model, FALSE, NULL));

  return g_strdup_printf ("%s: %s; %s", title, cause, remedy);
}
