/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate to igraph: errors come back, work stops when asked, threads do not meet, results repeat. */
#include "base/mixq-error.h"
#include "base/mixq-igraph.h"

static igraph_error_t
count_zachary (gpointer data)
{
  igraph_t graph;
  igraph_integer_t *counts = data;

  IGRAPH_CHECK (igraph_famous (&graph, "Zachary"));
  counts[0] = igraph_vcount (&graph);
  counts[1] = igraph_ecount (&graph);
  igraph_destroy (&graph);
  return IGRAPH_SUCCESS;
}

static void
test_success (void)
{
  g_autoptr (GError) error = NULL;
  igraph_integer_t counts[2] = { 0 };

  g_assert_true (mixq_igraph_call (count_zachary, counts, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (counts[0], ==, 34);
  g_assert_cmpint (counts[1], ==, 78);
}

/* Everything registered is freed, also what this function itself registered. */
static void
count_up (gpointer counter)
{
  ++*(int *) counter;
}

static igraph_error_t
ask_for_unknown (gpointer data)
{
  igraph_t graph;

  IGRAPH_FINALLY (count_up, data);
  IGRAPH_CHECK (igraph_famous (&graph, "no such graph"));
  igraph_destroy (&graph);
  IGRAPH_FINALLY_CLEAN (1);
  return IGRAPH_SUCCESS;
}

static void
test_error (void)
{
  int freed = 0;

  for (int i = 1; i <= 3; i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (mixq_igraph_call (ask_for_unknown, &freed, NULL, &error));
    g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_EXTERNAL);
    g_assert_nonnull (strstr (error->message, "no such graph"));
    g_assert_cmpint (freed, ==, i);
  }
  test_success ();
}

static igraph_error_t
fail_alone (gpointer data)
{
  IGRAPH_FINALLY (count_up, data);
  return IGRAPH_ENOMEM;
}

/* A code without igraph_error() has no message of its own; igraph's text for the code stands in. */
static void
test_bare_code (void)
{
  g_autoptr (GError) error = NULL;
  int freed = 0;

  g_assert_false (mixq_igraph_call (fail_alone, &freed, NULL, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_EXTERNAL);
  g_assert_nonnull (strstr (error->message, igraph_strerror (IGRAPH_ENOMEM)));
  g_assert_cmpint (freed, ==, 1);
}

static igraph_error_t
read_broken_graphml (gpointer data)
{
  static char text[] = "<?xml version=\"1.0\"?><graphml><graph";
  FILE *file = fmemopen (text, sizeof text - 1, "r");
  igraph_t graph;
  igraph_error_t code = igraph_read_graph_graphml (&graph, file, 0);

  fclose (file);
  return code;
}

static void
test_parse_error (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mixq_igraph_call (read_broken_graphml, NULL, NULL, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_PARSE);
}

static igraph_error_t
warn (gpointer data)
{
  IGRAPH_WARNING ("this must not be printed");
  return IGRAPH_SUCCESS;
}

static void
test_warning_is_silent (void)
{
  if (g_test_subprocess ()) {
    g_assert_true (mixq_igraph_call (warn, NULL, NULL, NULL));
    return;
  }
  g_test_trap_subprocess (NULL, 0, 0);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr_unmatched ("*must not be printed*");
}

/* Hours of work on this graph unless it is stopped; its steps take 1 ms. */
static igraph_error_t
lay_out_slowly (gpointer data)
{
  igraph_t graph;
  igraph_matrix_t at;
  igraph_error_t code;

  g_atomic_int_set ((int *) data, 1);
  IGRAPH_CHECK (igraph_ring (&graph, 500, FALSE, FALSE, TRUE));
  IGRAPH_FINALLY (igraph_destroy, &graph);
  IGRAPH_CHECK (igraph_matrix_init (&at, 0, 0));
  IGRAPH_FINALLY (igraph_matrix_destroy, &at);
  code = igraph_layout_fruchterman_reingold (&graph, &at, FALSE, 10000000, 10, IGRAPH_LAYOUT_NOGRID, NULL,
                                             NULL, NULL, NULL, NULL);
  IGRAPH_CHECK (code);
  igraph_matrix_destroy (&at);
  igraph_destroy (&graph);
  IGRAPH_FINALLY_CLEAN (2);
  return IGRAPH_SUCCESS;
}

typedef struct
{
  GCancellable *cancellable;
  int entered; /* atomic */
  GError *error;
} Slow;

static gpointer
run_slowly (gpointer data)
{
  Slow *slow = data;

  g_assert_false (mixq_igraph_call (lay_out_slowly, &slow->entered, slow->cancellable, &slow->error));
  return NULL;
}

static gpointer
wait_outside (gpointer data)
{
  Slow *slow = data;
  igraph_integer_t counts[2];

  g_assert_false (mixq_igraph_call (count_zachary, counts, slow->cancellable, &slow->error));
  return NULL;
}

/* Returns: how long it took to stop, in µs. */
static gint64
stop (Slow *slow, GThread *thread)
{
  gint64 start = g_get_monotonic_time ();

  g_cancellable_cancel (slow->cancellable);
  g_thread_join (thread);
  g_assert_error (slow->error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
  g_clear_error (&slow->error);
  g_clear_object (&slow->cancellable);
  return g_get_monotonic_time () - start;
}

/* One works, one waits at the gate. Returns: the longer time of the two. */
static gint64
stop_both (void)
{
  Slow inside = { .cancellable = g_cancellable_new () }, outside = { .cancellable = g_cancellable_new () };
  GThread *worker = g_thread_new ("worker", run_slowly, &inside), *waiter;
  gint64 waited, worked;

  while (!g_atomic_int_get (&inside.entered))
    g_usleep (1000);
  waiter = g_thread_new ("waiter", wait_outside, &outside);
  g_usleep (30000);
  waited = stop (&outside, waiter);
  worked = stop (&inside, worker);
  return MAX (waited, worked);
}

static void
test_cancel (void)
{
  gint64 best = G_MAXINT64;

  for (int i = 0; i < 5 && best >= 100 * G_TIME_SPAN_MILLISECOND;
       i++) { /* more than once: the machine may be busy */
    gint64 took = stop_both ();
    best = MIN (best, took);
  }
  g_test_message ("stopped after %.1f ms", (double) best / 1000);
  g_assert_cmpint (best, <, 100 * G_TIME_SPAN_MILLISECOND);
  test_success ();
}

static void
test_cancelled_before (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  igraph_integer_t counts[2] = { 0 };

  g_cancellable_cancel (cancellable);
  g_assert_false (mixq_igraph_call (count_zachary, counts, cancellable, &error));
  g_assert_error (error, MIXQ_ERROR, MIXQ_ERROR_CANCELLED);
  g_assert_cmpint (counts[0], ==, 0);
}

static igraph_error_t
draw (gpointer data)
{
  igraph_real_t *drawn = data;

  if (drawn[0] > 0)
    IGRAPH_CHECK (mixq_igraph_seed ((guint64) drawn[0]));
  for (int i = 1; i < 4; i++)
    drawn[i] = igraph_rng_get_unif01 (igraph_rng_default ());
  return IGRAPH_SUCCESS;
}

static void
test_random (void)
{
  igraph_real_t plain[4] = { 0 }, again[4] = { 0 }, seven[4] = { 7 }, also_seven[4] = { 7 };
  igraph_real_t high[4] = { 7 + 0x1p40 };

  g_assert_true (mixq_igraph_call (draw, plain, NULL, NULL));
  g_assert_true (mixq_igraph_call (draw, seven, NULL, NULL));
  g_assert_true (mixq_igraph_call (draw, again, NULL, NULL));
  g_assert_true (mixq_igraph_call (draw, also_seven, NULL, NULL));
  g_assert_true (mixq_igraph_call (draw, high, NULL, NULL));
  g_assert_cmpmem (plain, sizeof plain, again, sizeof again);
  g_assert_cmpmem (seven, sizeof seven, also_seven, sizeof also_seven);
  g_assert_cmpfloat (plain[1], !=, seven[1]);
  g_assert_cmpfloat (high[1], !=, seven[1]);
}

static igraph_error_t
be_alone (gpointer data)
{
  int *inside = data;

  g_assert_true (g_atomic_int_compare_and_exchange (inside, 0, 1));
  g_usleep (200);
  g_atomic_int_set (inside, 0);
  return IGRAPH_SUCCESS;
}

static gpointer
call_often (gpointer data)
{
  for (int i = 0; i < 50; i++)
    g_assert_true (mixq_igraph_call (be_alone, data, NULL, NULL));
  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];
  int inside = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("caller", call_often, &inside);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/base/igraph/success", test_success);
  g_test_add_func ("/engine/base/igraph/error", test_error);
  g_test_add_func ("/engine/base/igraph/bare-code", test_bare_code);
  g_test_add_func ("/engine/base/igraph/parse-error", test_parse_error);
  g_test_add_func ("/engine/base/igraph/warning-is-silent", test_warning_is_silent);
  g_test_add_func ("/engine/base/igraph/cancel", test_cancel);
  g_test_add_func ("/engine/base/igraph/cancelled-before", test_cancelled_before);
  g_test_add_func ("/engine/base/igraph/random", test_random);
  g_test_add_func ("/engine/base/igraph/threads", test_threads);
  return g_test_run ();
}
