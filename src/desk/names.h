/*
 * names - what numbers of the feed are called.
 */
#ifndef LPT_DESK_NAMES_H
#define LPT_DESK_NAMES_H

#include "wire/msgs.h"

const char *act_name(uint8_t act);
/* How somebody was opened again; "" if that is not known. */
const char *how_name(uint8_t how);

#endif
