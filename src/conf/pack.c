#include "conf/pack.h"

#include <stdio.h>

size_t pack_head(const char *path, size_t size, char to[static PACK_HEAD])
{
	int n = snprintf(to, PACK_HEAD, "%%%%%% %zu %s\n", size, path);

	if (n >= PACK_HEAD || strchr(path, '\n') || size > PACK_MAX)
		return 0;
	return (size_t)n;
}

bool pack_next(struct str *left, struct str *path, struct str *text)
{
	struct str rest = *left, head, size;
	uint64_t n;

	if (!str_cut(&rest, '\n', &head) || !str_starts(head, STR("%%% ")))
		return false;
	head = str_from(head, 4);
	if (!str_cut(&head, ' ', &size) || !str_u64(size, rest.n, &n))
		return false;
	*path = head;
	*text = str_head(rest, (size_t)n);
	*left = str_from(rest, (size_t)n);
	return true;
}
