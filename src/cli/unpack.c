#include "cli/unpack.h"

#include <archive.h>
#include <archive_entry.h>

enum {
	MAGIC = 6,
	BLOCK = 128 << 10
};

struct unpack {
	int fd;
	struct archive *archive; /* NULL: the bytes as they are */
	uint64_t taken;
	uint8_t head[MAGIC]; /* what was read to tell what it is */
	size_t n_head;
	uint8_t *block;
};

static ssize_t read_some(struct unpack *u, void *to, size_t size)
{
	ssize_t n;

	do
		n = read(u->fd, to, size);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	u->taken += (uint64_t)n;
	return n;
}

/* The first bytes again, then the rest. */
static ssize_t read_all(struct unpack *u, void *to, size_t size)
{
	size_t n = MIN(u->n_head, size);

	if (n == 0)
		return read_some(u, to, size);
	memcpy(to, u->head, n);
	memmove(u->head, u->head + n, u->n_head - n);
	u->n_head -= n;
	return (ssize_t)n;
}

static la_ssize_t give_block(struct archive *a, void *arg, const void **to)
{
	struct unpack *u = arg;
	ssize_t n = read_all(u, u->block, BLOCK);

	*to = u->block;
	if (n < 0) {
		archive_set_error(a, (int)-n, "read");
		return -1;
	}
	return n;
}

static void read_head(struct unpack *u)
{
	while (u->n_head < MAGIC) {
		ssize_t n =
		    read_some(u, u->head + u->n_head, MAGIC - u->n_head);

		if (n <= 0)
			return;
		u->n_head += (size_t)n;
	}
}

static bool is_packed(const struct unpack *u)
{
	static const struct {
		uint8_t n, magic[MAGIC];
	} kinds[] = { { 3, { 0x1f, 0x8b, 8 } },
		{ 6, { 0xfd, '7', 'z', 'X', 'Z', 0 } },
		{ 4, { 0x28, 0xb5, 0x2f, 0xfd } }, { 3, { 'B', 'Z', 'h' } } };

	for (size_t i = 0; i < countof(kinds); i++) {
		if (u->n_head >= kinds[i].n &&
		    memcmp(u->head, kinds[i].magic, kinds[i].n) == 0)
			return true;
	}
	return false;
}

static struct archive *archive_of(struct unpack *u)
{
	struct archive *a = archive_read_new();
	struct archive_entry *entry;

	if (!a)
		die("out of memory");
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_format_raw(a);
	archive_read_support_format_empty(a);
	if (archive_read_open(a, u, NULL, give_block, NULL) == ARCHIVE_OK)
		archive_read_next_header(a, &entry);
	return a;
}

void unpack_new(struct unpack **ret, int fd)
{
	struct unpack *u = mem_new(1, sizeof(*u));

	u->fd = fd;
	read_head(u);
	if (is_packed(u)) {
		u->block = mem_new(1, BLOCK);
		u->archive = archive_of(u);
	}
	*ret = u;
}

void unpack_free(struct unpack **up)
{
	struct unpack *u = *up;

	if (!u)
		return;
	if (u->archive)
		archive_read_free(u->archive);
	free(u->block);
	free(u);
	*up = NULL;
}

ssize_t unpack_read(struct unpack *u, void *to, size_t size)
{
	la_ssize_t n;

	if (!u->archive)
		return read_all(u, to, size);
	do
		n = archive_read_data(u->archive, to, size);
	while (n == ARCHIVE_RETRY);
	return n < 0 ? -EBADMSG : n;
}

uint64_t unpack_taken(const struct unpack *u)
{
	return u->taken;
}
