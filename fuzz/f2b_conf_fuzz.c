/* f2b_conf_fuzz - a fail2ban folder: any bytes in its files end in commands
 * and faults. The input is cut at each line "==>": jail, filter, action. */
#include "f2b/f2b.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct folder {
	struct str part[4];
};

static int read_part(void *arg, const char *path, size_t max, char **ret,
    size_t *n)
{
	static const char *const paths[] = { "d/jail.conf", "d/filter.d/x.conf",
		"d/action.d/x.conf", "d/jail.local" };
	struct folder *f = arg;

	for (size_t i = 0; i < countof(paths); i++)
		if (strcmp(path, paths[i]) == 0 && f->part[i].n) {
			*n = f->part[i].n;
			*ret = mem_dup(f->part[i].p, *n);
			return *n > max ? -EFBIG : 0;
		}
	return -ENOENT;
}

static void find_none(void *arg, const char *pattern,
    void (*found)(void *to, const char *path), void *to)
{
	assert(pattern[0] || !arg || found);
}

static void tell(void *arg, const struct f2b_fault *fault)
{
	assert(fault->what[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct folder folder = { 0 };
	struct f2b_door door = { read_part, find_none, &folder };
	struct str rest = { (const char *)bytes, n };
	struct text t = TEXT(64 << 20);
	struct f2b *f = NULL;

	for (size_t i = 0; i < countof(folder.part); i++) {
		size_t at = str_find(rest, STR("==>\n"));

		folder.part[i] = str_head(rest, at);
		rest =
		    at == SIZE_MAX ? str_head(rest, 0) : str_from(rest, at + 4);
	}
	f2b_read(&f, &door, "d", "1", tell, NULL);
	f2b_show(f2b_stream(f), &t);
	assert(t.over || (t.n >= 2 && t.p[0] == '[' && t.p[t.n - 1] == ']'));
	text_drop(&t);
	f2b_free(&f);
	return 0;
}
