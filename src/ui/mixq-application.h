/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** MixqApplication: one window, its keys, help and about. Opens files given on the command line or by the desktop. */
#define MIXQ_TYPE_APPLICATION (mixq_application_get_type ())
G_DECLARE_FINAL_TYPE (MixqApplication, mixq_application, MIXQ, APPLICATION, AdwApplication)

MixqApplication *mixq_application_new (GApplicationFlags more_flags);

G_END_DECLS
