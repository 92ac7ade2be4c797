#include "stub/stub.h"

#include "base/addr.h"

#include <fcntl.h>
#include <stdio.h>

/*
 * seen FILE: "sightings N unique U twice T remarks R proxies P", N being those
 * that counted and U how many different lines they were.
 * seen -l FILE: one line a sighting: generation, rule, address, flags.
 */
static int by_hash(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void list(const struct seen_record *r)
{
	char who[ADDR_MAX] = "";
	struct addr a;

	memcpy(&a, r->who, sizeof(a));
	if (a.family)
		addr_print(&a, who);
	if (r->what == SEEN_SIGHTING)
		printf("sighting %u %u %s %u %u\n", r->generation, r->rule, who,
		    r->flags, r->at);
	else if (r->what == SEEN_REMARK)
		printf("remark %u %lld\n", r->remark, (long long)r->value);
	else if (r->what == SEEN_PROXY)
		printf("proxy %s %lld\n", who, (long long)r->value);
	else if (r->what == SEEN_PROGRESS)
		printf("progress %016llx\n", (unsigned long long)r->key);
}

int main(int argc, char **argv)
{
	bool all = argc == 3;
	int fd = open(argv[argc - 1], O_RDONLY | O_CLOEXEC);
	uint64_t *hash = NULL, unique = 0;
	size_t n[SEEN_AGAIN + 1] = { 0 }, room = 0;
	struct seen_record r;

	while (fd >= 0 && read(fd, &r, sizeof(r)) == (ssize_t)sizeof(r)) {
		if (r.what > SEEN_AGAIN)
			return 1;
		if (all)
			list(&r);
		if (r.what == SEEN_SIGHTING) {
			if (n[r.what] == room) {
				room = room ? room * 2 : 1024;
				hash = mem_grow(hash, room, sizeof(*hash));
			}
			hash[n[r.what]] = r.hash;
		}
		n[r.what]++;
	}
	if (n[SEEN_SIGHTING])
		qsort(hash, n[SEEN_SIGHTING], sizeof(*hash), by_hash);
	for (size_t i = 0; i < n[SEEN_SIGHTING]; i++)
		unique += i == 0 || hash[i] != hash[i - 1];
	if (!all)
		printf("sightings %zu unique %llu twice %zu remarks %zu "
		       "proxies %zu\n",
		    n[SEEN_SIGHTING], (unsigned long long)unique, n[SEEN_TWICE],
		    n[SEEN_REMARK], n[SEEN_PROXY]);
	free(hash);
	return 0;
}
