/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/mixq-error.h"

G_DEFINE_QUARK (mixq - error - quark, mixq_error)
