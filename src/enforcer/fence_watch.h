/*
 * fence_watch - what others do to our nf_tables table.
 *
 * Everybody's changes to nf_tables are told in one group. Our own are sent
 * away by a filter: the sender's port stands in the head of each message.
 */
#ifndef LPT_FENCE_WATCH_H
#define LPT_FENCE_WATCH_H

#include "base/str.h"

/* The descriptor, or -errno. */
int fence_watch_open(uint32_t own_port);
/* All that was told since: FENCE_OK if none of it is about this table, else
 * FENCE_E_TORN or FENCE_E_DISARMED. What was lost may have been about us. buf
 * is aligned for a struct nlmsghdr. */
int fence_watch_hear(int fd, struct str table, void *buf, size_t size);

#endif
